"""Arrivals: records as they came off a topic, read or unreadable, and what became of each.

Shapes only: the loop makes arrivals, `streams.processing.batch` answers with a result.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.identifiers import IncidentId, MessageId
from models.messages.decision import Decision
from models.messages.event import Event
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import DeadLetterReason, Level
from streams.metric_labels import Hop
from streams.store.outbox import Claimed
from streams.store.progress import Partition
from streams.store.publications import Headers
from streams.tracing import TraceContext
from workflows.appraisal.outcomes import Outcome

Inbound = Report | Decision | Feedback | HandOver


@dataclass(frozen=True, slots=True)
class Record:
    """One record, where it stood, its bytes and its headers. A tombstone has no value."""

    topic: Topic
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def source(self) -> Partition:
        """The partition that it came from."""
        return (self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a message is not taken for the word of who it says it is; `field` is the header or the dotted path."""

    reason: DeadLetterReason
    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A valid message; `digest` is equal for equal content. With a `doubt` it can repeat, and do nothing else.

    `trace` is the span of handling it, where anybody wants to know.
    """

    record: Record
    message: Inbound
    digest: str
    doubt: Doubt | None = None
    trace: TraceContext | None = None

    @property
    def message_id(self) -> MessageId:
        """The message's identity, whatever topic or offset carried it."""
        return self.message.message_id


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Bytes that are no message, or a message that must not be tried again; `field` is a dotted path."""

    record: Record
    reason: DeadLetterReason
    field: str | None
    detail: str
    message_id: MessageId | None = None


Arrival = Decoded | Undecodable


class Fate(StrEnum):
    """What became of one record."""

    APPLIED = "applied"
    REFUSED = "refused"  # the core said no; nothing changed
    DUPLICATE = "duplicate"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A heartbeat that came through a hop; `since` is the real time, in seconds, at which its report was written."""

    hop: Hop
    since: float


@dataclass(frozen=True, slots=True)
class Handled:
    """One record and its fate; `reason` is a refusal's or dead letter's word."""

    record: Record
    fate: Fate
    message_id: MessageId | None = None
    incident_id: IncidentId | None = None
    reason: str | None = None
    detail: str | None = None
    message: Inbound | None = None
    heartbeat: Heartbeat | None = None


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """An incident that nobody was ordered to before: its level then, and how long that was after its opening."""

    level: Level
    after_seconds: float


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What is committed: publish `claims`, mark them, acknowledge; then, if there are any, handle `remaining`.

    `remaining` is not empty when the database went away between two single messages of a batch that was isolated.
    Records that were processed before this batch are in none of the lists. `outcomes` and `first_orders` are for
    the bookkeeper alone.
    """

    handled: tuple[Handled, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claimed, ...] = ()
    remaining: tuple[Arrival, ...] = ()
    is_isolated: bool = False
    outcomes: tuple[Outcome, ...] = ()
    first_orders: tuple[FirstOrder, ...] = ()
