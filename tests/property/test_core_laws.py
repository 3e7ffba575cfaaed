"""Laws of the core: a machine that reports, decides, answers, merges, splits and lets time pass at random.

After every step these laws must hold for every incident, whatever came first.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from models.categories import Category
from models.events.assessment import Graded, PreliminaryGraded
from models.events.disposal import CommandEscalated, CommandIssued, CommandRetracted
from models.events.perception import LowTrust
from models.identifiers import CommandId, IncidentId
from models.messages.decision import ReportRef
from models.messages.event import Event
from models.messages.report import Facts
from models.vocabulary import (
    Action,
    ActorKind,
    Channel,
    Claim,
    DeadlineKind,
    FeedbackKind,
    Level,
    Stage,
    Status,
    Tier,
    Verdict,
)
from tests.core_world import CoreWorld, make_report
from workflows.fold import apply, fold
from workflows.handling import handle
from workflows.incident import Incident

_STATE_LIMIT_BYTES = 64 * 1024
_SIMPLE = (Action.ACKNOWLEDGE, Action.RELEASE, Action.RETRACT, Action.SUPERVISE, Action.CLOSE, Action.REOPEN)
_OF_FLOOD = LowTrust(reports=11, most=10, within_seconds=60)
_counts = st.none() | st.integers(min_value=0, max_value=40)


@dataclass(frozen=True)
class Said:
    """What somebody says in a report."""

    source: str
    channel: Channel
    category: Category | None
    area: str
    claim: Claim
    urgent: bool
    exercise: bool
    is_of_flood: bool
    deaths: int | None
    serious: int | None


_said = st.builds(
    Said,
    source=st.sampled_from(["s-0", "s-1", "s-2", "s-3"]),
    channel=st.sampled_from(Channel),
    category=st.sampled_from([Category.FIRE, Category.ROAD_TRAFFIC, None]),
    area=st.sampled_from(["500108001", "500108002", "500157", "500101001"]),
    claim=st.sampled_from([Claim.AFFIRM, Claim.AFFIRM, Claim.DENY]),
    deaths=_counts,
    serious=_counts,
)


class CoreMachine(RuleBasedStateMachine):
    """Every way in which the world can speak to the core, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = CoreWorld()
        self.reports = 0

    def _any_incident(self, pick: int) -> IncidentId:
        return sorted(self.world.incidents)[pick % len(self.world.incidents)]

    def _any_command(self, pick: int) -> CommandId | None:
        commands = sorted(c for i in self.world.incidents.values() for c in i.commands)
        return commands[pick % len(commands)] if commands else None

    @rule(said=_said)
    def report(self, said: Said) -> None:
        """Somebody reports something somewhere."""
        self.reports += 1
        self.world.report(
            make_report(
                f"r-{self.reports}",
                source=said.source,
                channel=said.channel,
                category=said.category,
                area=said.area,
                at=self.world.now,
                claim=said.claim,
                urgent=said.urgent,
                exercise=said.exercise,
                facts=Facts(deaths=said.deaths, serious=said.serious),
            ),
            _OF_FLOOD if said.is_of_flood else None,
        )

    @precondition(lambda self: self.world.calls)
    @rule()
    def deliver(self) -> None:
        """A stage is called upon."""
        self.world.deliver_one()

    @rule(seconds=st.sampled_from([1, 6, 70, 400, 4_000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        """Deadlines fire in their order."""
        self.world.advance(seconds)

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), action=st.sampled_from(_SIMPLE))
    def decide(self, pick: int, action: Action) -> None:
        """An officer acts without naming anything."""
        self.world.decide(self._any_incident(pick), action, area="500000")

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), verdict=st.sampled_from(Verdict))
    def verify(self, pick: int, verdict: Verdict) -> None:
        """An officer says whether it is real."""
        self.world.decide(self._any_incident(pick), Action.VERIFY, verdict=verdict, area="500000")

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), level=st.sampled_from(Level))
    def regrade(self, pick: int, level: Level) -> None:
        """An officer sets the level."""
        self.world.decide(self._any_incident(pick), Action.REGRADE, level=level, area="500000")

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), tier=st.sampled_from([Tier.DISTRICT, Tier.CITY]))
    def escalate(self, pick: int, tier: Tier) -> None:
        """An officer passes open steps up."""
        self.world.decide(self._any_incident(pick), Action.ESCALATE, to_tier=tier, area="500000")

    @precondition(lambda self: len(self.world.incidents) > 1)
    @rule(pick=st.integers(0, 50), other=st.integers(0, 50))
    def merge(self, pick: int, other: int) -> None:
        """An officer says that two are one."""
        one, two = self._any_incident(pick), self._any_incident(other)
        self.world.decide(one, Action.MERGE, other=two, area="500000")

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50))
    def split(self, pick: int) -> None:
        """An officer says that the last report speaks of something else."""
        incident_id = self._any_incident(pick)
        held = self.world.reports.get(incident_id, [])
        if held:
            last = held[-1].report
            refs = (ReportRef(source_id=last.source_id, report_id=last.report_id),)
            self.world.decide(incident_id, Action.SPLIT, reports=refs, area="500000")

    @rule(pick=st.integers(0, 200), kind=st.sampled_from(FeedbackKind), late=st.booleans())
    def feedback(self, pick: int, kind: FeedbackKind, late: bool) -> None:
        """A unit answers, in time or not."""
        command_id = self._any_command(pick)
        if command_id is not None:
            self.world.feedback(command_id, kind, late=late)

    # --- the laws

    def _every(self, law: Callable[[Incident], bool]) -> None:
        for incident in self.world.incidents.values():
            assert law(incident), incident.model_dump_json(indent=1)

    @invariant()
    def state_is_the_fold_of_its_log(self) -> None:
        """I6: nothing but the log builds state, and it survives being written down."""
        for incident_id, log in self.world.log.items():
            assert fold(log) == self.world.incidents[incident_id]
            assert [event.seq for event in log] == list(range(1, len(log) + 1))
        self._every(lambda i: Incident.model_validate_json(i.model_dump_json()) == i)
        self._every(lambda i: len(i.model_dump_json()) < _STATE_LIMIT_BYTES)

    @invariant()
    def the_last_answer_is_repeatable(self) -> None:
        """The same message on the same state gives the same bytes; a refusal gave none."""
        if self.world.answers:
            before, message, answer = self.world.answers[-1]
            again = handle(before, message, self.world.rules)
            assert [e.model_dump_json() for e in again.events] == [e.model_dump_json() for e in answer.events]
            if answer.refusal is not None:
                assert answer.state == before
                assert not answer.events
                assert not answer.hand_overs

    @invariant()
    def every_live_command_has_one_clock_or_a_red_alarm(self) -> None:
        """I3: no order is ever waited for without a limit."""
        for incident in self.world.incidents.values():
            for command_id, held in incident.commands.items():
                clocks = [d for d in incident.deadlines.values() if d.command_id == command_id]
                expected = 0 if held.red_alarm or not held.status.is_live else 1
                assert len(clocks) == expected, (command_id, held.status, held.red_alarm, clocks)

    @invariant()
    def every_open_step_has_one_clock_or_a_red_alarm(self) -> None:
        """No step waits for ever."""
        for incident in self.world.incidents.values():
            for step, state in incident.steps.items():
                clocks = [
                    d for d in incident.deadlines.values() if d.kind is DeadlineKind.STEP and d.step is step
                ]
                assert len(clocks) == (1 if state.is_open and not state.red_alarm else 0), (step, state)

    @invariant()
    def what_has_ended_owes_nothing(self) -> None:
        """Closed, rejected and merged incidents have no clock, no open step, no order and no warning."""
        self._every(lambda i: i.is_open or not (i.deadlines or i.open_steps or i.owed_commands or i.warning))

    @invariant()
    def an_open_incident_is_somebodys(self) -> None:
        """I1: an open incident has an open step, a clock, an alarm or a call on its way."""
        called = {incident_id for incident_id, _ in self.world.calls}
        self._every(
            lambda i: (
                not i.is_open or bool(i.deadlines or i.open_steps) or i.red_alarm or i.incident_id in called
            )
        )

    @invariant()
    def no_order_goes_out_twice(self) -> None:
        """I2: over all logs, one issue per command id."""
        issued = [e.data.command.command_id for e in self._events() if isinstance(e.data, CommandIssued)]
        assert len(issued) == len(set(issued))
        taken_back = [e.data.command_id for e in self._events() if isinstance(e.data, CommandRetracted)]
        assert len(taken_back) == len(set(taken_back))

    @invariant()
    def a_flood_alone_sends_nobody(self) -> None:
        """While only reports of low trust speak for it, rules start no order; passing one on is another matter."""
        if not self.world.answers:
            return
        state, _, answer = self.world.answers[-1]
        passed_on: set[str] = set()
        for event in answer.events:
            if isinstance(event.data, CommandEscalated):
                passed_on.add(event.data.next_command_id)
            elif isinstance(event.data, CommandIssued) and event.actor.kind is ActorKind.RULE:
                assert state is not None
                assert not state.is_doubtful or event.data.command.command_id in passed_on
            state = apply(state, event)

    @invariant()
    def rules_never_lower_a_level(self) -> None:
        """Only an officer lowers, and says why."""
        for log in self.world.log.values():
            severity = 0
            for event in log:
                if isinstance(event.data, Graded | PreliminaryGraded):
                    assert event.actor.kind is ActorKind.OFFICER or event.data.level.severity >= severity
                    severity = event.data.level.severity

    @invariant()
    def exercises_stay_apart(self) -> None:
        """No incident holds both drill and live reports."""
        for incident_id, held in self.world.reports.items():
            assert {m.report.exercise for m in held} <= {self.world.incidents[incident_id].exercise}

    def _events(self) -> list[Event]:
        return [event for log in self.world.log.values() for event in log]

    def teardown(self) -> None:
        """Left alone, every order ends or reaches the city's red alarm, and every clock runs out."""
        self.world.advance(40 * 86_400)
        for incident in self.world.incidents.values():
            assert not incident.deadlines
            assert all(held.red_alarm for held in incident.owed_commands)
            assert (
                incident.status is not Status.OPEN or incident.red_alarm or incident.stage is Stage.PERCEPTION
            )


# A machine that fails is shrunk for minutes, and the smaller story is worth them.
pytestmark = pytest.mark.timeout(900)
CoreMachine.TestCase.settings = settings(
    max_examples=max(25, settings().max_examples // 2),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestCoreMachine = CoreMachine.TestCase
