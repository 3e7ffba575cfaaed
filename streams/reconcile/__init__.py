"""Reconcile: when Kafka and the database disagree. Found at start and at each assignment, settled here or by a person.

The database decides what was handled, so most disagreements are settled by reading where it stands: a group that was
deleted or set elsewhere (`assignment`), a topic of which records are gone (there, too). One is not: a database that
was restored from a backup knows less than what went out. Reading on would decide again, at another time and in
another order, what units and data teams were told already. So an engine refuses to start on it (`agreement`) until
`fenghuo reconcile` has led it through the same inputs at the same moments in the same order (`replaying`).

Never in here: a rule of the trade, or a way to give a fact other bytes. Reasons: decision 0016.
"""

from streams.reconcile.agreement import DatabaseIsOlder, require_agreement
from streams.reconcile.assignment import Assignments
from streams.reconcile.holdings import Holdings, KafkaHoldings
from streams.reconcile.plan import Plan, draw_up
from streams.reconcile.replaying import Replayed, Replayer

__all__ = [
    "Assignments",
    "DatabaseIsOlder",
    "Holdings",
    "KafkaHoldings",
    "Plan",
    "Replayed",
    "Replayer",
    "draw_up",
    "require_agreement",
]
