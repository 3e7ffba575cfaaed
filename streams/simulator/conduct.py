"""Conduct: what duty officers would decide about a case, each act with the time when its officer gets to it.

Pure: the same case and seed give the same acts. An act's id comes from (seed, incident, action, what made it due), so
an officer who lost his memory decides the same again and it counts once; when it is due comes from the clocks of the
case, so that officers keep pace with whatever limits the rulebook sets. Some doze, and the step climbs to the next
desk. Must never enter: the engine's rules; an act that they refuse is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.identifiers import AreaCode, DecisionId, derive
from models.messages.decision import Decision
from models.messages.fields import Officer, SecondOfficer
from models.vocabulary import (
    Action,
    CommandRole,
    CommandStatus,
    DeadlineKind,
    Level,
    Role,
    Stage,
    Status,
    Step,
    Tier,
    Verdict,
)
from streams.simulator.case import Case
from streams.simulator.draws import Draws
from streams.simulator.names import name_of

# What simulated officers decide; regrading and splitting are left to people at the screen.
ACTIONS = frozenset(Action) - {Action.REGRADE, Action.SPLIT}

_DOZING_RATIO = 0.1
_EXTENDING_RATIO = 0.08
_PASSING_ON_RATIO = 0.12
_REOPENING_RATIO = 0.04
_RETRACTED_RATIO = 0.02
_COMMANDING = (Stage.DISPOSAL, Stage.FOLLOW_UP)
_SEVERE = (Level.I, Level.II)
_UNDECIDED = (Verdict.UNVERIFIED, Verdict.UNCLEAR)
_OWED = (CommandStatus.ISSUED, CommandStatus.RECEIVED, CommandStatus.ACKNOWLEDGED)
_OFFICERS_PER_DESK = 3


@dataclass(frozen=True, slots=True)
class Act:
    """A decision, and the program time from which it may be sent."""

    due_at: datetime
    decision: Decision

    def again(self, seq: int) -> "Act":
        """The same act under another id, once the incident has moved on since it was refused."""
        decision_id = DecisionId(derive("decided again", self.decision.decision_id, seq))
        return Act(self.due_at, self.decision.model_copy(update={"decision_id": decision_id}))


def acts(seed: int, case: Case) -> tuple[Act, ...]:
    """Everything that officers would decide about the case as it stands, in the order in which it is due."""
    desk = _Desk(seed, case)
    found = [act for rule in _RULES_OF_STATUS.get(case.summary.status, ()) for act in rule(desk)]
    return tuple(sorted(found, key=lambda act: (act.due_at, act.decision.decision_id)))


@dataclass(frozen=True, slots=True)
class _Desk:
    """The case with the chance that belongs to it."""

    seed: int
    case: Case

    @property
    def draws(self) -> Draws:
        """By the event where it is known: the id of its incident hangs on which report came first."""
        event = self.case.event
        return Draws(self.seed, f"officers {event.event_id if event else self.case.summary.incident_id}")

    def is_open(self, step: Step) -> bool:
        state = self.case.view.steps.get(step)
        return state is not None and state.ended_at is None

    def seconds(self, what: str, lowest: int, highest: int) -> timedelta:
        return timedelta(seconds=self.draws.between(what, lowest, highest))

    def answers_at(self, step: Step) -> datetime:
        """When the desk that has this open step gets to it."""
        state = self.case.view.steps[step]
        clocks = self.case.view.deadlines.values()
        due_at = next((c.due_at for c in clocks if c.kind is DeadlineKind.STEP and c.step is step), None)
        what = f"{step} {state.tier}"
        if due_at is None:  # the clock has passed at the city too: somebody comes in the end
            return state.started_at + self.seconds(f"after the alarm {what}", 1_800, 3_600)
        if self.draws.happens(f"dozes {what}", _DOZING_RATIO):
            return due_at + timedelta(seconds=60)
        if state.times_overdue:
            return state.started_at  # already late when it came to this desk
        return state.started_at + (due_at - state.started_at) * (0.1 + 0.4 * self.draws.ratio(what))

    def act(self, action: Action, cause: str, due_at: datetime, tier: Tier, **what: object) -> Act:
        """`cause` is what made it due: the same cause asks for the same decision."""
        area_code = self.case.view.place.at(tier)
        incident_id = self.case.summary.incident_id
        who = Draws(self.seed, f"officer {area_code} {self.draws.between('duty', 1, _OFFICERS_PER_DESK)}")
        told = {
            "decision_id": DecisionId(derive("simulated decision", self.seed, incident_id, action, cause)),
            "incident_id": incident_id,
            "action": action,
            "officer": Officer(id=_id_of(who), name=name_of(who)),
            "area_code": area_code,
            "decided_at": due_at,
            "reason": _REASONS.get(action),
            "second_officer": self._second(area_code, action, what.get("verdict")),
        }
        return Act(due_at, Decision.model_validate(told | what))

    def _second(self, area_code: AreaCode, action: Action, verdict: object) -> SecondOfficer | None:
        """The desk's commander, where the screen says that this takes two persons."""
        for_two = {(choice.action, choice.verdict) for choice in self.case.view.needs_second}
        if (action, verdict) not in for_two:
            return None
        who = Draws(self.seed, f"commander {area_code}")
        return SecondOfficer(id=_id_of(who), name=name_of(who), role=Role.COMMANDER, area_code=area_code)


