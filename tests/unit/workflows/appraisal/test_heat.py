"""Heat: what a report brings, what decays, and in which order incidents stand."""

from datetime import datetime, timedelta
from math import exp, isclose, log

import pytest

from models.identifiers import AreaCode, IncidentId
from models.messages.decision import ReportRef
from models.vocabulary import Action, Channel, Claim, Level, Status
from tests.appraised import heats, heats_again
from tests.core_world import START, CoreWorld, make_report, place_of
from workflows.appraisal.heat import LANDMARK, HeatCandidate, has_moved, needs_log, rank, score_of
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
HALF_LIFE = timedelta(seconds=RULES.heat.half_life_seconds)
CITY = AreaCode("500000")
DISTRICT = AreaCode("500108")


def report(world: CoreWorld, name: str, **said: object) -> IncidentId:
    answer = world.report(make_report(name, **said))  # type: ignore[arg-type]  # the words of make_report
    world.deliver()
    assert answer.state is not None
    return answer.state.incident_id


def heat_at(world: CoreWorld, incident_id: IncidentId, at: datetime) -> float:
    """The heat at a moment, in plain weights; by the answers and by the log it is the same."""
    log_heat = heats(world)[incident_id]
    assert log_heat == heats_again(world)[incident_id]
    assert log_heat is not None
    return exp(log_heat - log(2) * ((at - LANDMARK) / HALF_LIFE))


def test_a_report_brings_the_weight_of_its_channel() -> None:
    """At the moment of the report the heat is the novelty weight, and half of it one half-life later."""
    world = CoreWorld()
    incident_id = report(world, "r-1", channel=Channel.MEDIA)
    weight = RULES.channels[Channel.MEDIA].novelty_weight
    assert isclose(heat_at(world, incident_id, START), weight, rel_tol=1e-9)
    assert isclose(heat_at(world, incident_id, START + HALF_LIFE), weight / 2, rel_tol=1e-9)


def test_a_source_that_spoke_before_brings_little() -> None:
    """One voice repeating itself is not many voices."""
    world = CoreWorld()
    incident_id = report(world, "r-1")
    report(world, "r-2")
    report(world, "r-3", source="grid-2")
    grid = RULES.channels[Channel.GRID].novelty_weight
    expected = 2 * grid + RULES.heat.repeat_source_weight
    assert isclose(heat_at(world, incident_id, START), expected, rel_tol=1e-9)


def test_a_late_report_counts_by_its_own_time() -> None:
    """What was reported an hour ago and arrives now has decayed for an hour."""
    world = CoreWorld()
    world.now += HALF_LIFE
    incident_id = report(world, "r-1", at=START)
    weight = RULES.channels[Channel.GRID].novelty_weight
    assert isclose(heat_at(world, incident_id, world.now), weight / 2, rel_tol=1e-9)


def test_nobody_heats_from_the_future() -> None:
    """A sender's fast clock gains nothing: the time of recording bounds the time of the report."""
    world = CoreWorld()
    incident_id = report(world, "r-1", at=START + 10 * HALF_LIFE)
    weight = RULES.channels[Channel.GRID].novelty_weight
    assert isclose(heat_at(world, incident_id, START), weight, rel_tol=1e-9)


def test_a_denial_does_not_heat() -> None:
    """To say that there is nothing is not to report it."""
    world = CoreWorld()
    incident_id = report(world, "r-1")
    before = heats(world)[incident_id]
    report(world, "r-2", source="119-1", channel=Channel.FIRE, claim=Claim.DENY)
    assert heats(world)[incident_id] == before
    assert heats_again(world)[incident_id] == before


def test_an_incident_of_denials_alone_has_no_heat() -> None:
    """Nothing was reported, so nothing is ranked."""
    world = CoreWorld()
    incident_id = report(world, "r-1", claim=Claim.DENY)
    assert heats(world) == heats_again(world) == {incident_id: None}


def test_an_exercise_has_no_heat() -> None:
    """However much is drilled."""
    world = CoreWorld()
    incident_id = report(world, "r-1", exercise=True)
    report(world, "r-2", source="grid-2", exercise=True)
    assert heats(world) == heats_again(world) == {incident_id: None}


def test_a_merge_adds_the_heats_and_a_split_takes_them_apart_again() -> None:
    """The survivor has both; after the split each has what its own reports brought."""
    world = CoreWorld()
    one = report(world, "r-1")
    world.now += timedelta(seconds=1)
    two = report(world, "r-2", source="119-1", channel=Channel.FIRE, area="500108002")
    apart = heat_at(world, one, START), heat_at(world, two, START)
    world.decide(one, Action.MERGE, other=two, area=CITY)
    assert isclose(heat_at(world, one, START), sum(apart), rel_tol=1e-9)
    moved = (ReportRef(source_id="119-1", report_id="r-2"),)  # type: ignore[arg-type]  # plain words
    answer = world.decide(one, Action.SPLIT, reports=moved, area=CITY)
    assert answer.also is not None
    assert answer.also.state is not None
    assert isclose(heat_at(world, one, START), apart[0], rel_tol=1e-9)
    assert isclose(heat_at(world, answer.also.state.incident_id, START), apart[1], rel_tol=1e-9)


