"""The scenario: what is planned is whole, valid, repeatable, and no two events meet by accident."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from operator import itemgetter

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.areas import area_tree
from models.categories import Family
from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import Channel, Claim, Level, Nature, ReportKind, Status, Verdict
from streams.processing import codec
from streams.simulator.corpus import corpus
from streams.simulator.happening import Expectation, Happening
from streams.simulator.plot import Twist, level_of
from streams.simulator.scenario import Scenario, event_of

BEGAN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ON = date(2026, 11, 22)
FUSION_WINDOW_SECONDS = 7_200
SEEDS = st.integers(0, 2**32 - 1)
# A round is some 800 messages and takes a tenth of a second to plan: three rounds are many examples.
few_rounds = settings(max_examples=3)


def traffic(scenario: Scenario) -> list[tuple[int, Topic, str, bytes]]:
    """Everything that leaves the simulator in a round that began at BEGAN."""
    return [(h.at_seconds, h.topic, h.area_code, h.value(BEGAN)) for h in scenario.happenings()]


def reports_of(scenario: Scenario, expectation: Expectation = Expectation.ACCEPTED) -> list[Report]:
    """The planned reports of one expectation."""
    return [h.report for h in scenario.happenings() if h.report is not None and h.expectation is expectation]


def only(scenario: Scenario, expectation: Expectation) -> Happening:
    """The one happening of this expectation."""
    (found,) = (h for h in scenario.happenings() if h.expectation is expectation)
    return found


@few_rounds
@given(seed=SEEDS, round_number=st.integers(1, 40))
def test_the_same_seed_gives_the_same_bytes(seed: int, round_number: int) -> None:
    """Planned anew from the same seed, every message has the same time, topic, key and bytes."""
    scenario = Scenario(seed, round_number)
    first = traffic(scenario)
    from streams.simulator import scenario as room  # noqa: PLC0415 - its memory is emptied, to plan anew

    for remembered in (room._plots, room._happenings, room._truth):
        remembered.cache_clear()
    assert traffic(Scenario(seed, round_number)) == first


@few_rounds
@given(seed=SEEDS)
def test_seeds_and_rounds_differ(seed: int) -> None:
    """Another seed, and another round of the same seed, share no report identity and tell in another order."""
    rounds = [Scenario(seed), Scenario(seed, 2), Scenario((seed + 1) % 2**32)]
    ids = [{report.report_id for report in reports_of(scenario)} for scenario in rounds]
    assert ids[0].isdisjoint(ids[1] | ids[2])
    orders = [[plot.kind_zh for plot in scenario.plots()] for scenario in rounds]
    assert orders[0] not in orders[1:]


@few_rounds
@given(seed=SEEDS, round_number=st.integers(1, 40))
def test_every_planned_report_is_a_valid_message(seed: int, round_number: int) -> None:
    """Whatever is no garbage passes the same reader as a stranger's message, and says nothing that is unknown."""
    for happening in Scenario(seed, round_number).happenings():
        read = codec.read(Report, happening.value(BEGAN), datetime(2026, 12, 1, tzinfo=UTC))
        if happening.expectation is Expectation.UNREADABLE:
            assert isinstance(read, codec.Unreadable)
        else:
            assert isinstance(read, codec.Readable)
            assert read.message.unknown_fields == ()


def meetings(rounds: list[Scenario]) -> list[tuple[str, str]]:
    """Pairs of events that may well be taken for one: nature, family, area of today, and time are close."""
    family_of = {plot.event_id: plot.category.facts.family for one in rounds for plot in one.plots()}
    starts = [sum(earlier.length_seconds for earlier in rounds[:n]) for n in range(len(rounds))]
    sent = [
        (start + happening.at_seconds, happening.event_id, happening.report)
        for start, scenario in zip(starts, rounds, strict=True)
        for happening in scenario.happenings()
        if happening.report is not None and happening.expectation is not Expectation.UNKNOWN_AREA
    ]
    last: dict[tuple[Nature, Family, str], tuple[int, str]] = {}
    found = []
    for at, event_id, report in sorted(sent, key=itemgetter(0, 1)):
        area = area_tree().resolve(report.area_code, ON)
        assert area is not None
        where = (report.nature, family_of[event_id], area.code)
        last_at, last_event = last.get(where, (-FUSION_WINDOW_SECONDS, event_id))
        if last_event != event_id and at - last_at <= FUSION_WINDOW_SECONDS:
            found.append((last_event, event_id))
        last[where] = (at, event_id)
    return found


