"""What happens to stages, steps and their durable clocks."""

from models.events.registry import EventData, event_type
from models.messages.fields import AreaCodeField, CommandIdField, DeadlineIdField, Moment, Text
from models.vocabulary import DeadlineKind, Stage, Step, Tier


@event_type
class StageEntered(EventData):
    """The main line moved to this stage."""

    stage: Stage


@event_type
class StepStarted(EventData):
    """A step began; the duty desk at `tier` in `area_code` owns it."""

    step: Step
    tier: Tier
    area_code: AreaCodeField


@event_type
class StepEnded(EventData):
    """A step is over; `outcome` says in a word how."""

    step: Step
    outcome: Text


@event_type
class StepPassed(EventData):
    """A step began and ended in one transaction, which is all it takes."""

    step: Step
    tier: Tier
    area_code: AreaCodeField
    outcome: Text


@event_type
class StepEscalated(EventData):
    """A step was not finished in time, or an officer passed it on: the next tier owns it.

    `reason` is the officer's; there is none where time or a worse level passed it on.
    """

    step: Step
    from_tier: Tier
    to_tier: Tier
    area_code: AreaCodeField
    reason: Text | None = None


@event_type
class DeadlineSet(EventData):
    """A durable clock runs. `stage` is the hand-over topic that will hear of its passing."""

    deadline_id: DeadlineIdField
    kind: DeadlineKind
    stage: Stage
    due_at: Moment
    tier: Tier
    step: Step | None = None
    command_id: CommandIdField | None = None


@event_type
class DeadlineCancelled(EventData):
    """What the clock waited for has happened."""

    deadline_id: DeadlineIdField


@event_type
class DeadlineFired(EventData):
    """The clock passed; `late_by_seconds` is how long after its time it was handled."""

    deadline_id: DeadlineIdField
    late_by_seconds: float


@event_type
class DeadlineExtended(EventData):
    """An officer gave more time. The clock keeps its id."""

    deadline_id: DeadlineIdField
    until: Moment
    reason: Text


@event_type
class RedAlarmRaised(EventData):
    """Even the city was silent: somebody must look now. Stands while what it is about is owed."""

    step: Step | None = None
    command_id: CommandIdField | None = None
