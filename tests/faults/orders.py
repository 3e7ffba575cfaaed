"""Orders: how long those who were told of a danger to life waited until a unit heard that it has to go.

From the gateway's receipt of the urgent report to the witness's ear, with the moments in between, so that a figure that
is missed says where the time went.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.bench.harness import percentile
from tests.faults.books import Books, moment
from tests.faults.outcome import Figure
from tests.faults.witness import Identity, Witness

HEARD_WITHIN_SECONDS = 2.0
_FIRST_ORDERS = (
    "SELECT reports.source_id, reports.report_id, intake.accepted_at, inbox.recorded_at,"
    " commands.command_id, commands.issued_at FROM reports"
    " JOIN intake ON intake.message_id = reports.message_id"
    " JOIN inbox ON inbox.message_id = reports.message_id"
    " JOIN commands ON commands.incident_id = reports.incident_id"
    " WHERE commands.kind = 'order'"
)


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The four moments of one urgent report."""

    accepted_at: datetime
    handled_at: datetime
    issued_at: datetime
    heard_at: datetime

    @property
    def heard_after_seconds(self) -> float:
        """From the receipt to the unit's ear."""
        return (self.heard_at - self.accepted_at).total_seconds()


async def first_orders(books: Books, witness: Witness, urgent: Iterable[Identity]) -> list[FirstOrder]:
    """Of each of these reports the order of its incident that was heard first."""
    wanted, found = set(urgent), dict[Identity, FirstOrder]()
    for source, report, accepted_at, handled_at, command_id, issued_at in await books.rows(_FIRST_ORDERS):
        one = str(source), str(report)
        heard_at = witness.heard_at.get(str(command_id))
        if one not in wanted or heard_at is None:
            continue
        order = FirstOrder(moment(accepted_at), moment(handled_at), moment(issued_at), heard_at)
        if one not in found or heard_at < found[one].heard_at:
            found[one] = order
    return list(found.values())


def figures(when: str, urgent: int, orders: list[FirstOrder]) -> list[Figure]:
    """How many were told, and how long they waited, in all and on each part of the way."""
    told = [
        Figure(f"urgent reports, {when}", urgent),
        Figure(f"urgent, no order heard, {when}", urgent - len(orders), at_most=0),
    ]
    if not orders:
        return told
    waits = [one.heard_after_seconds for one in orders]
    handled = [(one.handled_at - one.accepted_at).total_seconds() for one in orders]
    issued = [(one.issued_at - one.handled_at).total_seconds() for one in orders]
    heard = [(one.heard_at - one.issued_at).total_seconds() for one in orders]
    return [
        *told,
        Figure(f"urgent: accepted until a unit heard, {when}, p50", percentile(waits, 50), "s"),
        Figure(
            f"urgent: accepted until a unit heard, {when}, p99",
            percentile(waits, 99),
            "s",
            at_most=HEARD_WITHIN_SECONDS,
        ),
        Figure(f"of that accepted until handled, {when}, p99", percentile(handled, 99), "s"),
        Figure(f"of that handled until ordered, {when}, p99", percentile(issued, 99), "s"),
        Figure(f"of that ordered until heard, {when}, p99", percentile(heard, 99), "s"),
    ]
