"""Message: what reaches the core. One kind for each way that the world can speak to an incident.

Streams build these; `recorded_at` is stamped once, in the transaction that first handles the message.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.events.perception import FusionScore, LowTrust
from models.identifiers import DeadlineId, IncidentId, MessageId, ReportId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.report import Report
from models.vocabulary import Action, Stage
from workflows.incident import Incident
from workflows.judgement.account import Account


class MessageKind(StrEnum):
    """The rows of the table of legal moves (`workflows.machine`)."""

    REPORT = "report"
    ENTERED = "entered"
    DEADLINE_PASSED = "deadline_passed"
    NOTIFIED = "notified"
    DECISION = "decision"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every message has: its identity, the incident it is addressed to, and its one time."""

    message_id: MessageId
    incident_id: IncidentId
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FusionChoice:
    """Which incident a report belongs to, and why (`workflows.judgement.fusion.fuse`).

    `suggestions` may be the same event, too; `awaits` is an earlier report that it refers to and that is not here yet.
    """

    incident_id: IncidentId
    is_new: bool
    reason: str
    candidates: tuple[FusionScore, ...] = ()
    suggestions: tuple[FusionScore, ...] = ()
    awaits: ReportId | None = None


@dataclass(frozen=True, slots=True)
class ReportArrived:
    """A report, already placed in the area tree, understood and fused.

    `low_trust` is what the rule about floods said when it arrived (`workflows.judgement.flood`).
    """

    envelope: Envelope
    account: Account
    choice: FusionChoice
    received_at: datetime
    low_trust: LowTrust | None = None

    @property
    def report(self) -> Report:
        """The report as it was sent."""
        return self.account.report


@dataclass(frozen=True, slots=True)
class StageCalled:
    """`entered`: it is this stage's turn. `notified`: something of concern happened elsewhere."""

    envelope: Envelope
    stage: Stage
    entered: bool


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A durable clock passed. For a fusion check, `twins` are the other incidents it might be, oldest first."""

    envelope: Envelope
    deadline_id: DeadlineId
    twins: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """An officer decided. `other` is the second incident of a merge; `moved` and `kept` are a split's reports."""

    envelope: Envelope
    decision: Decision
    other: Incident | None = None
    moved: tuple[ReportArrived, ...] = ()
    kept: tuple[ReportArrived, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """A unit said something about a command."""

    envelope: Envelope
    feedback: Feedback


Message = ReportArrived | StageCalled | DeadlinePassed | DecisionTaken | FeedbackGiven


def kind_of(message: Message) -> MessageKind:
    """The column of the table that this message stands in."""
    match message:
        case ReportArrived():
            return MessageKind.REPORT
        case StageCalled(entered=entered):
            return MessageKind.ENTERED if entered else MessageKind.NOTIFIED
        case DeadlinePassed():
            return MessageKind.DEADLINE_PASSED
        case DecisionTaken():
            return MessageKind.DECISION
        case FeedbackGiven():
            return MessageKind.FEEDBACK


def action_of(message: Message) -> Action | None:
    """The action of a decision; None for anything else."""
    return message.decision.action if isinstance(message, DecisionTaken) else None