def test_what_was_absorbed_stays_when_other_reports_are_split_off() -> None:
    """A split takes away what the moved reports brought, and nothing of the incident merged before."""
    world = CoreWorld()
    one = report(world, "r-1")
    world.now += timedelta(seconds=1)
    two = report(world, "r-2", source="119-1", channel=Channel.FIRE, area="500108002")
    report(world, "r-3", source="media-1", channel=Channel.MEDIA)
    world.decide(one, Action.MERGE, other=two, area=CITY)
    moved = (ReportRef(source_id="media-1", report_id="r-3"),)  # type: ignore[arg-type]  # plain words
    world.decide(one, Action.SPLIT, reports=moved, area=CITY)
    stays = sum(RULES.channels[channel].novelty_weight for channel in (Channel.GRID, Channel.FIRE))
    assert isclose(heat_at(world, one, START), stays, rel_tol=1e-9)


def test_only_a_split_or_another_epoch_needs_the_log() -> None:
    """Everything else adds to what is known."""
    world = CoreWorld()
    report(world, "r-1")
    report(world, "r-2", source="grid-2")
    (incident_id,) = world.log
    log_so_far = world.log[incident_id]
    assert not needs_log(log_so_far, None, RULES)
    assert not needs_log(log_so_far, RULES.heat.epoch, RULES)
    assert needs_log(log_so_far, RULES.heat.epoch + 1, RULES)
    moved = (ReportRef(source_id="grid-2", report_id="r-2"),)  # type: ignore[arg-type]  # plain words
    split = world.decide(incident_id, Action.SPLIT, reports=moved, area=CITY)
    assert needs_log(split.events, RULES.heat.epoch, RULES)


# --- the ranking


def candidate(
    name: str,
    log_heat: float | None = 0.0,
    level: Level = Level.IV,
    *,
    status: Status = Status.OPEN,
    exercise: bool = False,
    area: str = "500108001",
) -> HeatCandidate:
    place = place_of(area)
    return HeatCandidate(
        incident_id=IncidentId(name),
        status=status,
        exercise=exercise,
        title="某处起火",
        category=None,
        level=level,
        area_code=place.area_code,
        district_code=place.district_code,
        log_heat=log_heat,
        reports=1,
        sources=1,
    )


def names(*candidates: HeatCandidate, scope: AreaCode = CITY) -> list[str]:
    return [entry.incident_id for entry in rank(candidates, RULES, START, scope, city=scope == CITY).entries]


def test_the_hottest_stands_first_and_a_worse_level_weighs_more() -> None:
    """The order is heat times the weight of the level."""
    weights = RULES.heat.level_weights
    as_hot = log(weights[Level.I] / weights[Level.IV])
    assert names(candidate("a", 1.0), candidate("b", 2.0)) == ["b", "a"]
    assert names(candidate("a", as_hot - 0.01), candidate("b", 0.0, Level.I)) == ["b", "a"]
    assert names(candidate("a", as_hot + 0.01), candidate("b", 0.0, Level.I)) == ["a", "b"]


def test_ties_go_to_the_worse_level_and_then_to_the_smaller_id() -> None:
    """Two replays can never show two orders."""
    worse = candidate("z", 0.0, Level.II)
    as_hot = score_of(0.0, Level.II, RULES) - log(RULES.heat.level_weights[Level.IV])
    assert names(candidate("b", as_hot), candidate("a", as_hot), worse) == ["z", "a", "b"]


@pytest.mark.parametrize(
    "absent",
    [
        candidate("x", None),
        candidate("x", exercise=True),
        candidate("x", status=Status.CLOSED),
        candidate("x", status=Status.REJECTED),
        candidate("x", status=Status.MERGED),
    ],
)
def test_only_open_real_reported_incidents_are_ranked(absent: HeatCandidate) -> None:
    """An exercise, an end or no affirming report keeps an incident from the ranking."""
    assert names(absent, candidate("a")) == ["a"]


def test_a_district_sees_its_own_incidents_and_the_city_all() -> None:
    """A scope is the whole city or one district."""
    both = candidate("a"), candidate("b", area="500101001")
    assert names(*both) == ["a", "b"]
    assert names(*both, scope=DISTRICT) == ["a"]


def test_no_more_than_the_rulebooks_number_is_ranked() -> None:
    """Twenty, the contract's bound."""
    found = rank((candidate(f"i-{n:02}") for n in range(30)), RULES, START, CITY, city=True)
    assert [entry.rank for entry in found.entries] == list(range(1, RULES.heat.ranked + 1))


def test_the_shown_heat_decays_and_the_score_stays() -> None:
    """Only `heat` knows what time it is; a moment before the reports does not overflow it."""
    hot = candidate("a", log(2) * ((START - LANDMARK) / HALF_LIFE))
    now, later, long_before = (
        rank([hot], RULES, at, CITY, city=True).entries[0]
        for at in (START, START + HALF_LIFE, START - timedelta(days=3_650))
    )
    assert isclose(now.heat, 1.0, rel_tol=1e-9)
    assert isclose(later.heat, 0.5, rel_tol=1e-9)
    assert now.score == later.score == long_before.score
    assert long_before.heat > now.heat


def test_cooling_down_alone_is_no_news() -> None:
    """A ranking is published when an id, level or score changed, and when the last incident leaves it."""
    first = rank([candidate("a")], RULES, START, CITY, city=True)
    cooler = rank([candidate("a")], RULES, START + HALF_LIFE, CITY, city=True)
    empty = rank([], RULES, START, CITY, city=True)
    assert has_moved(None, first)
    assert not has_moved(None, empty)
    assert not has_moved(first, cooler)
    assert has_moved(first, empty)
    assert has_moved(first, rank([candidate("b")], RULES, START, CITY, city=True))
    assert has_moved(first, rank([candidate("a", 0.1)], RULES, START, CITY, city=True))
    assert has_moved(first, rank([candidate("a", 0.0, Level.II)], RULES, START, CITY, city=True))
