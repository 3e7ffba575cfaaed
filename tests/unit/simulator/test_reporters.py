"""Reporters: round follows round, a restart goes on where the traffic stands, and yesterday's news is left out."""

from datetime import datetime, timedelta

from models.messages.report import Report
from streams.simulator.happening import ORIGIN, Expectation
from streams.simulator.outlets import GatewayOutlet
from streams.simulator.reporters import Pace, Reporters
from streams.simulator.scenario import Scenario
from tests.unit.simulator.city import BEGAN, City

PACE = Pace(seed=7, spacing_seconds=600, events=12)
ROUND = timedelta(seconds=PACE.scenario(1).length_seconds)


def reporters(city: City, pace: Pace = PACE) -> Reporters:
    """Reporters who have just come to work."""
    return Reporters(pace, city, GatewayOutlet(city), city.clock)


def sent(city: City) -> list[Report]:
    """Every report that was sent, in the order of sending, repetitions and refused ones too."""
    return [message for message in city.sent if isinstance(message, Report)]


def planned(scenario: Scenario, began_at: datetime) -> dict[str, datetime]:
    """When each report of a round that began then should say that it was sent."""
    return {
        h.report.report_id: began_at + (h.report.reported_at - ORIGIN)
        for h in scenario.happenings()
        if h.report is not None and h.expectation is Expectation.ACCEPTED
    }


def said(reports: list[Report]) -> dict[str, datetime]:
    """When each report says that it was sent."""
    return {report.report_id: report.reported_at for report in reports}


async def test_a_round_is_told_whole_and_in_order() -> None:
    """Each report is sent at its time, in the order of time, and says so; then nothing more comes."""
    city = City()
    one_round = Pace(PACE.seed, PACE.spacing_seconds, rounds=1, events=PACE.events)
    await city.play(reporters(city, one_round).run(), until=BEGAN + 3 * ROUND)
    told = sent(city)
    expected = planned(PACE.scenario(1), BEGAN)
    assert {name: at for name, at in said(told).items() if name in expected} == expected
    in_time = [report for report in told if city.core.now >= report.reported_at]
    assert in_time == told


async def test_the_next_round_begins_when_the_last_has_begun_its_events() -> None:
    """Round two starts one round's length after round one, with fresh ids, while the first one's tail still comes."""
    city = City()
    await city.play(reporters(city).run(), until=BEGAN + 2 * ROUND)
    first, second = planned(PACE.scenario(1), BEGAN), planned(PACE.scenario(2), BEGAN + ROUND)
    told = said(sent(city))
    assert {name: told[name] for name in first} == first
    opening = [event.reports[0][1] for event in PACE.scenario(2).truth()[:5]]
    assert {name: told[name] for name in opening} == {name: second[name] for name in opening}


async def test_after_a_restart_the_same_bytes_are_sent_again() -> None:
    """Somebody who remembers nothing finds when the round began; what he repeats is equal to what was sent."""
    city = City()
    await city.play(reporters(city).run(), until=BEGAN + ROUND / 2)
    before = {report.report_id: report for report in sent(city)}
    city.sent.clear()
    await city.play(reporters(city).run(), until=BEGAN + ROUND)
    conflict = [h.report for h in PACE.scenario(1).happenings() if h.expectation is Expectation.ID_CONFLICT]
    again = [report for report in sent(city) if report.report_id in before]
    assert len(again) > 3
    misused = {report.report_id for report in conflict if report is not None}
    assert all(report == before[report.report_id] for report in again if report.report_id not in misused)
    expected = planned(PACE.scenario(1), BEGAN)
    late = {name for name, at in expected.items() if at < BEGAN + ROUND}
    assert late <= before.keys() | said(sent(city)).keys()


async def test_a_restart_in_a_later_round_goes_on_there() -> None:
    """The round that is under way is found, and the tail of the one before is told to its end."""
    city = City()
    await city.play(reporters(city).run(), until=BEGAN + ROUND * 1.2)
    city.sent.clear()
    await city.play(reporters(city).run(), until=BEGAN + ROUND * 1.9)
    told = said(sent(city))
    second = planned(PACE.scenario(2), BEGAN + ROUND)
    assert {name: at for name, at in told.items() if name in second}.items() <= second.items()
    assert PACE.scenario(2).truth()[-1].reports[0][1] in told
    assert not any(name.startswith("s7-r3") for name in told)


async def test_who_was_away_for_long_starts_a_new_round() -> None:
    """A day later nobody tells yesterday's news: round two begins now."""
    city = City()
    await city.play(reporters(city).run(), until=BEGAN + ROUND / 2)
    city.sent.clear()
    city.clock.time = city.core.now = later = BEGAN + timedelta(days=1)
    await city.play(reporters(city).run(), until=later + timedelta(minutes=5))
    told = said(sent(city))
    second = planned(PACE.scenario(2), later)
    assert PACE.scenario(2).truth()[0].reports[0][1] in told
    assert {name: at for name, at in told.items() if name in second}.items() <= second.items()
