"""What follow-up does: supervision, closure with its review, and what undoes them."""

from models.events.registry import EventData, event_type
from models.messages.fields import Count, Text, Value
from models.vocabulary import Level, Step, Verdict


@event_type
class SupervisionOrdered(EventData):
    """督办: unfinished work is chased."""

    reason: Text


class StepReview(Value):
    """How long one step took, and how often its clock passed."""

    step: Step
    seconds: float
    overdue: Count


class Review(Value):
    """复盘: what the log teaches about one incident."""

    verdict: Verdict
    level: Level
    reports: Count
    commands: Count
    commands_late: Count
    commands_escalated: Count
    total_seconds: float
    steps: tuple[StepReview, ...]


@event_type
class IncidentClosed(EventData):
    """办结: the loop is closed, with its review."""

    reason: Text
    review: Review


@event_type
class IncidentRejected(EventData):
    """The verdict was false: commands and warning were taken back, nothing more is owed."""

    reason: Text


@event_type
class IncidentReopened(EventData):
    """The end was not the end."""

    reason: Text
