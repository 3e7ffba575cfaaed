"""HandOver: one stage calling upon another about an incident (`stage-*`, internal)."""

from typing import Self

from pydantic import model_validator

from models.messages.fields import DeadlineIdField, Inbound, IncidentIdField, MessageIdField
from models.vocabulary import HandOverType


class HandOver(Inbound):
    """Carries no facts: the incident's state is in the database, this only says that it is somebody's turn."""

    message_id: MessageIdField
    """derived from what caused it"""
    incident_id: IncidentIdField
    """whose turn it is"""
    type: HandOverType
    """why: the incident is to enter the stage, a clock passed, or it is to be looked at anew"""
    deadline_id: DeadlineIdField | None = None
    """the clock that passed"""
    cause_id: MessageIdField
    """the message that led to it"""

    @model_validator(mode="after")
    def _names_its_deadline(self) -> Self:
        if self.type is HandOverType.DEADLINE_PASSED and self.deadline_id is None:
            raise ValueError("deadline_id is required for type deadline_passed")
        return self