@few_rounds
@given(seed=SEEDS, round_number=st.integers(1, 40))
def test_no_two_events_meet_by_accident(seed: int, round_number: int) -> None:
    """However densely a round is told, and from one round to the next, fusion never takes two events for one."""
    assert meetings([Scenario(seed, round_number, spacing_seconds=60)]) == []
    assert meetings([Scenario(seed, round_number), Scenario(seed, round_number + 1)]) == []


def test_a_meeting_would_be_seen() -> None:
    """Rounds that follow each other within minutes use the same townships again, and meet."""
    assert meetings([Scenario(1, number, spacing_seconds=1) for number in range(1, 5)]) != []


def test_every_text_is_told_once_a_round_as_it_is() -> None:
    """Title and text of all 161 stand untouched in one report each: the first one, or that in which all is known."""
    scenario = Scenario(42)
    plots = {plot.text: plot for plot in scenario.plots()}
    assert len(corpus()) == 161
    told = Counter((r.title, r.text) for r in reports_of(scenario) if r.kind is not ReportKind.FINAL)
    for text in corpus():
        assert told[text.title, text.text] == 1
        plot = plots[text.text]
        totals = plot.facts.model_copy(update={"direct_loss_yuan": None})
        assert (plot.category, totals) == (text.category, text.facts)


@pytest.mark.parametrize("seed", [1, 42])
def test_reports_are_words(seed: int) -> None:
    """No report names a category or a total in a field, but the one of each event that is to show a contradiction."""
    scenario = Scenario(seed)
    twisted = {event.event_id for event in scenario.truth() if Twist.CONTRADICTION in event.twists}
    given = [
        happening.event_id
        for happening in scenario.happenings()
        if happening.expectation is Expectation.ACCEPTED
        and happening.report is not None
        and happening.report.facts.model_fields_set
    ]
    assert sorted(given) == sorted(twisted) != []
    assert not any(report.category or report.approximate for report in reports_of(scenario))


@pytest.mark.parametrize("seed", [1, 42])
def test_a_contradiction_is_one_form_against_its_own_words(seed: int) -> None:
    """The form counts more injured than the words do, the rest alike, and the level is the same by either."""
    kinds = {plot.event_id: plot.category for plot in Scenario(seed).plots()}
    for happening in Scenario(seed).happenings():
        report = happening.report
        if report is None or not report.facts.model_fields_set:
            continue
        injured = happening.stated.injured or 0
        assert report.facts.model_copy(update={"injured": injured}) == happening.stated
        assert (report.facts.injured or 0) > injured
        assert level_of(kinds[happening.event_id], report.facts) is happening.level


def test_texts_are_spread_over_all_districts_as_they_were_and_are() -> None:
    """All 38 districts of before 2025-11-06 are reported from; the two retired ones lie in the new district today."""
    truth = Scenario(42).truth()
    parents = {event.area_code: area_tree().parent(event.area_code) for event in truth}
    assert len(set(parents.values())) == 38
    retired = [event for event in truth if Twist.RETIRED_AREA in event.twists]
    assert {parents[event.area_code] for event in retired} == {"500105", "500112"}
    assert {area_tree().resolve(event.area_code, ON).code for event in retired} == {"500157"}  # type: ignore[union-attr]
    assert len({event.category for event in retired}) == len(retired)


@few_rounds
@given(seed=SEEDS)
def test_truth_lists_every_report_that_must_be_accepted(seed: int) -> None:
    """Each accepted report belongs to exactly one event, and its id leads back to that event."""
    scenario = Scenario(seed)
    expected = Counter((report.source_id, report.report_id) for report in reports_of(scenario))
    listed = Counter(identity for event in scenario.truth() for identity in event.reports)
    assert listed == expected
    assert set(listed.values()) == {1}
    assert all(event_of(seed, event.reports[-1][1]) == event for event in scenario.truth())


