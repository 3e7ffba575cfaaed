"""Outcomes: who is measured by what, once, and never by an exercise."""

from datetime import timedelta

import pytest

from models.identifiers import IncidentId
from models.messages.decision import ReportRef
from models.messages.report import Facts
from models.vocabulary import Action, Channel, Claim, FeedbackKind, ReportKind, Status, Step, Verdict
from tests.appraised import outcomes, outcomes_again
from tests.core_world import START, CoreWorld, make_report
from workflows.appraisal.outcomes import Measure, Outcome

CITY = "500000"
DISTRICT = "500108"
TOWNSHIP = "500108001"
LONG_AGO = START - timedelta(hours=10)


def report(world: CoreWorld, **said: object) -> IncidentId:
    answer = world.report(make_report(**said))  # type: ignore[arg-type]  # the words of make_report
    world.deliver()
    assert answer.state is not None
    return answer.state.incident_id


def verified(world: CoreWorld) -> IncidentId:
    """An incident with its immediate orders out."""
    incident_id = report(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    return incident_id


def say(world: CoreWorld, incident_id: IncidentId, kind: FeedbackKind) -> None:
    for held in world.incidents[incident_id].owed_commands:
        world.feedback(held.command.command_id, kind)
        world.deliver()


def of(world: CoreWorld, measure: Measure) -> list[Outcome]:
    """The outcomes of one measure; the log alone gives the same."""
    assert outcomes_again(world) == outcomes(world)
    return [outcome for outcome in outcomes(world).values() if outcome.measure is measure]


def marks(found: list[Outcome]) -> set[tuple[str | None, str | None, str | None, bool]]:
    return {(one.district_code, one.township_code, one.unit_code, one.good) for one in found}


@pytest.mark.parametrize(("known_at", "good"), [(START, True), (LONG_AGO, False)])
def test_a_grid_workers_report_speaks_for_township_and_district(known_at: object, good: bool) -> None:
    """Reported within the limit or not: both areas are measured by it."""
    world = CoreWorld()
    incident_id = report(world, known_at=known_at)
    (found,) = of(world, Measure.DIRECT_REPORT)
    assert marks([found]) == {(DISTRICT, TOWNSHIP, None, good)}
    assert (found.incident_id, found.happened_at) == (incident_id, START)


def test_a_departments_report_speaks_for_the_district_alone() -> None:
    """A township does not answer for a department's own system."""
    world = CoreWorld()
    report(world, channel=Channel.DEPARTMENT, known_at=LONG_AGO)
    assert marks(of(world, Measure.DIRECT_REPORT)) == {(DISTRICT, None, None, False)}


@pytest.mark.parametrize(
    "said",
    [
        {"channel": Channel.POLICE},
        {"channel": Channel.HOTLINE},
        {"channel": Channel.MEDIA},
        {"channel": Channel.SENSOR},
        {"claim": Claim.DENY},
        {"kind": ReportKind.FOLLOW_UP, "refers_to": "r-0"},
        {"known_at": None},
    ],
)
def test_what_says_nothing_about_diligence_is_not_measured(said: dict[str, object]) -> None:
    """Citizens, media, instruments, denials, follow-ups and reports of unknown age measure no direct report."""
    world = CoreWorld()
    report(world, **{"known_at": LONG_AGO, **said})
    assert of(world, Measure.DIRECT_REPORT) == []


def test_a_split_does_not_measure_a_report_twice() -> None:
    """The report's one outcome follows it to its new incident."""
    world = CoreWorld()
    one = report(world, known_at=START)
    report(world, name="r-2", source="grid-2", known_at=START)
    moved = (ReportRef(source_id="grid-2", report_id="r-2"),)  # type: ignore[arg-type]  # plain words
    world.decide(one, Action.SPLIT, reports=moved, area=CITY)
    found = of(world, Measure.DIRECT_REPORT)
    assert len(found) == 2
    assert len({outcome.incident_id for outcome in found}) == 2


def test_a_verdict_in_time_is_good_for_the_area() -> None:
    """No step of verification was overdue."""
    world = CoreWorld()
    verified(world)
    assert marks(of(world, Measure.VERIFICATION)) == {(DISTRICT, TOWNSHIP, None, True)}


@pytest.mark.parametrize(("seconds", "has_red_alarm"), [(900, False), (86_400, True)])
def test_a_verdict_after_an_overdue_step_is_bad_for_the_area(seconds: int, has_red_alarm: bool) -> None:
    """The desk let its time pass, whatever it or a higher one said afterwards."""
    world = CoreWorld()
    incident_id = report(world)
    world.advance(seconds)
    confirm = world.incidents[incident_id].steps[Step.CONFIRM]
    assert (confirm.times_overdue > 0, confirm.red_alarm) == (True, has_red_alarm)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area=CITY)
    assert marks(of(world, Measure.VERIFICATION)) == {(DISTRICT, TOWNSHIP, None, False)}


def test_unclear_is_no_verdict_yet() -> None:
    """Only true and false are measured."""
    world = CoreWorld()
    incident_id = report(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.UNCLEAR)
    assert of(world, Measure.VERIFICATION) == []


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (Channel.GRID, {(DISTRICT, TOWNSHIP, None, False)}),
        (Channel.DEPARTMENT, {(DISTRICT, None, None, False)}),
        (Channel.POLICE, set()),
    ],
)
def test_a_false_report_is_held_against_whose_people_affirmed_it(channel: Channel, expected: object) -> None:
    """The township for its grid worker, the district for a department, nobody for a caller."""
    world = CoreWorld()
    incident_id = report(world, channel=channel)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    assert marks(of(world, Measure.FALSE_REPORT)) == expected


