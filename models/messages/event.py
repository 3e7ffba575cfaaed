"""Event: one fact of an incident's log (`incident-events`, key incident_id)."""

from typing import Annotated

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from models.events import EVENT_TYPES, EventData
from models.messages.fields import Digest, IdText, IncidentIdField, MessageIdField, Moment, Outbound, Value
from models.vocabulary import ActorKind


class Actor(Value):
    """Who made it happen; `id` is the officer's, unit's, reporter's or rule's."""

    kind: ActorKind
    id: Annotated[str, Field(max_length=200)] | None = None


class Event(Outbound):
    """One fact, at its place `seq` in the incident's log; the log is the record, everything else is folded from it."""

    event_id: IdText
    incident_id: IncidentIdField
    seq: Annotated[int, Field(ge=1)]
    type: Annotated[str, Field(json_schema_extra={"enum": sorted(EVENT_TYPES)})]
    recorded_at: Moment
    cause_id: MessageIdField
    actor: Actor
    rulebook: Digest
    data: SerializeAsAny[EventData]

    @field_validator("data", mode="before")
    @classmethod
    def _by_type(cls, data: object, info: ValidationInfo) -> EventData:
        if isinstance(data, EventData):
            return data
        kind = EVENT_TYPES.get(info.data.get("type", ""))
        if kind is None:
            raise ValueError(f"unknown event type {info.data.get('type')!r}")
        return kind.model_validate(data, strict=False)