@few_rounds
@given(seed=SEEDS)
def test_truth_knows_the_level_of_the_last_totals(seed: int) -> None:
    """The level of an event is the highest that any of its reports reaches, and totals never shrink."""
    levels: dict[str, list[Level]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    scenario = Scenario(seed)
    for happening in scenario.happenings():
        if happening.report is not None and happening.expectation is Expectation.ACCEPTED:
            if happening.report.claim is Claim.AFFIRM:
                assert (happening.stated.deaths or 0) >= totals[happening.event_id]
                totals[happening.event_id] = happening.stated.deaths or 0
            levels[happening.event_id].append(happening.level)
    for event in scenario.truth():
        assert max(levels[event.event_id], key=lambda level: level.severity) is event.level


def test_truth_expects_false_events_to_be_rejected() -> None:
    """What never happened is expected to be found false, is denied by a second source, and opens on its own."""
    false = [event for event in Scenario(42).truth() if not event.is_true]
    assert len(false) == 6
    assert {(event.verdict, event.status) for event in false} == {(Verdict.FALSE, Status.REJECTED)}
    denials = [report for report in reports_of(Scenario(42)) if report.claim is Claim.DENY]
    assert {event_of(42, report.report_id) for report in denials} == set(false)
    assert all(len({source for source, _ in event.reports}) == 2 for event in false)


@pytest.mark.parametrize("seed", [1, 42, 7_000])
def test_a_round_has_everything_that_happens_in_a_city(seed: int) -> None:
    """Every channel, kind, nature and claim, urgent calls, every level, grids, and each kind of trouble occur."""
    scenario = Scenario(seed)
    reports = reports_of(scenario)
    assert {report.channel for report in reports} == set(Channel)
    assert {report.kind for report in reports} == set(ReportKind)
    assert {report.nature for report in reports} == set(Nature)
    assert {report.claim for report in reports} == set(Claim)
    assert {event.level for event in scenario.truth()} == set(Level)
    assert {happening.expectation for happening in scenario.happenings()} == set(Expectation)
    assert {twist for event in scenario.truth() for twist in event.twists} == set(Twist)
    assert any(report.urgent for report in reports)
    assert any(report.grid_code for report in reports)


def test_urgent_reports_take_the_urgent_lane() -> None:
    """Emergency calls, flagged reports and totals of level I or II go to reports-urgent, the rest to reports."""
    for happening in Scenario(42).happenings():
        report = happening.report
        if report is not None:
            is_urgent = (
                report.urgent
                or report.channel in (Channel.POLICE, Channel.FIRE, Channel.MEDICAL)
                or happening.level in (Level.I, Level.II)
            )
            assert (happening.topic is Topic.REPORTS_URGENT) == is_urgent


def test_follow_ups_refer_to_their_source_s_first_report() -> None:
    """Follow-up and final reports name an earlier report of the same source, and their numbers rise from 2."""
    first: dict[tuple[str, str], str] = {}
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for happening in Scenario(42).happenings():
        report = happening.report
        if report is None or happening.expectation is not Expectation.ACCEPTED:
            continue
        series = (happening.event_id, report.source_id)
        numbers[series] += 1
        assert report.number == numbers[series]
        if report.kind is ReportKind.INITIAL:
            first[series] = report.report_id
            assert report.refers_to is None
        else:
            assert report.refers_to == first[series]


def test_the_same_event_is_told_in_other_words() -> None:
    """No two reports of one event share title and text, save the one that is sent twice."""
    for event in Scenario(42).truth():
        words = [
            (report.title, report.text)
            for report in reports_of(Scenario(42))
            if (report.source_id, report.report_id) in event.reports
        ]
        assert len(set(words)) == len(words)


def test_troubles_are_what_they_claim_to_be() -> None:
    """The duplicate has the bytes of the first, the conflict its id and other bytes; garbage is no JSON."""
    scenario = Scenario(42)
    sent = {report.report_id: report for report in reports_of(scenario)}
    for duplicate in reports_of(scenario, Expectation.DUPLICATE):
        assert duplicate == sent[duplicate.report_id]
    conflict = only(scenario, Expectation.ID_CONFLICT).report
    assert conflict is not None
    assert (conflict.source_id, conflict != sent[conflict.report_id]) == (
        sent[conflict.report_id].source_id,
        True,
    )
    lost = only(scenario, Expectation.UNKNOWN_AREA)
    assert lost.area_code not in area_tree()
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(only(scenario, Expectation.UNREADABLE).raw)


def test_dead_letters_stay_below_the_brake() -> None:
    """Fewer than one message in a hundred is refused, so that the simulator never stops the engine."""
    happenings = Scenario(42).happenings()
    assert 0 < sum(happening.expectation.is_refused for happening in happenings) < len(happenings) / 100


def test_a_round_opens_with_a_handful_of_small_events() -> None:
    """Within the first minute five events of level IV begin, each told by three channels, and nothing else."""
    opening = [event for event in Scenario(42).truth() if event.starts_at_seconds < 60]
    assert [event.level for event in opening] == [Level.IV] * 5
    assert all(Twist.OPENING in event.twists for event in opening)
    assert all(len({source for source, _ in event.reports}) == 3 for event in opening)
    assert {event.first_incident_id for event in opening} <= Scenario(42).opening_incidents()


def test_a_report_of_somebody_else_is_no_event_of_ours() -> None:
    """Ids of other seeds, of events that no round has, and of people lead to no event."""
    assert event_of(42, "s42-r1-0001-1") is not None
    for report_id in ("s41-r1-0001-1", "s42-r1-9999-1", "s42-r1-0001", "curl-1"):
        assert event_of(42, report_id) is None
