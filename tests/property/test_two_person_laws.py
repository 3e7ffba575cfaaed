"""Laws of two persons and of undo: the machine of the core's laws, with officers who countersign and take back."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from models.events.decisions import Countersigned
from models.events.disposal import CommandIssued, CommandRetracted
from models.events.perception import IncidentAbsorbed
from models.identifiers import IncidentId
from models.messages.fields import SecondOfficer
from models.vocabulary import Action, ActorKind, Level, Verdict
from tests.core_world import OFFICER, SECOND
from tests.property.test_core_laws import CoreMachine
from tests.undoing import take_back, undo_in
from workflows.answer import Answer
from workflows.stages.verification import UNDECIDED
from workflows.two_person import Choice
from workflows.undo import Inverse, Standing, Undo, last_act, standing_before

# Two orders are many here, so that what takes two persons happens often.
_MANY = 2
_seconds = st.sampled_from([SECOND, SECOND.model_copy(update={"id": OFFICER.id})])
_SLIPS = (
    Choice(Action.RELEASE),
    Choice(Action.CLOSE),
    *(Choice(Action.VERIFY, verdict=verdict) for verdict in Verdict),
    *(Choice(Action.REGRADE, level=level) for level in Level),
)


class TwoPersonMachine(CoreMachine):
    """Whatever officers do alone, with another, or with themselves as the other."""

    def __init__(self) -> None:
        super().__init__()
        two_person = self.world.rules.two_person.model_copy(update={"orders_at_once": _MANY})
        self.world.rules = self.world.rules.model_copy(update={"two_person": two_person})

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), action=st.sampled_from([Action.RELEASE, Action.RETRACT]), second=_seconds)
    def decide_with(self, pick: int, action: Action, second: SecondOfficer) -> None:
        """An officer releases or takes back all, and somebody countersigns."""
        self.world.decide(self._any_incident(pick), action, area="500000", second=second)

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), second=_seconds)
    def deny_with(self, pick: int, second: SecondOfficer) -> None:
        """An officer says that it is false, and somebody countersigns."""
        one = self._any_incident(pick)
        self.world.decide(one, Action.VERIFY, verdict=Verdict.FALSE, area="500000", second=second)

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), level=st.sampled_from([Level.I, Level.IV]))
    def regrade_with(self, pick: int, level: Level) -> None:
        """An officer sets the level, and somebody countersigns."""
        one = self._any_incident(pick)
        self.world.decide(one, Action.REGRADE, level=level, area="500000", second=SECOND)

    @precondition(lambda self: self.world.incidents)
    @rule(pick=st.integers(0, 50), slip=st.sampled_from([None, *_SLIPS]))
    def take_back(self, pick: int, slip: Choice | None) -> None:
        """An officer takes back what they did last, at once or later, and it is as it was."""
        incident_id = self._any_incident(pick)
        if slip is not None:
            self.world.decide(
                incident_id,
                slip.action,
                verdict=slip.verdict,
                level=slip.level,
                area="500000",
                second=SECOND,
            )
        undo = undo_in(self.world, incident_id)
        if undo is None or undo.inverse is None:
            return
        log = self.world.log[incident_id]
        act = last_act(log, OFFICER.id)
        before = standing_before(event for event in log if event.seq < act[0].seq)
        self._is_back(incident_id, undo, undo.inverse, before, take_back(self.world, undo.inverse))

    def _is_back(
        self, incident_id: IncidentId, undo: Undo, inverse: Inverse, before: Standing, answer: Answer
    ) -> None:
        if answer.refusal is not None:
            # What was split off may have ended or gone elsewhere; everything else is offered only where it works.
            assert undo.action is Action.SPLIT, (undo, answer.refusal)
            return
        after = self.world.incidents[incident_id]
        match undo.action:
            case Action.RELEASE:
                owed = {held.command.command_id for held in after.owed_commands}
                assert not owed & set(inverse.command_ids or ())
            case Action.VERIFY if inverse.action is Action.VERIFY:
                are_undecided = after.verdict in UNDECIDED and before.verdict in UNDECIDED
                assert after.verdict is before.verdict or are_undecided
            case Action.VERIFY | Action.CLOSE:
                assert after.is_open
            case Action.REGRADE:
                assert after.level is before.level
            case Action.MERGE:
                held = {(m.report.source_id, m.report.report_id) for m in self.world.reports[incident_id]}
                assert not held & {(ref.source_id, ref.report_id) for ref in inverse.reports or ()}
            case _:
                other = inverse.other_incident_id
                assert other is not None
                assert incident_id in (after.incident_id, after.merged_into)
                assert not (after.is_open and self.world.incidents[other].is_open)

    @invariant()
    def many_orders_take_two_persons(self) -> None:
        """No officer alone sends out or takes back many orders at once; a merge takes back what stands twice."""
        for log in self.world.log.values():
            for cause_id in {event.cause_id for event in log}:
                facts = [event for event in log if event.cause_id == cause_id]
                by_officer = [event for event in facts if event.actor.kind is ActorKind.OFFICER]
                moved = [e for e in by_officer if isinstance(e.data, CommandIssued | CommandRetracted)]
                is_merge = any(isinstance(event.data, IncidentAbsorbed) for event in facts)
                signed = [event.data for event in facts if isinstance(event.data, Countersigned)]
                assert len(moved) < _MANY or is_merge or signed, facts
                assert all(one.officer.id != one.second_officer.id for one in signed)


# As in test_core_laws: the smaller story is worth the minutes.
pytestmark = pytest.mark.timeout(900)
TwoPersonMachine.TestCase.settings = settings(
    max_examples=max(20, settings().max_examples // 3),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTwoPersonMachine = TwoPersonMachine.TestCase
