"""Event: one fact of an incident's log (`incident-events`, key incident_id)."""

from typing import Annotated

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from models.events import EVENT_TYPES, EventData
from models.messages.fields import Digest, IdText, IncidentIdField, MessageIdField, Moment, Outbound, Value
from models.vocabulary import ActorKind


class Actor(Value):
    """Who made it happen; `id` is the officer's, unit's or reporter's."""

    kind: ActorKind
    """who: an officer, a unit, a reporter, a rule or a clock"""
    id: Annotated[str, Field(max_length=200)] | None = None
    """the officer's or unit's, of a reporter source_id/reporter_id; absent for a rule or clock"""


class Event(Outbound):
    """One fact, at its place `seq` in the incident's log; the log is the record, everything else is folded from it."""

    event_id: IdText
    """derived from what caused it: the same fact has the same id wherever it is computed"""
    incident_id: IncidentIdField
    """whose log it is in"""
    seq: Annotated[int, Field(ge=1)]
    """1, 2, 3, ... within the incident, without a gap"""
    type: Annotated[str, Field(json_schema_extra={"enum": sorted(EVENT_TYPES)})]
    """what happened, in the past tense"""
    recorded_at: Moment
    """by the engine's clock; never before the event before it"""
    cause_id: MessageIdField
    """the message that led to it"""
    actor: Actor
    """who made it happen"""
    rulebook: Digest
    """digest of the rules in force"""
    data: SerializeAsAny[EventData]
    """what belongs to the type"""

    @field_validator("data", mode="before")
    @classmethod
    def _by_type(cls, data: object, info: ValidationInfo) -> EventData:
        if isinstance(data, EventData):
            return data
        kind = EVENT_TYPES.get(info.data.get("type", ""))
        if kind is None:
            raise ValueError(f"unknown event type {info.data.get('type')!r}")
        return kind.model_validate(data, strict=False)
