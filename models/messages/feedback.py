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
    command_id: CommandIdField
    incident_id: IncidentIdField
    unit_code: UnitCodeField
    kind: FeedbackKind
    person: Person | None = None
    occurred_at: Moment
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    note: Annotated[Text, Field(max_length=5_000)] | None = None
    progress_ratio: Ratio | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()

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
