"""Violation: one row that breaks an invariant, told so that an operator can find it."""

from dataclasses import dataclass
from enum import StrEnum


class Invariant(StrEnum):
    """What must hold after every fault."""

    I1 = "I1"  # every accepted report belongs to one incident and reaches an end
    I2 = "I2"  # no command is issued twice, and what is sent again has the same bytes
    I3 = "I3"  # every command is acknowledged, retracted or escalated; the city's silence is a red alarm
    I4 = "I4"  # every deadline fires once, or is cancelled or moot
    I5 = "I5"  # an incident's seq runs 1..n
    I6 = "I6"  # every row equals a fresh fold of the log
    I7 = "I7"  # what is marked published is on Kafka with the same bytes, and nothing else is
    I8 = "I8"  # every input offset is processed, a duplicate, dead or a gap
    I9 = "I9"  # nothing crosses its area's scope
    I10 = "I10"  # replaying all input changes nothing
    I11 = "I11"  # nothing unpublished, no expired claim
    I12 = "I12"  # what people changed through the gateway is audited, and the audit's chain is whole
    I13 = "I13"  # pictures that are named and were handed in are there, and links lead to what names them


@dataclass(frozen=True, slots=True)
class Violation:
    """`row` is the table and key of the row that breaks the invariant, `detail` what is wrong with it."""

    invariant: Invariant
    row: str
    detail: str

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.invariant} {self.row}: {self.detail}"
