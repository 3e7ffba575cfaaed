"""Feedback: what a unit says about a command (`disposal-feedback`, `POST /api/commands/{id}/feedback`)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from models.identifiers import MessageId, feedback_message_id
from models.messages.fields import (
    Attachment,
    CommandIdField,
    FeedbackIdField,
    Inbound,
    IncidentIdField,
    Moment,
    Person,
    Ratio,
    Text,
    UnitCodeField,
)
from models.vocabulary import FeedbackKind

_NAMED = (FeedbackKind.ACKNOWLEDGED, FeedbackKind.REFUSED, FeedbackKind.DONE)


class Feedback(Inbound):
    """One thing a unit says about one command. Its identity is (unit_code, feedback_id)."""

    feedback_id: FeedbackIdField
    """the unit's own; sent again with the same content it counts once, with other content it is a conflict"""
    command_id: CommandIdField
    """of the order or retraction that is answered"""
    incident_id: IncidentIdField
    """as the command has it"""
    unit_code: UnitCodeField
    """the unit that speaks; it must be the command's"""
    kind: FeedbackKind
    """`received`: the unit's system has it; `acknowledged`: a person does; `refused`: the task climbs a tier"""
    person: Person | None = None
    """who says so; needed for acknowledged, refused and done"""
    occurred_at: Moment
    """when it was so at the unit"""
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    """needed for refused"""
    note: Annotated[Text, Field(max_length=5_000)] | None = None
    """in words; with `progress` it enters the log; in an exercise it says that it is one"""
    progress_ratio: Ratio | None = None
    """how much of the work is done, with `progress`; 1 is all"""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    """photographs, by digest"""

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.kind in _NAMED and self.person is None:
            raise ValueError(f"person is required for kind {self.kind}")
        if self.kind is FeedbackKind.REFUSED and self.reason is None:
            raise ValueError("reason is required for kind refused")
        return self

    @property
    def message_id(self) -> MessageId:
        """The feedback's identity as the inbox knows it."""
        return feedback_message_id(self.unit_code, self.feedback_id)