def _id_of(who: Draws) -> str:
    return f"officer-{who.about.removeprefix('officer ').replace(' ', '-')}"


_REASONS = {
    Action.RETRACT: "现场力量已够，撤回该项配合任务",
    Action.MERGE: "电话核实为同一起事件，并案处置",
    Action.ESCALATE: "超出本级处置能力，提级办理",
    Action.SUPERVISE: "处置超时，请立即反馈进展",
    Action.EXTEND: "现场条件复杂，同意延长时限",
    Action.CLOSE: "各项任务均已完成，现场已移交",
    Action.REOPEN: "回访发现仍有遗留问题，重新办理",
}


def _acknowledge(desk: _Desk) -> Iterator[Act]:
    if desk.case.view.acknowledged_by is not None:
        return
    if desk.is_open(Step.ASSIGN):
        tier, due_at = desk.case.view.steps[Step.ASSIGN].tier, desk.answers_at(Step.ASSIGN)
    else:
        tier = desk.case.view.place.tier
        due_at = desk.case.summary.opened_at + desk.seconds("takes note", 60, 300)
    yield desk.act(Action.ACKNOWLEDGE, tier, due_at, tier)


def _verify(desk: _Desk) -> Iterator[Act]:
    case = desk.case
    if desk.is_open(Step.CONFIRM) and case.summary.verdict in _UNDECIDED:
        state = case.view.steps[Step.CONFIRM]
        cause, tier, due_at = state.started_at.isoformat(), state.tier, desk.answers_at(Step.CONFIRM)
    elif case.summary.verdict is Verdict.TRUE and not case.is_real:
        # Sources sufficed for something that never happened; sooner or later somebody goes and looks.
        cause, tier = "went and looked", Tier.DISTRICT
        due_at = case.summary.opened_at + desk.seconds("goes and looks", 1_200, 2_400)
    else:
        return
    verdict = Verdict.TRUE if case.is_real else Verdict.FALSE
    reason = "已与现场和报告人核实，情况属实" if case.is_real else "派员到场核查，未发现所报情况"
    yield desk.act(Action.VERIFY, cause, due_at, tier, verdict=verdict, reason=reason)


def _release(desk: _Desk) -> Iterator[Act]:
    case = desk.case
    is_sure = case.summary.verdict is Verdict.TRUE or case.summary.level in _SEVERE
    if not (case.is_real and is_sure and case.view.waiting_tasks and desk.is_open(Step.COMMAND)):
        return
    tasks = derive("tasks", *sorted(f"{task.task_id} {task.unit_code}" for task in case.view.waiting_tasks))
    yield desk.act(Action.RELEASE, tasks, desk.answers_at(Step.COMMAND), case.view.steps[Step.COMMAND].tier)


def _close(desk: _Desk) -> Iterator[Act]:
    case = desk.case
    is_done = not case.view.waiting_tasks and not any(held.status in _OWED for held in case.orders)
    if case.summary.verdict is Verdict.TRUE and desk.is_open(Step.CLOSE_AND_REVIEW) and is_done:
        state = case.view.steps[Step.CLOSE_AND_REVIEW]
        due_at = state.started_at + desk.seconds("writes the review", 240, 1_200)
        yield desk.act(Action.CLOSE, state.started_at.isoformat(), due_at, state.tier)


