"""Labels: the closed set of values of every label that a metric of `streams.metrics` has.

A label multiplies the series of its metric, and so its values are words of the trade, never ids or texts. Dashboards
and rules may ask for no value that does not stand here. Where these words come from is said beside each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.areas import area_tree
from models.tables.disagreements import DisagreementKind
from models.topics import ENGINE_READ, Topic
from models.vocabulary import (
    ActorKind,
    Channel,
    DeadLetterReason,
    Level,
    MessageType,
    Nature,
    RatingColour,
    ReceiptOutcome,
    Stage,
    Step,
    Tier,
    Verdict,
    WarningColour,
)
from streams.clock import Whose
from streams.program.readiness import Component
from workflows.appraisal.outcomes import Measure

OF_SIGNATURES = frozenset(
    {
        DeadLetterReason.UNSIGNED,
        DeadLetterReason.UNKNOWN_KEY,
        DeadLetterReason.BAD_SIGNATURE,
        DeadLetterReason.EXPIRED_KEY,
        DeadLetterReason.BEYOND_KEY,
    }
)
MEASURES = tuple(measure.value for measure in Measure)
GOOD, BAD = RESULTS = ("good", "bad")
MESSAGE_OUTCOMES = ("processed", "duplicate", "dead")
NO_COLOUR = "none"  # nothing to rate yet


class Hop(StrEnum):
    """How far a heartbeat has come, in the order in which it gets there."""

    ACCEPTED = "accepted"  # its report is committed
    FUSED = "fused"  # through perception, and the next stage called; so on
    VERIFIED = "verified"
    GRADED = "graded"
    COMMANDED = "commanded"
    PUBLISHED = "published"  # through follow-up, and its receipt is on Kafka: it came round


@dataclass(frozen=True, slots=True)
class ClosedSet:
    """The values of a label, or where they end when they are not ours to list; `meaning` is for the reader."""

    meaning: str
    values: tuple[str, ...]

    @property
    def is_listed(self) -> bool:
        """Whether every value is known here."""
        return bool(self.values)


def values_of(metric: str, label: str) -> ClosedSet:
    """The set of this label on this metric. Raises KeyError: the label is in no catalogue."""
    return _OF_METRIC.get((metric, label)) or _OF_LABEL[label]


def _districts() -> tuple[str, ...]:
    tree = area_tree()
    return tuple(sorted(area.code for area in tree if tree.tier_of(area.code) is not Tier.TOWNSHIP))


_OF_LABEL: Mapping[str, ClosedSet] = {
    "actor": ClosedSet("who spoke", tuple(ActorKind)),
    "by": ClosedSet("who published", ("batch", "commands", "deadlines", "outbox")),
    "channel": ClosedSet("the way of the report", tuple(Channel)),
    "clock": ClosedSet("whose clock the program's time is compared with", tuple(Whose)),
    "colour": ClosedSet("colour of a warning", tuple(WarningColour)),
    "component": ClosedSet("part of readiness", tuple(Component)),
    "district": ClosedSet("code of a district, or of the city", _districts()),
    "fault": ClosedSet(
        "class of the error, one of those in `streams/errors.py` and `streams/store/errors.py`", ()
    ),
    "hop": ClosedSet("how far the heartbeat has come", tuple(Hop)),
    "how": ClosedSet("another end than closure", ("rejected", "merged", "reopened")),
    "kind": ClosedSet("in what Kafka and the database differ", tuple(DisagreementKind)),
    "level": ClosedSet("level, I worst", tuple(Level)),
    "measure": ClosedSet("what a rating adds up", MEASURES),
    "message_type": ClosedSet("first warning, later one, or its end", tuple(MessageType)),
    "nature": ClosedSet("what has happened, or what could", tuple(Nature)),
    "outcome": ClosedSet("what became of the message", MESSAGE_OUTCOMES),
    "reason": ClosedSet("why not", tuple(DeadLetterReason)),
    "result": ClosedSet("whether the duty was done as it should", RESULTS),
    "stage": ClosedSet("one of the five stages", tuple(Stage)),
    "status": ClosedSet(
        "what happened to the command",
        ("issued", "received", "acknowledged", "refused", "escalated", "retracted", "overdue", "done"),
    ),
    "step": ClosedSet("one of the twelve steps", tuple(Step)),
    "subject": ClosedSet("what is rated", ("district", "township", "unit")),
    "tier": ClosedSet("tier of command", tuple(Tier)),
    "to_tier": ClosedSet("the tier that has it now", tuple(Tier)),
    "topic": ClosedSet("topic that the engine reads", tuple(sorted(ENGINE_READ))),
    "verdict": ClosedSet("what verification found", tuple(Verdict)),
    "where": ClosedSet("part of the program: a step of the loop, or a sweeper by name", ()),
    "whose": ClosedSet("whose reports were too many", ("producer", "reporter")),
}
_PROJECTED = ClosedSet("what is told", (Topic.HEAT_RANKINGS, Topic.RATINGS))
_OF_METRIC: Mapping[tuple[str, str], ClosedSet] = {
    ("fenghuo_reports_total", "outcome"): ClosedSet("what became of the report", tuple(ReceiptOutcome)),
    ("fenghuo_rated_subjects", "colour"): ClosedSet(
        "colour of a rating, never of a warning", (*RatingColour, NO_COLOUR)
    ),
    ("fenghuo_signatures_refused_total", "reason"): ClosedSet(
        "why nobody answers for it", tuple(sorted(OF_SIGNATURES))
    ),
    ("fenghuo_projections_published_total", "topic"): _PROJECTED,
    ("fenghuo_projection_looked_at_timestamp_seconds", "topic"): _PROJECTED,
}
