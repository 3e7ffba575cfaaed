"""Undo: the inverse of each act, until when it is offered, and what cannot be taken back."""

from datetime import timedelta

from models.identifiers import IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.messages.report import Facts
from models.vocabulary import Action, Channel, FeedbackKind, Level, Stage, Status, Verdict
from tests.core_world import OFFICER, SECOND, CoreWorld, make_report
from tests.undoing import take_back, undo_in
from workflows.incident import Incident
from workflows.undo import Inverse, Obstacle, Undo, last_act

CITY = "500000"


def opened(world: CoreWorld, name: str = "r-1", area: str = "500108001", deaths: int = 3) -> IncidentId:
    """An urgent incident at its disposal stage, with tasks that wait for a click."""
    said = make_report(name, source=name, area=area, at=world.now, urgent=True, facts=Facts(deaths=deaths))
    state = world.report(said).state
    assert state is not None
    world.deliver()
    return state.incident_id


def offered(world: CoreWorld, incident_id: IncidentId) -> Undo:
    """What takes the officer's last act back."""
    undo = undo_in(world, incident_id)
    assert undo is not None
    assert undo.until == world.now + timedelta(seconds=120)
    assert (undo.inverse is None) is (undo.obstacle is not None)
    return undo


def undone(world: CoreWorld, incident_id: IncidentId) -> Incident:
    """The incident after the officer's last act on it was taken back."""
    inverse = offered(world, incident_id).inverse
    assert inverse is not None
    assert take_back(world, inverse).refusal is None
    return world.incidents[incident_id]


def test_nobody_undoes_what_they_have_not_done() -> None:
    """Without an act of one's own there is nothing to take back; another's act is theirs."""
    world = CoreWorld()
    incident_id = opened(world)
    assert undo_in(world, incident_id) is None
    world.decide(incident_id, Action.RELEASE, area=CITY)
    assert last_act(world.log[incident_id], SECOND.id) == ()
    assert last_act(world.log[incident_id], OFFICER.id) != ()


def test_a_release_is_undone_by_retracting_what_nobody_has_signed_for() -> None:
    """An order that a unit has acknowledged meanwhile stands; when all are, nothing can be taken back."""
    world = CoreWorld()
    incident_id = opened(world)
    released = world.decide(incident_id, Action.RELEASE, area=CITY).commands
    assert len(released) > 1
    world.feedback(released[0].command_id, FeedbackKind.ACKNOWLEDGED)
    undo = offered(world, incident_id)
    unsigned = tuple(command.command_id for command in released[1:])
    assert undo.inverse == Inverse(incident_id, Action.RETRACT, command_ids=unsigned)
    for command in released[1:]:
        world.feedback(command.command_id, FeedbackKind.ACKNOWLEDGED)
    assert offered(world, incident_id).obstacle is Obstacle.OVERTAKEN


def test_after_the_undo_of_a_release_its_orders_are_not_owed() -> None:
    """Only what went out by rule stands as it did before."""
    world = CoreWorld()
    incident_id = opened(world)
    before = {held.command.command_id for held in world.incidents[incident_id].owed_commands}
    world.decide(incident_id, Action.RELEASE, area=CITY)
    after = undone(world, incident_id)
    assert {held.command.command_id for held in after.owed_commands} == before
    assert offered(world, incident_id).obstacle is Obstacle.LASTING  # a retraction has no inverse


def test_a_merge_is_undone_by_a_split_of_what_came_with_it() -> None:
    """Whichever of the two was decided about, the survivor gives the other's reports back, and theirs alone."""
    for decided_about_older in (True, False):
        world = CoreWorld()
        older = opened(world, deaths=1)
        world.now += timedelta(seconds=1)
        younger = opened(world, "r-2", area="500108002", deaths=4)
        one, other = (older, younger) if decided_about_older else (younger, older)
        world.decide(one, Action.MERGE, other=other, area=CITY)
        moved = (ReportRef(source_id=SourceId("r-2"), report_id=ReportId("r-2")),)
        assert offered(world, older).inverse == Inverse(older, Action.SPLIT, reports=moved)
        after = undone(world, older)
        assert (after.reports, after.facts.deaths) == (1, 1)
        assert sorted(i.reports for i in world.incidents.values() if i.is_open) == [1, 1]


