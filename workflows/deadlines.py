"""Deadlines 时限: starting, moving and ending the clocks of steps and commands, and who owns what.

A clock is a fact in the log and a row in the database; that it passed comes back as a message. A step that is overdue
climbs a tier; at the city a red alarm stands.
"""

from datetime import timedelta

from models.events.steps import (
    DeadlineCancelled,
    DeadlineSet,
    RedAlarmRaised,
    StepEnded,
    StepEscalated,
    StepPassed,
    StepStarted,
)
from models.identifiers import CommandId, DeadlineId, derive
from models.messages.event import Actor
from models.vocabulary import STAGE_OF_STEP, DeadlineKind, Stage, Step, Tier
from workflows.incident import Incident
from workflows.ledger import CLOCK, RULE, Ledger
from workflows.rulebook import Rulebook

_HEIGHT = {Tier.TOWNSHIP: 0, Tier.DISTRICT: 1, Tier.CITY: 2}


def is_above(tier: Tier, other: Tier) -> bool:
    """Whether a tier commands another."""
    return _HEIGHT[tier] > _HEIGHT[other]


def lowest_tier(incident: Incident) -> Tier:
    """The lowest tier that has an area here: the township, or the district where it acts as lowest tier."""
    return incident.place.tier


def owner_tier(incident: Incident, rules: Rulebook) -> Tier:
    """The tier that owns an incident of this level here."""
    owner, lowest = rules.owner_of_level[incident.level], lowest_tier(incident)
    return lowest if is_above(lowest, owner) else owner


def start_step(ledger: Ledger, step: Step, tier: Tier) -> None:
    """Begin a step under the duty desk of a tier, with its clock if the rulebook gives it one."""
    ledger.record(StepStarted(step=step, tier=tier, area_code=ledger.incident.place.at(tier)))
    _set_step_clock(ledger, step, tier)


def pass_step(ledger: Ledger, step: Step, outcome: str) -> None:
    """A step that begins and ends in this transaction."""
    tier = owner_tier(ledger.incident, ledger.rules)
    area_code = ledger.incident.place.at(tier)
    ledger.record(StepPassed(step=step, tier=tier, area_code=area_code, outcome=outcome))


def end_step(ledger: Ledger, step: Step, outcome: str) -> None:
    """End a step if it is open, and its clock with it."""
    state = ledger.incident.steps.get(step)
    if state is not None and state.is_open:
        cancel(ledger, ledger.incident.deadline_of(DeadlineKind.STEP, step=step))
        ledger.record(StepEnded(step=step, outcome=outcome))


def end_all_steps(ledger: Ledger, outcome: str) -> None:
    """The incident ended: nothing is begun and not over."""
    for step in ledger.incident.open_steps:
        end_step(ledger, step, outcome)


def climb(ledger: Ledger, step: Step) -> None:
    """Pass a step to the next tier with a fresh clock; above the city there is only the red alarm."""
    here = ledger.incident.steps[step].tier
    if here.above is None:
        cancel(ledger, ledger.incident.deadline_of(DeadlineKind.STEP, step=step))
        ledger.record(RedAlarmRaised(step=step), CLOCK)
    else:
        move_step(ledger, step, here.above)


def move_step(ledger: Ledger, step: Step, tier: Tier, reason: str | None = None, actor: Actor = RULE) -> None:
    """Another tier owns this step from now, with a clock of its own; `reason` is for those who had a choice."""
    cancel(ledger, ledger.incident.deadline_of(DeadlineKind.STEP, step=step))
    here = ledger.incident.steps[step].tier
    area_code = ledger.incident.place.at(tier)
    moved = StepEscalated(step=step, from_tier=here, to_tier=tier, area_code=area_code, reason=reason)
    ledger.record(moved, actor)
    _set_step_clock(ledger, step, tier)


def _set_step_clock(ledger: Ledger, step: Step, tier: Tier) -> None:
    seconds = ledger.rules.step_seconds(step, ledger.incident.level, tier)
    if seconds is not None:
        set_clock(ledger, DeadlineKind.STEP, STAGE_OF_STEP[step], seconds, tier, step=step)


def set_clock(
    ledger: Ledger,
    kind: DeadlineKind,
    stage: Stage,
    seconds: float,
    tier: Tier,
    *,
    step: Step | None = None,
    command_id: CommandId | None = None,
) -> None:
    """Start a durable clock that passes in `seconds` (at once, if that is not positive)."""
    deadline_id = derive("deadline", ledger.incident_id, ledger.envelope.message_id, len(ledger.events))
    ledger.record(
        DeadlineSet(
            deadline_id=DeadlineId(deadline_id),
            kind=kind,
            stage=stage,
            due_at=ledger.now + timedelta(seconds=max(seconds, 0)),
            tier=tier,
            step=step,
            command_id=command_id,
        )
    )


def cancel(ledger: Ledger, deadline_id: DeadlineId | None) -> None:
    """What this clock waited for has happened; None is no clock."""
    if deadline_id is not None:
        ledger.record(DeadlineCancelled(deadline_id=deadline_id))


def cancel_all(ledger: Ledger) -> None:
    """The incident ended: no clock runs."""
    for deadline_id in tuple(ledger.incident.deadlines):
        cancel(ledger, deadline_id)
