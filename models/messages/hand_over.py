"""HandOver: one stage calling upon another about an incident (`stage-*`, internal)."""

from typing import Self

from pydantic import model_validator

from models.messages.fields import DeadlineIdField, Inbound, IncidentIdField, MessageIdField
from models.vocabulary import HandOverType


class HandOver(Inbound):
    """Carries no facts: the incident's state is in the database, this only says that it is somebody's turn."""

    message_id: MessageIdField
    incident_id: IncidentIdField
    type: HandOverType
    deadline_id: DeadlineIdField | None = None
    cause_id: MessageIdField

    @model_validator(mode="after")
    def _names_its_deadline(self) -> Self:
        if self.type is HandOverType.DEADLINE_PASSED and self.deadline_id is None:
            raise ValueError("deadline_id is required for type deadline_passed")
        return self
