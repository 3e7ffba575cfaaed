"""Command: an order to a unit (`disposal-commands`, key unit_code)."""

from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.messages.fields import (
    AreaCodeField,
    CommandIdField,
    Digest,
    IdText,
    IncidentIdField,
    Moment,
    Outbound,
    Text,
    UnitCodeField,
)
from models.messages.report import Position
from models.vocabulary import CommandKind, CommandRole, Level


class Command(Outbound):
    """One order, executed once per id. Every re-delivery has the same bytes; its count is a header."""

    command_id: CommandIdField
    incident_id: IncidentIdField
    kind: CommandKind
    retracts: CommandIdField | None = None
    unit_code: UnitCodeField
    role: CommandRole
    task_id: IdText
    text_zh: Text
    text_en: Text | None = None
    level: Level
    category: Category | None = None
    area_code: AreaCodeField
    place: Text | None = None
    position: Position | None = None
    verified: bool
    attempt: Annotated[int, Field(ge=1)]
    released_by: IdText
    issued_at: Moment
    acknowledge_by: Moment
    complete_by: Moment | None = None
    exercise: bool
    rulebook: Digest
