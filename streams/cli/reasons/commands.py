"""Why an order went to a unit: the task of the plan, who released it, its limits, and who is next when it is silent."""

from collections.abc import Iterator
from datetime import timedelta, timezone

from models.events.disposal import (
    CommandAdopted,
    CommandEscalated,
    CommandHandedOn,
    CommandIssued,
    CommandRefused,
    CommandRetracted,
    PlanProposed,
)
from models.messages.command import Command
from models.messages.event import Event
from models.units import parse_unit, superior
from models.vocabulary import CommandRole, Level
from streams.cli.reasons.reason import Known, Reason
from streams.cli.reasons.words import LEVEL, of_actor
from workflows.judgement.planning import applies
from workflows.rulebook import Plan, PlanTask

Change = CommandRefused | CommandEscalated | CommandRetracted | CommandAdopted | CommandHandedOn

_BEIJING = timezone(timedelta(hours=8))
_ROLE = {CommandRole.LEAD: "lead 牵头", CommandRole.SUPPORT: "support 配合"}
_CHOSEN = {
    "lead": "the lead of this kind of event 牵头部门",
    "supports": "the supports of this kind of event 配合部门",
}


def of_plan(event: Event, data: PlanProposed, known: Known) -> Reason:
    """The plan that category, nature and level ask for, and what one level worse would add."""
    what = f"plan 预案 {data.plan_id} at level {LEVEL[data.level]}: {len(data.added)} tasks more"
    plan = _plan(known, data.plan_id)
    return Reason(event, what, () if plan is None else tuple(_of_plan(plan, data.level)))


def of_order(event: Event, data: CommandIssued, known: Known) -> Reason:
    """An order that went out."""
    command = data.command
    unit = parse_unit(command.unit_code)
    what = f"order 指令 {command.task_id} to {command.unit_code} {unit.name_zh}: {command.text_zh}"
    return Reason(event, what, tuple(_of_order(event, command, known)))


def of_change(event: Event, data: Change) -> Reason:
    """An order that was refused, climbed, was taken back or moved with a merge or split."""
    by = f"by {of_actor(event.actor)}"
    match data:
        case CommandRefused():
            return Reason(event, f"order refused 拒绝, {by}", (_reason(data.reason),))
        case CommandEscalated():
            return Reason(
                event, f"order passed up 升级 to {data.to_unit_code}, {by}", (_reason(data.reason),)
            )
        case CommandRetracted():
            unit_code = data.retraction.unit_code
            return Reason(event, f"order taken back 撤回 from {unit_code}, {by}", (_reason(data.reason),))
        case CommandAdopted():
            what = f"order taken over 接管: {data.command.task_id} of {data.command.unit_code}, {by}"
            return Reason(
                event, what, ("rule 规则: commands follow the reports that a merge or split moves",)
            )
        case CommandHandedOn():
            return Reason(event, f"order handed on 移交 to {data.to_incident_id}, {by}", ())


def _reason(words: str) -> str:
    return f"reason 理由: {words}"


def _of_plan(plan: Plan, level: Level) -> Iterator[str]:
    yield f"rule 规则: the plan for {plan.applies_to}, {plan.nature.value}"
    worse = sorted((one for one in Level if one.severity > level.severity), key=lambda one: one.severity)
    if worse:
        added = [t.task_id for t in plan.tasks if applies(t, worse[0]) and not applies(t, level)]
        yield f"nearest 其次: level {LEVEL[worse[0]]} would add {', '.join(added) or 'nothing'}"


def _of_order(event: Event, command: Command, known: Known) -> Iterator[str]:
    plan = _plan(known, known.plan_id)
    task = None if plan is None else next((t for t in plan.tasks if t.task_id == command.task_id), None)
    if plan is not None and task is not None:
        chosen = _CHOSEN.get(task.unit, f"{task.unit} at the {task.tier.value} tier")
        yield f"rule 规则: plan {plan.plan_id}, from level {LEVEL[task.from_level]} on, for {chosen}"
    yield f"released 下达: {_release(event, command, task)}; {_ROLE[command.role]}, level {LEVEL[command.level]}"
    yield f"limits 时限: answer by {_clock(event, command)}"
    above = superior(command.unit_code, command.issued_at.astimezone(_BEIJING).date())
    yield f"nearest 其次: silent or refusing, it passes to {above or 'nobody, a red alarm 红色告警'}"


def _release(event: Event, command: Command, task: PlanTask | None) -> str:
    by = f"by {of_actor(event.actor)}"
    if command.attempt > 1:
        return f"{by}, attempt {command.attempt}, after the unit below did not answer"
    return f"{by}, immediate 立即" if task is not None and task.immediate else by


def _clock(event: Event, command: Command) -> str:
    answer = int((command.acknowledge_by - event.recorded_at).total_seconds())
    if command.complete_by is None:
        return f"{answer} s"
    return f"{answer} s, done by {int((command.complete_by - event.recorded_at).total_seconds())} s"


def _plan(known: Known, plan_id: str | None) -> Plan | None:
    if known.rules is None:
        return None
    return next((plan for plan in known.rules.plans if plan.plan_id == plan_id), None)
