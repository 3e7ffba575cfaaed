"""Regrading: more harm raises at once, silence never lowers, a stated correction does, and an officer's word stays."""

from models.events.assessment import Graded, Grading, PreliminaryGraded
from models.events.perception import FactsCorrected
from models.messages.report import Facts, Report
from models.understanding import Part, Sensitivity
from models.vocabulary import Action, ActorKind, Channel, Level, ReportKind
from tests.core_world import CoreWorld, make_report
from workflows.incident import Incident

CORRECTION = "更正：此前通报的死亡人数有误。"


def saying(name: str, deaths: int, text: str | None = None, source: str = "grid-1") -> Report:
    """A report on one fire with this many dead; the first one opens it, the others follow."""
    is_first = name == "r-1"
    report = make_report(
        name,
        source=source,
        channel=Channel.GRID,
        kind=ReportKind.INITIAL if is_first else ReportKind.FOLLOW_UP,
        refers_to=None if is_first else "r-1",
        facts=Facts(deaths=deaths),
    )
    return report.model_copy(update={"text": text})


def after(world: CoreWorld) -> Incident:
    """The one incident there is."""
    [incident] = world.incidents.values()
    return incident


def gradings(world: CoreWorld) -> list[Grading]:
    """Every grade of its log, in order."""
    return [event.data for event in world.log[after(world).incident_id] if isinstance(event.data, Grading)]


def levels(world: CoreWorld) -> list[tuple[Level, str]]:
    """Each grade's level and its reason."""
    return [(data.level, data.reason) for data in gradings(world)]


def test_a_new_fact_is_graded_at_once() -> None:
    """Two dead, then ten: the level rises with the report that says so, and the log names its total and its report."""
    world = CoreWorld()
    world.report(saying("r-1", 2))
    world.report(saying("r-2", 10))
    assert levels(world) == [(Level.IV, "rules"), (Level.II, "rules")]
    fired = gradings(world)[-1].fired[0]
    counted = fired.met[0].counted[0]
    assert (fired.pack_id, fired.rule_id, counted.value) == ("fire", "deaths-II", 10)
    assert counted.origin is not None
    assert counted.origin.report_id == "r-2"
    assert [(line.fact, line.needed) for line in gradings(world)[-1].next_lines] == [("deaths", 20)]


def test_a_lower_number_without_a_correction_lowers_nothing() -> None:
    """Somebody who counts fewer has seen less: the level stays."""
    world = CoreWorld()
    world.report(saying("r-1", 10))
    world.report(saying("r-2", 2))
    assert (after(world).level, levels(world)) == (Level.II, [(Level.II, "rules")])


def test_a_stated_correction_lowers_the_level_and_both_stay_in_the_log() -> None:
    """Ten dead turn out to be two: the grade before and the one after are both there, each with its lines."""
    world = CoreWorld()
    world.report(saying("r-1", 10))
    world.report(saying("r-2", 2, CORRECTION))
    assert (after(world).level, after(world).rule_level) == (Level.IV, Level.IV)
    assert levels(world) == [(Level.II, "rules"), (Level.IV, "correction")]
    assert [grading.fired[0].rule_id for grading in gradings(world)] == ["deaths-II", "deaths-IV"]
    assert all(isinstance(grading, PreliminaryGraded) for grading in gradings(world))


def test_a_correction_after_the_final_grade_is_final() -> None:
    """Once assessed, the corrected level is in force like any other, and more harm raises it again."""
    world = CoreWorld()
    world.report(saying("r-1", 10))
    world.deliver()
    assert after(world).graded
    world.report(saying("r-2", 2, CORRECTION))
    world.report(saying("r-3", 3))
    assert [type(grading) for grading in gradings(world)[-3:]] == [Graded, Graded, Graded]
    assert levels(world)[-3:] == [(Level.II, "rules"), (Level.IV, "correction"), (Level.III, "rules")]


def test_a_correction_that_changes_no_level_records_none() -> None:
    """Twelve dead or ten are level II alike."""
    world = CoreWorld()
    world.report(saying("r-1", 12))
    world.report(saying("r-2", 10, CORRECTION))
    log = world.log[after(world).incident_id]
    assert any(isinstance(event.data, FactsCorrected) for event in log)
    assert levels(world) == [(Level.II, "rules")]


def test_a_correction_upwards_raises_like_any_fact() -> None:
    """What rises does so by the joint rule, once."""
    world = CoreWorld()
    world.report(saying("r-1", 2))
    world.report(saying("r-2", 10, CORRECTION))
    assert levels(world) == [(Level.IV, "rules"), (Level.II, "rules")]


def regraded(deaths: int, to: Level, corrected_to: int) -> CoreWorld:
    """A fire of so many dead that an officer set to a level before the number was corrected."""
    world = CoreWorld()
    world.report(saying("r-1", deaths))
    world.deliver()
    assert world.decide(after(world).incident_id, Action.REGRADE, level=to).refusal is None
    world.report(saying("r-2", corrected_to, CORRECTION))
    return world


def test_an_officers_higher_level_survives_a_correction() -> None:
    """The officer said II for reasons of his own; that the lines now give less is recorded and lowers nothing."""
    world = regraded(deaths=3, to=Level.II, corrected_to=1)
    assert (after(world).level, after(world).rule_level) == (Level.II, Level.IV)
    assert levels(world)[-1] == (Level.II, "correction")


def test_an_officers_higher_level_survives_rules_that_caught_up_meanwhile() -> None:
    """The rules came to II as well and fell back to III: the officer's II stands."""
    world = CoreWorld()
    world.report(saying("r-1", 3))
    world.deliver()
    world.decide(after(world).incident_id, Action.REGRADE, level=Level.II)
    world.report(saying("r-2", 10))
    world.report(saying("r-3", 3, CORRECTION))
    assert (after(world).level, after(world).rule_level) == (Level.II, Level.III)


def test_an_officers_lower_level_is_not_raised_by_a_correction_downwards() -> None:
    """The officer said IV against the rules' II; the corrected III does not lift it."""
    world = regraded(deaths=10, to=Level.IV, corrected_to=3)
    assert (after(world).level, after(world).rule_level) == (Level.IV, Level.III)


def test_only_an_officers_level_is_remembered_as_one() -> None:
    """What rules grade leaves no officer's level behind."""
    world = regraded(deaths=3, to=Level.II, corrected_to=1)
    assert after(world).officer_level is Level.II
    actors = [e.actor.kind for e in world.log[after(world).incident_id] if isinstance(e.data, Grading)]
    assert actors == [ActorKind.RULE, ActorKind.OFFICER, ActorKind.RULE]
    untouched = CoreWorld()
    untouched.report(saying("r-1", 30))
    assert after(untouched).officer_level is None


def test_what_is_sensitive_raises_the_incident_and_is_named() -> None:
    """A fire at a school that hurt nobody goes to the district, and the log says which word did it."""
    world = CoreWorld()
    world.report(saying("r-1", 0, "某小学教学楼起火，无人员伤亡。"))
    [grading] = gradings(world)
    assert (grading.level, grading.rule_level) == (Level.III, Level.III)
    assert {(one.kind, one.span.part) for one in grading.raised_by} == {(Sensitivity.PLACE, Part.TEXT)}
