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
    """execute it once, however often it comes"""
    incident_id: IncidentIdField
    """what it is about; quote it in every feedback"""
    kind: CommandKind
    """an order, or a retraction of one"""
    retracts: CommandIdField | None = None
    """command_id of the order that a retraction takes back; absent in an order"""
    unit_code: UnitCodeField
    """who is to act: area code and department"""
    role: CommandRole
    """whether this unit leads"""
    task_id: IdText
    """of the plan's tasks, the same for every unit that takes it over"""
    text_zh: Text
    """what to do, for people"""
    text_en: Text | None = None
    """the same in English"""
    level: Level
    """of the incident when it was issued, I the gravest"""
    category: Category | None = None
    """of the incident; absent while it is not known"""
    area_code: AreaCodeField
    """where to go"""
    place: Text | None = None
    """in words"""
    position: Position | None = None
    """where to go, in the datum that the report gave"""
    verified: bool
    """false: sent before verification, and may be taken back"""
    attempt: Annotated[int, Field(ge=1)]
    """1, and one more each time that the task climbs a tier or is ordered anew after a retraction"""
    released_by: IdText
    """an officer's id, or `rule`"""
    issued_at: Moment
    """by the engine's clock"""
    acknowledge_by: Moment
    """a named person has the order by then, or it climbs a tier; of a retraction the unit's system says `received`"""
    complete_by: Moment | None = None
    """until then the work is done; absent in a retraction"""
    exercise: bool
    """an exercise: move nobody"""
    rulebook: Digest
    """digest of the rules that it was issued by"""
