"""What disposal does: the plan, its commands and what units say about them."""

from typing import Annotated

from pydantic import Field

from models.events.registry import EventData, event_type
from models.messages.command import Command
from models.messages.fields import (
    CommandIdField,
    Count,
    IdText,
    Moment,
    Person,
    Ratio,
    Text,
    UnitCodeField,
    Value,
)
from models.vocabulary import CommandRole, CommandStatus, FeedbackKind, Level, Tier


class PlannedTask(Value):
    """One task of a plan for one unit, before it becomes a command."""

    task_id: IdText
    unit_code: UnitCodeField
    role: CommandRole
    immediate: bool
    text_zh: Text
    text_en: Text
    acknowledge_within_seconds: Annotated[int, Field(ge=1)]
    complete_within_seconds: Annotated[int, Field(ge=1)]


@event_type
class PlanProposed(EventData):
    """What category, level and place ask for; `added` are the tasks that no earlier proposal had."""

    plan_id: IdText
    level: Level
    added: tuple[PlannedTask, ...]


@event_type
class TaskWithdrawn(EventData):
    """An officer decided not to command this task; `command_id` is the id its order would have had."""

    command_id: CommandIdField
    reason: Text


@event_type
class CommandIssued(EventData):
    """An order went out; `tier` is the tier of the unit that has it."""

    command: Command
    tier: Tier


@event_type
class CommandReceived(EventData):
    """The unit's system has the command; nobody has signed."""

    command_id: CommandIdField
    occurred_at: Moment


@event_type
class CommandAcknowledged(EventData):
    """A named person has the command; `note` is what the unit said with it."""

    command_id: CommandIdField
    person: Person
    occurred_at: Moment
    within_limit: bool
    note: Text | None = None


@event_type
class CommandRefused(EventData):
    """The unit will not; it says why and who said so. The command climbs at once."""

    command_id: CommandIdField
    person: Person
    reason: Text
    note: Text | None = None


@event_type
class CommandProgressed(EventData):
    """How far the unit is, in its own words; `late` is what it answered when the order was its no more."""

    command_id: CommandIdField
    progress_ratio: Ratio | None
    note: Text | None
    occurred_at: Moment
    late: FeedbackKind | None = None


@event_type
class CommandDone(EventData):
    """The unit says that the work is done; `note` is what else it said."""

    command_id: CommandIdField
    person: Person
    occurred_at: Moment
    within_limit: bool
    note: Text | None = None


@event_type
class CommandEscalated(EventData):
    """The unit was silent or refused: `to_unit_code` has the task now, under a command of its own."""

    command_id: CommandIdField
    reason: Text
    to_unit_code: UnitCodeField
    next_command_id: CommandIdField


@event_type
class CommandRetracted(EventData):
    """The order no longer stands; the unit is told by the retraction."""

    command_id: CommandIdField
    retraction: Command
    reason: Text


@event_type
class RetractionReceived(EventData):
    """The unit knows that its order was taken back; `command_id` is the retraction's."""

    command_id: CommandIdField
    occurred_at: Moment


@event_type
class CommandOverdue(EventData):
    """The work is not done in time: supervision by this tier."""

    command_id: CommandIdField
    tier: Tier


@event_type
class CommandAdopted(EventData):
    """A merge or split moved this command here; its id and its unit do not change."""

    command: Command
    tier: Tier
    status: CommandStatus
    acknowledged_by: Person | None = None
    acknowledged_at: Moment | None = None
    done_at: Moment | None = None
    times_overdue: Count = 0
    red_alarm: bool = False


@event_type
class CommandHandedOn(EventData):
    """A merge or split moved this command away."""

    command_id: CommandIdField
    to_incident_id: IdText
