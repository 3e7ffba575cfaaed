"""Why an order went to a unit: the task of the plan, who released it, its limits, and who is next when it is silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from models.events.disposal import (
    CommandAdopted,
    CommandEscalated,
    CommandHandedOn,
    CommandIssued,
    CommandRefused,
    CommandRetracted,
    PlanProposed,
    TaskWithdrawn,
)
from models.identifiers import CommandId, UnitCode
from models.messages.command import Command
from models.messages.event import Event
from models.units import parse_unit, superior
from models.vocabulary import ActorKind, CommandRole, Level
from streams.cli.reasons.phrases import LEVEL, of_actor
from streams.cli.reasons.reason import Known, Reason
from workflows.judgement.planning import applies
from workflows.rulebook import Plan, PlanTask

Change = CommandRefused | CommandEscalated | CommandRetracted | CommandAdopted | CommandHandedOn

_BEIJING = timezone(timedelta(hours=8))
_ROLE = {CommandRole.LEAD: "lead 牵头", CommandRole.SUPPORT: "support 配合"}
_CHOSEN = {
    "lead": "the lead of this kind of event 牵头部门",
    "supports": "the supports of this kind of event 配合部门",
}
_FOLLOWS_REPORTS = (
    "rule 规则: commands follow the reports that a merge or split moves; id and unit stay as they are"
)


def of_plan(event: Event, data: PlanProposed, known: Known) -> Reason:
    """The plan that category, nature and level ask for, and what one level worse would add."""
    tasks = ", ".join(dict.fromkeys(task.task_id for task in data.added))
    what = f"plan 预案 {data.plan_id} at level {LEVEL[data.level]}: adds {tasks or 'nothing'}"
    plan = _plan(known, data.plan_id)
    return Reason(event, what, () if plan is None else tuple(_of_plan(plan, data.level)))


def of_order(event: Event, data: CommandIssued, known: Known) -> Reason:
    """An order that went out."""
    what = f"order 指令 {_named(data.command)}: {data.command.text_zh}"
    return Reason(event, what, tuple(_of_order(event, data.command, known)))


def of_withdrawal(event: Event, data: TaskWithdrawn) -> Reason:
    """A task of the plan that an officer did not want commanded."""
    what = f"task of the plan not commanded 不下达 {data.command_id}, by {of_actor(event.actor)}"
    return Reason(event, what, (_reason(data.reason), "nearest 其次: left alone, it would wait for a click"))


def of_change(event: Event, data: Change, known: Known) -> Reason:
    """An order that was refused, climbed, was taken back or moved with a merge or split."""
    by = f"by {of_actor(event.actor)}"
    match data:
        case CommandRefused():
            what = f"order refused 拒绝: {_of(data.command_id, known)}, by {data.person.name}"
            return Reason(
                event, what, (_reason(data.reason), f"nearest 其次: {_next(data.command_id, known)}")
            )
        case CommandEscalated():
            to = _unit(data.to_unit_code)
            what = f"order passed up 升级: {_of(data.command_id, known)}, passes to {to}, {by}"
            return Reason(event, what, (_reason(data.reason), _why_up(event, data.command_id, known)))
        case CommandRetracted():
            what = f"order taken back 撤回: {_named(data.retraction)}, {by}"
            return Reason(event, what, (_reason(data.reason),))
        case CommandAdopted():
            what = f"order taken over 接管: {_named(data.command)}, {by}"
            return Reason(event, what, (_FOLLOWS_REPORTS,))
        case CommandHandedOn():
            what = f"order handed on 移交: {_of(data.command_id, known)}, goes with 随 {data.to_incident_id}, {by}"
            return Reason(event, what, (_FOLLOWS_REPORTS,))


def _reason(words: str) -> str:
    return f"reason 理由: {words}"


def _named(command: Command) -> str:
    return f"{command.task_id} to {_unit(command.unit_code)}"


def _unit(unit_code: UnitCode) -> str:
    return f"{unit_code} {parse_unit(unit_code).name_zh}"


def _of(command_id: CommandId, known: Known) -> str:
    """Task and unit of an order that the log named before."""
    command = known.orders.get(command_id)
    return command_id if command is None else _named(command)


def _why_up(event: Event, command_id: CommandId, known: Known) -> str:
    command = known.orders.get(command_id)
    if event.actor.kind is not ActorKind.CLOCK or command is None:
        return "rule 规则: a task that its unit will not do passes at once to the unit one tier up"
    seconds = _seconds(command.issued_at, command.acknowledge_by)
    return f"rule 规则: nobody signed within {seconds} s 超时未签收, so the unit one tier up has the task"


def _next(command_id: CommandId, known: Known) -> str:
    command = known.orders.get(command_id)
    return "the unit above" if command is None else _above(command)


def _of_plan(plan: Plan, level: Level) -> Iterator[str]:
    yield f"rule 规则: the plan for {plan.applies_to}, {plan.nature.value}"
    worse = sorted((one for one in Level if one.severity > level.severity), key=lambda one: one.severity)
    if worse:
        added = [t.task_id for t in plan.tasks if applies(t, worse[0]) and not applies(t, level)]
        yield f"nearest 其次: level {LEVEL[worse[0]]} would add {', '.join(added) or 'nothing'}"
    else:
        yield "nearest 其次: no level is worse; every task of the plan applies 已是最高级别"


def _of_order(event: Event, command: Command, known: Known) -> Iterator[str]:
    plan = _plan(known, known.plan_id)
    task = None if plan is None else next((t for t in plan.tasks if t.task_id == command.task_id), None)
    if plan is not None and task is not None:
        chosen = _CHOSEN.get(task.unit, f"{task.unit} at the {task.tier.value} tier")
        yield f"rule 规则: plan {plan.plan_id}, from level {LEVEL[task.from_level]} on, for {chosen}"
    yield f"released 下达: {_release(event, command, task)}; {_ROLE[command.role]}, level {LEVEL[command.level]}"
    yield f"limits 时限: {_clock(command)}"
    yield f"nearest 其次: silent or refusing, it passes to {_above(command)}"


def _above(command: Command) -> str:
    above = superior(command.unit_code, command.issued_at.astimezone(_BEIJING).date())
    return "nobody, a red alarm 红色告警" if above is None else _unit(above)


def _release(event: Event, command: Command, task: PlanTask | None) -> str:
    by = f"by {of_actor(event.actor)}"
    if command.attempt > 1:
        return f"{by}, attempt {command.attempt}, since the unit below was silent or refused"
    if task is None or event.actor.kind is ActorKind.OFFICER:
        return by
    if task.immediate:
        return f"{by}, immediate 立即: its plan does not let it wait for a click"
    return f"{by}, at the lowest level without a click 最低级别无需点击下达"


def _clock(command: Command) -> str:
    answer = f"to be signed within {_seconds(command.issued_at, command.acknowledge_by)} s 签收"
    if command.complete_by is None:
        return answer
    return f"{answer}, done within {_seconds(command.issued_at, command.complete_by)} s 完成"


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())


def _plan(known: Known, plan_id: str | None) -> Plan | None:
    if known.rules is None:
        return None
    return next((plan for plan in known.rules.plans if plan.plan_id == plan_id), None)
