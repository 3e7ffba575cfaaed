"""The simulated city around the real core: everything comes to the end that the truth expects, kills or no kills."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import pytest

from models.events.perception import ReportContradicted
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.report import Report
from models.vocabulary import Action, ActorKind, FeedbackKind, Level, Status, Verdict
from streams.simulator.conduct import ACTIONS
from streams.simulator.happening import Expectation
from streams.simulator.plot import Twist
from streams.simulator.reporters import Pace
from streams.simulator.scenario import MISREAD_RATIO, TrueEvent
from tests.unit.simulator.city import BEGAN, City, at_work
from workflows.incident import Incident

SEED = 42
# A third of a round, told densely: enough of everything, in seconds.
PACE = Pace(seed=SEED, spacing_seconds=240, rounds=1, events=64)
TOLD_AFTER = timedelta(seconds=PACE.scenario(1).length_seconds + 8 * 3_600)
ENDED_AFTER = TOLD_AFTER + timedelta(days=2)


@dataclass(frozen=True)
class Ending:
    """What is the same about an event however often the simulator was killed."""

    status: Status
    verdict: Verdict
    level: Level
    reports: frozenset[tuple[str, str]]
    orders: frozenset[tuple[str, str]]


async def played(kills_every: timedelta | None) -> City:
    """A city in which one whole round was told and dealt with, everybody being killed and replaced now and then."""
    city = City()
    stop = BEGAN
    while kills_every is not None and stop < BEGAN + TOLD_AFTER:
        stop += kills_every
        await city.play(*at_work(city, PACE), until=stop)
    await city.play(*at_work(city, PACE), until=BEGAN + ENDED_AFTER)
    return city


def endings(city: City) -> dict[str, Ending]:
    """How each event ended, by the one incident that is left of it."""
    return {event.event_id: ending_of(city, left_of(city, event)) for event in truth()}


def left_of(city: City, event: TrueEvent) -> Incident:
    """The one incident that holds any report of the event and was not merged away."""
    holding = {
        incident_id
        for incident_id, held in city.core.reports.items()
        if any((m.report.source_id, m.report.report_id) in event.reports for m in held)
    }
    (left,) = (
        city.core.incidents[name] for name in holding if city.core.incidents[name].status is not Status.MERGED
    )
    return left


def ending_of(city: City, incident: Incident) -> Ending:
    """The ending of one incident."""
    held = city.core.reports[incident.incident_id]
    orders = [state.command for state in incident.commands.values()]
    return Ending(
        status=incident.status,
        verdict=incident.verdict,
        level=incident.level,
        reports=frozenset((m.report.source_id, m.report.report_id) for m in held),
        orders=frozenset((order.task_id, order.unit_code) for order in orders if order.attempt == 1),
    )


@lru_cache(maxsize=1)
def truth() -> tuple[TrueEvent, ...]:
    """What the played round should lead to."""
    return PACE.scenario(1).truth()


@pytest.fixture(scope="module")
def city() -> City:
    """The city after one round without kills."""
    return asyncio.run(played(None))


@pytest.fixture(scope="module")
def killed_city() -> City:
    """The city after the same round, with everybody replaced every three hours of program time."""
    return asyncio.run(played(timedelta(hours=3)))


def expected() -> Iterator[tuple[str, Status, Verdict, frozenset[tuple[str, str]]]]:
    for event in truth():
        yield event.event_id, event.status, event.verdict, frozenset(event.reports)


def test_every_event_ends_as_the_truth_says(city: City) -> None:
    """One incident is left of each event, with exactly its reports, its verdict and its end."""
    found = [(name, e.status, e.verdict, e.reports) for name, e in endings(city).items()]
    assert found == list(expected())


def test_events_reach_the_level_that_their_words_give(city: City) -> None:
    """Graded from words alone, the level is the true one, save for the few texts that may be misread."""
    ended = endings(city)
    wrong = [
        (event.event_id, event.level, ended[event.event_id].level)
        for event in truth()
        if not event.is_right_level(ended[event.event_id].level)
    ]
    assert len(wrong) <= MISREAD_RATIO * len(truth()), sorted(wrong)


def test_contradictions_are_seen(city: City) -> None:
    """Where a sender's field and words differ on purpose the officer is shown it, and hardly anywhere else."""
    shown = {
        event.incident_id: {one.field for one in data.contradictions}
        for log in city.core.log.values()
        for event in log
        if isinstance(data := event.data, ReportContradicted)
    }
    planned = {left_of(city, event).incident_id for event in truth() if Twist.CONTRADICTION in event.twists}
    assert planned
    assert planned <= {incident_id for incident_id, fields in shown.items() if "injured" in fields}
    assert len(shown.keys() - planned) <= MISREAD_RATIO * len(truth())