def _supervise(desk: _Desk) -> Iterator[Act]:
    for held in desk.case.orders:
        if held.status is CommandStatus.ACKNOWLEDGED and held.command.complete_by is not None:
            command_id = held.command.command_id
            due_at = held.command.complete_by + desk.seconds(f"asks {command_id}", 120, 600)
            yield desk.act(Action.SUPERVISE, command_id, due_at, _owner(desk.case))


def _extend(desk: _Desk) -> Iterator[Act]:
    """More time for the first order's work, now and then, asked for while it still runs."""
    first = next((held for held in desk.case.orders if held.command.complete_by is not None), None)
    if first is None or not desk.draws.happens("extends", _EXTENDING_RATIO):
        return
    for deadline_id, clock in desk.case.view.deadlines.items():
        is_its = clock.kind is DeadlineKind.COMPLETE and clock.command_id == first.command.command_id
        if is_its and first.acknowledged_at is not None and first.command.complete_by is not None:
            due_at = first.acknowledged_at + timedelta(seconds=300)
            until = first.command.complete_by + timedelta(seconds=1_800)
            if clock.due_at < until:
                more = {"deadline_id": deadline_id, "until": until}
                yield desk.act(Action.EXTEND, deadline_id, due_at, clock.tier, **more)


def _retract(desk: _Desk) -> Iterator[Act]:
    """A supporting unit is sent home before it has signed: there are enough on the scene."""
    for held in desk.case.orders:
        order = held.command
        is_spare = order.role is CommandRole.SUPPORT and order.attempt == 1
        unsigned = held.status in (CommandStatus.ISSUED, CommandStatus.RECEIVED)
        what = f"retracts {order.task_id} {order.unit_code}"
        if is_spare and unsigned and desk.draws.happens(what, _RETRACTED_RATIO):
            due_at = order.issued_at + timedelta(seconds=20)
            chosen = {"command_ids": (order.command_id,)}
            yield desk.act(Action.RETRACT, order.command_id, due_at, _owner(desk.case), **chosen)


def _pass_on(desk: _Desk) -> Iterator[Act]:
    """A township that cannot handle it does not wait for its clock."""
    is_below = desk.is_open(Step.CONFIRM) and desk.case.view.steps[Step.CONFIRM].tier is Tier.TOWNSHIP
    if is_below and desk.draws.happens("passes on", _PASSING_ON_RATIO):
        started_at = desk.case.view.steps[Step.CONFIRM].started_at
        due_at = started_at + timedelta(seconds=15)
        yield desk.act(Action.ESCALATE, started_at.isoformat(), due_at, Tier.TOWNSHIP, to_tier=Tier.DISTRICT)


def _merge(desk: _Desk) -> Iterator[Act]:
    """Two incidents of one event that the engine could not know for one: the older one takes the other in."""
    twin, own = desk.case.twin, desk.case.summary
    if twin is not None and (own.opened_at, own.incident_id) < (twin.opened_at, twin.incident_id):
        due_at = twin.opened_at + desk.seconds("sees the twin", 600, 1_500)
        yield desk.act(Action.MERGE, twin.incident_id, due_at, Tier.CITY, other_incident_id=twin.incident_id)


def _reopen(desk: _Desk) -> Iterator[Act]:
    """Each closure has its own small chance of being undone, so that a case is not reopened for ever."""
    closed_at = desk.case.summary.closed_at
    if closed_at is None or not desk.case.is_real:
        return
    if desk.draws.happens(f"reopens {closed_at.isoformat()}", _REOPENING_RATIO):
        due_at = closed_at + desk.seconds("calls back", 1_200, 3_600)
        yield desk.act(Action.REOPEN, closed_at.isoformat(), due_at, _owner(desk.case))


def _owner(case: Case) -> Tier:
    """The tier whose desk has the incident: the highest of its open steps."""
    tiers = [state.tier for state in case.view.steps.values() if state.ended_at is None]
    return next((tier for tier in Tier if tier in tiers), case.view.place.tier)


_RULES_OF_STATUS: dict[Status, tuple[Callable[[_Desk], Iterator[Act]], ...]] = {
    Status.OPEN: (
        _acknowledge,
        _verify,
        _release,
        _close,
        _supervise,
        _extend,
        _retract,
        _pass_on,
        _merge,
    ),
    Status.CLOSED: (_reopen,),
}
