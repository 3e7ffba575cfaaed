"""Merge and split: what is one event, decided in two logs at once."""

from datetime import timedelta

from models.events.disposal import CommandRetracted
from models.identifiers import IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.messages.report import Facts
from models.vocabulary import Action, Channel, CommandStatus, FeedbackKind, Level, Status, Step, Verdict
from tests.core_world import START, CoreWorld, make_report
from workflows.answer import RefusalCode
from workflows.feedback import holds
from workflows.fold import fold
from workflows.stages.commanding import retraction_id

NEIGHBOUR = "500108002"
AREAS = ("500108001", NEIGHBOUR, "500108003")


def _two(world: CoreWorld, **second: object) -> tuple[IncidentId, IncidentId]:
    one = world.report(make_report("r-1", urgent=True, facts=Facts(deaths=1))).state
    world.now += timedelta(seconds=1)
    two = world.report(
        make_report("r-2", source="grid-2", area=NEIGHBOUR, at=world.now, urgent=True, **second)  # type: ignore[arg-type]  # the words of make_report
    ).state
    world.deliver()
    assert one is not None
    assert two is not None
    return one.incident_id, two.incident_id


def test_the_older_survives_and_takes_over_orders_and_clocks() -> None:
    """After a merge the younger owes nothing; the survivor holds its live commands under their old ids."""
    world = CoreWorld()
    older, younger = _two(world, facts=Facts(deaths=4))
    owed = {held.command.command_id for held in world.incidents[younger].owed_commands}
    world.decide(younger, Action.MERGE, other=older, area="500000")
    survivor, gone = world.incidents[older], world.incidents[younger]
    assert (gone.status, gone.merged_into) == (Status.MERGED, older)
    assert not gone.deadlines
    assert not gone.owed_commands
    assert owed <= set(survivor.commands)
    assert survivor.facts.deaths == 4
    assert survivor.reports == 2


def test_of_two_orders_for_one_task_and_unit_the_younger_is_taken_back() -> None:
    """Nobody is told twice to do the same: district units that both incidents called keep the older order."""
    world = CoreWorld()
    older, younger = _two(world)
    world.decide(older, Action.MERGE, other=younger, area="500000")
    survivor = world.incidents[older]
    live = [(c.command.task_id, c.command.unit_code) for c in survivor.owed_commands]
    assert len(live) == len(set(live))
    assert any(c.status is CommandStatus.RETRACTED for c in survivor.commands.values())


def test_exercise_and_live_never_merge() -> None:
    """A drill cannot swallow a real event, nor the other way round."""
    world = CoreWorld()
    older, younger = _two(world, exercise=True)
    answer = world.decide(older, Action.MERGE, other=younger, area="500000")
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.MIXED_EXERCISE


def test_a_split_undoes_a_merge() -> None:
    """The absorbed reports become an incident of their own again, and what stays is counted from what stays."""
    world = CoreWorld()
    older, younger = _two(world, facts=Facts(deaths=4))
    world.decide(older, Action.MERGE, other=younger, area="500000")
    moved = (ReportRef(source_id=SourceId("grid-2"), report_id=ReportId("r-2")),)
    answer = world.decide(older, Action.SPLIT, reports=moved, area="500000")
    assert answer.refusal is None
    assert answer.also is not None
    assert answer.also.state is not None
    assert answer.also.state.split_from == older
    assert answer.also.state.facts.deaths == 4
    assert world.incidents[older].facts.deaths == 1
    for log in world.log.values():
        assert fold(log) == world.incidents[log[0].incident_id]


def test_the_fusion_check_finds_a_twin_opened_elsewhere() -> None:
    """Two workers opened one event at once: five seconds later the older one has both."""
    world = CoreWorld()
    first = world.report(make_report("r-1"))
    others = world.incidents
    world.incidents = {}  # the second worker does not see what the first has not committed
    second = world.report(make_report("r-2", source="119-1", channel=Channel.FIRE, at=START))
    world.incidents = {**others, **world.incidents}
    world.advance(6)
    assert first.state is not None
    assert second.state is not None
    ends = {world.incidents[s.state.incident_id].status for s in (first, second) if s.state is not None}
    assert ends == {Status.MERGED, Status.OPEN}


def test_what_an_officer_split_is_not_merged_again_by_rule() -> None:
    """The fusion check respects an officer's word."""
    world = CoreWorld()
    answer = world.report(make_report("r-1"))
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    assert answer.state is not None
    moved = (ReportRef(source_id=SourceId("119-1"), report_id=ReportId("r-2")),)
    world.decide(answer.state.incident_id, Action.SPLIT, reports=moved)
    world.advance(60)
    assert {i.status for i in world.incidents.values()} == {Status.OPEN}