def test_a_report_held_false_and_proved_true_leaves_no_bad_mark() -> None:
    """The last verdict on an incident counts."""
    world = CoreWorld()
    incident_id = report(world)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    report(world, name="r-2", source="119-1", channel=Channel.FIRE)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    assert marks(of(world, Measure.FALSE_REPORT)) == {(DISTRICT, TOWNSHIP, None, True)}
    assert of(world, Measure.CLOSURE) == []


def test_units_that_answer_and_finish_in_time_are_good() -> None:
    """Each unit by its own commands, and its own area with it, no lower one."""
    world = CoreWorld()
    incident_id = verified(world)
    units = {held.command.unit_code for held in world.incidents[incident_id].owed_commands}
    say(world, incident_id, FeedbackKind.ACKNOWLEDGED)
    say(world, incident_id, FeedbackKind.DONE)
    for measure in (Measure.ACKNOWLEDGEMENT, Measure.COMPLETION):
        found = of(world, measure)
        assert {outcome.unit_code for outcome in found} == units
        assert all(outcome.good for outcome in found)
        for outcome in found:
            area = str(outcome.unit_code).split(":")[0]
            assert (outcome.township_code == TOWNSHIP) == (area == TOWNSHIP)
            assert (outcome.district_code == DISTRICT) == (area != CITY)


def test_silence_climbs_and_each_silent_unit_has_one_bad_mark() -> None:
    """Township, district, city: who did not sign in time is marked once, the city by its red alarm."""
    world = CoreWorld()
    incident_id = verified(world)
    world.advance(86_400)
    found = of(world, Measure.ACKNOWLEDGEMENT)
    commands = world.incidents[incident_id].commands
    assert len(found) == len(commands)
    assert not any(outcome.good for outcome in found)
    assert any(str(outcome.unit_code).startswith(f"{CITY}:") for outcome in found)
    assert all(one.district_code is None for one in found if str(one.unit_code).startswith(f"{CITY}:"))


def test_a_merge_does_not_move_a_units_mark_to_another_township() -> None:
    """The survivor holds the command; the silence is still that of the unit's own township."""
    world = CoreWorld()
    older = report(world)
    world.now += timedelta(seconds=1)
    younger = report(world, name="r-2", area="500108002", urgent=True)
    world.decide(older, Action.MERGE, other=younger, area=CITY)
    adopted = [held.command for held in world.incidents[older].owed_commands]
    assert "500108002" in {command.unit_code.split(":")[0] for command in adopted}
    world.advance(86_400)
    for found in of(world, Measure.ACKNOWLEDGEMENT):
        area = str(found.unit_code).split(":")[0]
        assert found.township_code == (area if len(area) > len(DISTRICT) else None)


def test_a_refusal_is_a_bad_acknowledgement() -> None:
    """The command climbs at once; who refused it is marked, who has it now is not yet."""
    world = CoreWorld()
    incident_id = verified(world)
    held = world.incidents[incident_id].owed_commands[0]
    world.feedback(held.command.command_id, FeedbackKind.REFUSED)
    (found,) = of(world, Measure.ACKNOWLEDGEMENT)
    assert (found.unit_code, found.good) == (held.command.unit_code, False)


def test_work_that_is_overdue_again_and_again_is_one_bad_mark() -> None:
    """Supervision climbs each time; the unit was late once, and done late changes nothing."""
    world = CoreWorld()
    incident_id = verified(world)
    say(world, incident_id, FeedbackKind.ACKNOWLEDGED)
    owed = len(world.incidents[incident_id].owed_commands)
    world.advance(30 * 86_400)
    assert [one.good for one in of(world, Measure.COMPLETION)] == [False] * owed
    say(world, incident_id, FeedbackKind.DONE)
    assert [one.good for one in of(world, Measure.COMPLETION)] == [False] * owed
    assert all(one.good for one in of(world, Measure.ACKNOWLEDGEMENT))


def test_a_retraction_measures_nothing() -> None:
    """A unit whose order is taken back before it was late has no mark at all."""
    world = CoreWorld()
    incident_id = verified(world)
    world.decide(incident_id, Action.RETRACT, area=CITY)
    assert of(world, Measure.ACKNOWLEDGEMENT) == []
    assert of(world, Measure.COMPLETION) == []


def test_a_closure_is_good_and_its_reopening_bad() -> None:
    """Closed, reopened by higher casualties and closed again by rule: two good, one bad."""
    world = CoreWorld()
    incident_id = verified(world)
    say(world, incident_id, FeedbackKind.DONE)
    assert world.incidents[incident_id].status is Status.CLOSED
    assert [one.good for one in of(world, Measure.CLOSURE)] == [True]
    report(world, name="r-2", facts=Facts(deaths=1))
    assert sorted(one.good for one in of(world, Measure.CLOSURE)) == [False, True, True]


def test_an_exercise_is_never_measured() -> None:
    """Drill whatever you like: no area or unit gains or loses by it."""
    world = CoreWorld()
    incident_id = report(world, exercise=True, known_at=LONG_AGO)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.advance(86_400)
    assert outcomes(world) == {}
    assert outcomes_again(world) == {}