def test_a_city_that_is_killed_again_and_again_ends_alike(city: City, killed_city: City) -> None:
    """Reporters, officers and units who remember nothing arrive at the same reports, verdicts, levels and orders."""
    assert endings(killed_city) == endings(city)


@pytest.mark.parametrize("name", ["city", "killed_city"])
def test_nobody_says_two_things_under_one_id(name: str, request: pytest.FixtureRequest) -> None:
    """Only the planned misuse of an id is refused as a conflict, however often everybody starts again."""
    conflicts = [message for message, why in request.getfixturevalue(name).refused if why == "id_conflict"]
    planned = [
        happening.report.report_id
        for happening in PACE.scenario(1).happenings()
        if happening.expectation is Expectation.ID_CONFLICT and happening.report is not None
    ]
    assert {message.report_id for message in conflicts if isinstance(message, Report)} == set(planned)
    assert all(isinstance(message, Report) for message in conflicts)


def test_people_do_everything_that_people_do(city: City) -> None:
    """Every act that simulated officers know and every kind of feedback occurs in a round."""
    decided = {message.action for message in city.sent if isinstance(message, Decision)}
    said = {message.kind for message in city.sent if isinstance(message, Feedback)}
    assert decided == set(ACTIONS)
    assert said == set(FeedbackKind)


def test_things_go_wrong_as_in_a_city(city: City) -> None:
    """Steps and commands climb, units finish too late, something red stands for a while, and cases are reopened."""
    happened = Counter(event.type for log in city.core.log.values() for event in log)
    for what in (
        "step_escalated",
        "command_escalated",
        "command_overdue",
        "red_alarm_raised",
        "incident_reopened",
    ):
        assert happened[what] > 0


def test_some_verdicts_come_by_rule_and_some_by_officers(city: City) -> None:
    """Both ways to a verdict are walked, and no verdict of false comes by rule."""
    by = Counter(
        (event.actor.kind, event.data.model_dump()["verdict"])
        for log in city.core.log.values()
        for event in log
        if event.type == "verdict_reached"
    )
    assert by[ActorKind.RULE, Verdict.TRUE] > 10
    assert by[ActorKind.OFFICER, Verdict.TRUE] > 10
    assert by[ActorKind.OFFICER, Verdict.FALSE] >= 3
    assert by[ActorKind.RULE, Verdict.FALSE] == 0


def test_the_first_incident_closes_soon(city: City) -> None:
    """Somebody who starts the program at 60 program seconds a second sees a closure within half a minute."""
    closed = [
        event.recorded_at
        for log in city.core.log.values()
        for event in log
        if event.type == "incident_closed"
    ]
    assert min(closed) - BEGAN < timedelta(minutes=30)


def test_officers_merge_what_the_engine_could_not_know_for_one(city: City) -> None:
    """Each event that was also told of the neighbouring township is merged by an officer, and hardly any other."""
    merged = {i.incident_id for i in city.core.incidents.values() if i.status is Status.MERGED}
    merges = [m for m in city.sent if isinstance(m, Decision) and m.action is Action.MERGE]
    twins = sum(Twist.TWIN in event.twists for event in truth())
    assert merged == {m.other_incident_id for m in merges}
    assert 0 < twins <= len(merged) <= twins + MISREAD_RATIO * len(truth())