def test_a_split_is_undone_by_a_merge() -> None:
    """The reports are one incident again."""
    world = CoreWorld()
    incident_id = opened(world)
    world.report(make_report("r-2", source="r-2", channel=Channel.FIRE, at=world.now))
    moved = (ReportRef(source_id=SourceId("r-2"), report_id=ReportId("r-2")),)
    new = world.decide(incident_id, Action.SPLIT, reports=moved, area=CITY).also
    assert new is not None
    assert new.state is not None
    inverse = offered(world, incident_id).inverse
    assert inverse == Inverse(incident_id, Action.MERGE, other_incident_id=new.state.incident_id)
    assert undone(world, incident_id).reports == 2


def test_a_verdict_is_undone_as_far_as_verdicts_go_back() -> None:
    """True where it was undecided becomes unclear; false is reopened, and is unverified again."""
    world = CoreWorld()
    incident_id = opened(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area=CITY)
    assert undone(world, incident_id).verdict is Verdict.UNCLEAR
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE, area=CITY, second=SECOND)
    assert world.incidents[incident_id].status is Status.REJECTED
    after = undone(world, incident_id)
    assert (after.status, after.verdict) == (Status.OPEN, Verdict.UNVERIFIED)


def test_unclear_after_true_is_true_again_and_after_nothing_lasts() -> None:
    """Where nothing was decided before, unclear has asked the next tier, and that stays."""
    world = CoreWorld()
    incident_id = opened(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.UNCLEAR, area=CITY)
    assert offered(world, incident_id).obstacle is Obstacle.LASTING
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area=CITY)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.UNCLEAR, area=CITY)
    assert undone(world, incident_id).verdict is Verdict.TRUE


def test_a_true_that_sources_bear_out_meanwhile_is_not_taken_back() -> None:
    """The rules would say true again at once."""
    world = CoreWorld()
    incident_id = opened(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area=CITY)
    world.report(make_report("r-2", source="119", channel=Channel.FIRE, at=world.now))
    assert offered(world, incident_id).obstacle is Obstacle.OVERTAKEN


def test_a_regrade_is_undone_by_the_level_before() -> None:
    """And not when somebody has set another level since."""
    world = CoreWorld()
    incident_id = opened(world)
    before = world.incidents[incident_id].level
    world.decide(incident_id, Action.REGRADE, level=Level.I, area=CITY)
    assert offered(world, incident_id).inverse == Inverse(incident_id, Action.REGRADE, level=before)
    assert undone(world, incident_id).level is before


def test_a_closure_is_undone_by_reopening() -> None:
    """The incident asks for work again."""
    world = CoreWorld()
    incident_id = opened(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area=CITY)
    world.deliver()
    world.decide(incident_id, Action.RELEASE, area=CITY)
    for held in world.incidents[incident_id].owed_commands:
        world.feedback(held.command.command_id, FeedbackKind.DONE)
    world.deliver()
    assert world.incidents[incident_id].stage is Stage.FOLLOW_UP
    world.decide(incident_id, Action.CLOSE, area=CITY)
    assert world.incidents[incident_id].status is Status.CLOSED
    assert undone(world, incident_id).status is Status.OPEN
    assert offered(world, incident_id).obstacle is Obstacle.LASTING


def test_what_cannot_be_taken_back_says_so() -> None:
    """An acknowledgement, a retraction, supervision."""
    for action in (Action.ACKNOWLEDGE, Action.RETRACT, Action.SUPERVISE):
        world = CoreWorld()
        incident_id = opened(world)
        world.decide(incident_id, action, area=CITY)
        undo = offered(world, incident_id)
        assert (undo.action, undo.obstacle) == (action, Obstacle.LASTING)