def test_work_that_a_merge_brings_is_supervised_before_closing() -> None:
    """An incident that only waited to be closed goes back to supervision when it adopts live orders."""
    world = CoreWorld()
    older, younger = _two(world)
    world.decide(older, Action.VERIFY, verdict=Verdict.TRUE, area="500000")
    world.decide(older, Action.REGRADE, level=Level.III, area="500000")
    world.deliver()
    world.decide(older, Action.RELEASE, area="500000")
    for held in world.incidents[older].owed_commands:
        world.feedback(held.command.command_id, FeedbackKind.DONE)
    world.deliver()
    assert world.incidents[older].steps[Step.CLOSE_AND_REVIEW].is_open
    world.decide(older, Action.MERGE, other=younger, area="500000")
    merged = world.incidents[older]
    assert merged.owed_commands
    assert merged.steps[Step.SUPERVISE].is_open
    assert not merged.steps[Step.CLOSE_AND_REVIEW].is_open


def test_what_was_done_before_a_merge_is_not_ordered_again() -> None:
    """The survivor takes over ended orders too, so that a task its twin's unit has done stays done."""
    world = CoreWorld()
    older, younger = _two(world)
    done = [c.command for c in world.incidents[younger].owed_commands]
    for command in done:
        world.feedback(command.command_id, FeedbackKind.DONE)
    world.decide(younger, Action.MERGE, other=older, area="500000")
    survivor = world.incidents[older]
    assert all(survivor.commands[c.command_id].status is CommandStatus.DONE for c in done)
    assert not world.incidents[younger].commands


def test_an_order_with_several_rivals_is_taken_back_once() -> None:
    """Three incidents of one event, merged one after the other, leave one order for each task and unit."""
    world = CoreWorld()
    merged: list[IncidentId] = []
    for number, area in enumerate(AREAS):
        world.now += timedelta(hours=3)
        name = f"r-{number}"
        opened = world.report(make_report(name, source=name, area=area, at=world.now, urgent=True)).state
        assert opened is not None
        merged.append(opened.incident_id)
        world.deliver()
        if number < 2:  # what two units have signed for stands twice, and the third finds two rivals
            for held in world.incidents[opened.incident_id].owed_commands:
                world.feedback(held.command.command_id, FeedbackKind.ACKNOWLEDGED)
    for younger in merged[1:]:
        world.decide(merged[0], Action.MERGE, other=younger, area="500000")
    taken_back = [
        e.data.command_id for log in world.log.values() for e in log if isinstance(e.data, CommandRetracted)
    ]
    assert taken_back
    assert len(taken_back) == len(set(taken_back))


def test_orders_that_climb_to_one_unit_become_one() -> None:
    """The silent units of two townships pass a task on to the same district unit, and then to the city's, once each."""
    world = CoreWorld()
    older, younger = _two(world)
    world.decide(older, Action.MERGE, other=younger, area="500000")
    for _ in range(6):
        world.advance(600)
        owed = world.incidents[older].owed_commands
        standing = [(c.command.task_id, c.command.unit_code) for c in owed]
        assert len(standing) == len(set(standing))
    survivor = world.incidents[older]
    climbed = [c for c in survivor.commands.values() if c.status is CommandStatus.ESCALATED]
    assert len(climbed) > len(survivor.owed_commands)


def test_what_was_over_before_a_merge_stays_where_it_ended() -> None:
    """A survivor gathers no orders of the past, and a unit's word about one is heard where it lies."""
    world = CoreWorld()
    older, younger = _two(world)
    world.advance(600)  # silent units: orders have climbed
    climbed = [
        held.command.command_id
        for held in world.incidents[younger].commands.values()
        if held.status is CommandStatus.ESCALATED
    ]
    assert climbed
    world.decide(older, Action.MERGE, other=younger, area="500000")
    survivor, gone = world.incidents[older], world.incidents[younger]
    over = {CommandStatus.RETRACTED, CommandStatus.ESCALATED}
    assert all(one not in survivor.commands for one in climbed)
    assert gone.commands
    assert {held.status for held in gone.commands.values()} <= over
    assert holds(gone, climbed[0])
    assert not holds(survivor, climbed[0])
    assert world.feedback(climbed[0], FeedbackKind.ACKNOWLEDGED).refusal is None
    taken_back = [held.command for held in gone.commands.values() if held.status is CommandStatus.RETRACTED]
    assert all(holds(gone, retraction_id(order)) for order in taken_back)
