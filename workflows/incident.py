"""Incident: the state of one real-world event, which only a fold over its log may build (`workflows.fold`).

Bounded: reports are rows, not state. It holds what the rules ask for and nothing that the log alone needs.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from typing import Any

from models.categories import Category
from models.events.disposal import PlannedTask
from models.events.perception import Contradiction, FactOrigin, FusionScore, ReporterStand, ReportTrust
from models.identifiers import CommandId, DeadlineId, IncidentId, command_id_of
from models.likeness import Sketch
from models.messages.command import Command
from models.messages.fields import Moment, Officer, Person, Value
from models.messages.public_warning import PublicWarning
from models.messages.report import FactName, Facts
from models.places import Place
from models.understanding import SensitiveFound
from models.vocabulary import (
    CommandKind,
    CommandStatus,
    DeadlineKind,
    Level,
    Nature,
    Stage,
    Status,
    Step,
    Tier,
    Verdict,
)


class StepState(Value):
    """One of the twelve steps, as far as it has come."""

    tier: Tier
    started_at: Moment
    ended_at: Moment | None = None
    times_overdue: int = 0
    red_alarm: bool = False

    @property
    def is_open(self) -> bool:
        """Begun and not over."""
        return self.ended_at is None


class CommandState(Value):
    """One command, as far as it has come. `tier` is that of the unit that has it."""

    command: Command
    tier: Tier
    status: CommandStatus = CommandStatus.ISSUED
    acknowledged_by: Person | None = None
    acknowledged_at: Moment | None = None
    done_at: Moment | None = None
    times_overdue: int = 0
    red_alarm: bool = False

    @property
    def is_owed(self) -> bool:
        """The unit owes something, or the city refused and somebody must take it back."""
        return self.status.is_live or (self.red_alarm and self.status is CommandStatus.REFUSED)


class DeadlineState(Value):
    """A clock that runs."""

    kind: DeadlineKind
    stage: Stage
    due_at: Moment
    tier: Tier
    step: Step | None = None
    command_id: CommandId | None = None


# Asked for many times for each report of a long storm, and changed by few.
_WORKED_OUT_FROM = frozenset({"commands", "plan", "withdrawn"})
_WORKED_OUT = ("owed_commands", "unreleased")


class Incident(Value):
    """What is known and owed about one event."""

    incident_id: IncidentId
    seq: int
    opened_at: Moment
    last_recorded_at: Moment
    nature: Nature
    category: Category | None
    title: str
    place: Place
    exercise: bool
    urgent: bool
    occurred_at: Moment | None
    reported_at: Moment
    stage: Stage = Stage.PERCEPTION
    status: Status = Status.OPEN
    verdict: Verdict = Verdict.UNVERIFIED
    merged_into: IncidentId | None = None
    absorbed: tuple[IncidentId, ...] = ()
    split_from: IncidentId | None = None
    level: Level = Level.IV
    rule_level: Level = Level.IV
    officer_level: Level | None = None
    graded: bool = False
    facts: Facts = Facts()
    approximate: tuple[FactName, ...] = ()
    origins: dict[FactName, FactOrigin] = {}
    sensitive: tuple[SensitiveFound, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    sketch: Sketch
    suggestions: tuple[FusionScore, ...] = ()
    reports: int = 0
    sources: tuple[str, ...] = ()
    trust: ReportTrust = ReportTrust()
    reporters: dict[str, ReporterStand] = {}
    confidence_ratio: float = 0.0
    acknowledged_by: Officer | None = None
    steps: dict[Step, StepState] = {}
    plan: tuple[PlannedTask, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()
    plan_id: str | None = None
    plan_level: Level | None = None
    commands: dict[CommandId, CommandState] = {}
    deadlines: dict[DeadlineId, DeadlineState] = {}
    warning: PublicWarning | None = None
    warnings_sent: tuple[str, ...] = ()
    closed_at: Moment | None = None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "Incident":
        """A copy with some fields changed, that works out again only what hangs on them."""
        changed = super().model_copy(update=update, deep=deep)
        if update is not None and not _WORKED_OUT_FROM.isdisjoint(update):
            for name in _WORKED_OUT:
                changed.__dict__.pop(name, None)
        return changed

    @property
    def is_open(self) -> bool:
        """Still asks for work."""
        return self.status is Status.OPEN

    @property
    def is_doubtful(self) -> bool:
        """Only reports of low trust speak for it, and no officer has said that it is true: rules start nothing."""
        return self.trust.low > 0 and self.trust.trusted == 0 and self.verdict is not Verdict.TRUE

    @cached_property
    def owed_commands(self) -> tuple[CommandState, ...]:
        """Commands that are not yet done, taken back or passed on, in order of issue."""
        return tuple(c for c in self.commands.values() if c.is_owed)

    @cached_property
    def unreleased(self) -> tuple[PlannedTask, ...]:
        """Tasks of the plan that wait for somebody's click."""
        orders = _orders_by_task(self)
        return tuple(task for task in self.plan if not _is_settled(self, task, orders[_key_of(task)]))

    def order_id(self, task: PlannedTask) -> CommandId:
        """The id of the order that this task has become, or becomes when it is released."""
        return _order_id(self, task, self.attempt_of(task))

    def attempt_of(self, task: PlannedTask) -> int:
        """1, or one more than the orders that were taken back before the incident was reopened."""
        orders = _orders_by_task(self)[_key_of(task)]
        latest = max((held.command.attempt for held in orders), default=0)
        return latest + (not orders or not _stands(orders, self.withdrawn))

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """Steps begun and not over, in the order they began."""
        return tuple(step for step, state in self.steps.items() if state.is_open)

    @property
    def red_alarm(self) -> bool:
        """Even the city was silent about something that still stands."""
        return any(s.red_alarm and s.is_open for s in self.steps.values()) or any(
            c.red_alarm and c.is_owed for c in self.commands.values()
        )

    def deadline_of(
        self, kind: DeadlineKind, *, step: Step | None = None, command_id: CommandId | None = None
    ) -> DeadlineId | None:
        """The running clock of this kind for this step or command, if there is one."""
        for deadline_id, deadline in self.deadlines.items():
            if (deadline.kind, deadline.step, deadline.command_id) == (kind, step, command_id):
                return deadline_id
        return None


def _stands(orders: Iterable[CommandState], withdrawn: Container[CommandId]) -> bool:
    """Some order for a task stands or was done, here or in what was absorbed, or an officer took it back."""
    return any(
        held.status is not CommandStatus.RETRACTED or held.command.command_id in withdrawn for held in orders
    )


def _order_id(incident: Incident, task: PlannedTask, attempt: int) -> CommandId:
    return command_id_of(CommandKind.ORDER, incident.incident_id, task.task_id, task.unit_code, attempt)


def _is_settled(incident: Incident, task: PlannedTask, orders: list[CommandState]) -> bool:
    if orders:
        return _stands(orders, incident.withdrawn)
    return bool(incident.withdrawn) and _order_id(incident, task, attempt=1) in incident.withdrawn


def _orders_by_task(incident: Incident) -> defaultdict[tuple[str, str], list[CommandState]]:
    """Laid out once for all tasks of a plan: a long storm has many orders."""
    orders = defaultdict[tuple[str, str], list[CommandState]](list)
    for held in incident.commands.values():
        orders[_key_of(held.command)].append(held)
    return orders


def _key_of(one: PlannedTask | Command) -> tuple[str, str]:
    return (one.task_id, one.unit_code)
