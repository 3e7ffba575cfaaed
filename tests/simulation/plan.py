"""Plan: what one seed does - how big its city is, for how long things go wrong, and which things.

Every seed switches on a random part of the faults only: a fault that is always there hides what others would show.
"""

from dataclasses import dataclass
from enum import Enum
from random import Random


class Fault(Enum):
    """What may go wrong in a run."""

    CRASH_AT_FAILPOINT = "a worker dies at one of the program's failpoints"
    CRASH_ANYWHERE = "a worker or gateway dies wherever it happens to be"
    ZOMBIE = "a worker stands still for longer than its session and goes on"
    REBALANCE = "workers join and leave in order"
    REDELIVERY = "a partition is read from before where it stands"
    EARLY_COMMIT = "Kafka's offsets are committed over messages that nobody acknowledged (Faust's issue 606)"
    HOLES = "offsets that no reader gets"
    BROKER_AWAY = "the broker answers nobody for a while"
    PUBLISH_REFUSED = "none or half of a publication arrives, and it fails"
    PUBLISH_UNANSWERED = "all of a publication arrives, and it fails"
    STORE_ABORT = "a transaction fails before its commit"
    STORE_LOST_REPLY = "a transaction commits, and fails"
    STORE_BUSY = "the database is locked by somebody else"
    STORE_FULL = "the disk of the database is full for a while"
    STORE_SLOW = "statements take time, so that others come between them"
    DUPLICATES = "producers send the same bytes again"
    REORDER = "messages are late by very different times"
    POISON = "bytes that are no message"
    UNITS_SILENT = "units say nothing"
    UNITS_LATE = "units answer after their deadline"
    UNITS_REFUSE = "units refuse"
    UNITS_TWICE = "units say everything twice"
    CLOCK_JUMP = "a machine's clock is set an hour forwards or back"
    TWO_WORKERS = "two workers: two relays and two of each sweeper at once"


# How often a seed has each; the others come in every third seed.
_SHARE = {Fault.TWO_WORKERS: 0.45, Fault.CLOCK_JUMP: 0.2}
_OTHERWISE = 0.33


@dataclass(frozen=True, slots=True)
class Plan:
    """`chaos_seconds` of virtual time is how long people report and things go wrong; then all is healed.

    `days` are how many the city lives on after that: none, one, or more than a week.
    """

    seed: int
    faults: frozenset[Fault]
    reports: int
    decisions: int
    chaos_seconds: float
    days: int = 0

    def has(self, fault: Fault) -> bool:
        """Whether this seed has that fault."""
        return fault in self.faults

    def chance(self, purpose: str) -> Random:
        """The random stream of one purpose, so that what one room draws moves no other."""
        return Random(f"{self.seed}/{purpose}")


def plan_of(seed: int) -> Plan:
    """What this seed does. Small cities mostly: the smallest history that shows a fault is the one to look at."""
    chance = Random(f"{seed}/plan")
    faults = frozenset(one for one in Fault if chance.random() < _SHARE.get(one, _OTHERWISE))
    return Plan(
        seed=seed,
        faults=faults,
        reports=chance.choice([2, 3, 4, 6, 10]),
        decisions=chance.choice([0, 1, 2, 5]),
        chaos_seconds=chance.choice([3.0, 5.0, 8.0]),
        days=chance.choice([0, 0, 0, 0, 1, 8]),
    )
