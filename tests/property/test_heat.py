"""Laws of heat, over whatever the core can do and over any numbers."""

from datetime import UTC, datetime
from math import exp, isclose, log

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from models.events import EventData
from models.events.perception import IncidentAbsorbed, ReportJoined, ReportTrust
from models.identifiers import AreaCode, EventId, IncidentId, MessageId, ReportId, SourceId, UnitCode
from models.likeness import Sketch
from models.messages.event import Actor, Event
from models.messages.report import Facts
from models.understanding import Understanding
from models.vocabulary import ActorKind, Channel, Claim, Level, ReportKind, Status
from tests.appraised import answers, heats, heats_again, outcomes, outcomes_again
from tests.core_world import START, place_of
from tests.property.test_core_laws import CoreMachine
from workflows.appraisal.heat import LANDMARK, HeatCandidate, heat_after, heat_of_log, rank
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
CITY = AreaCode("500000")
THIS = IncidentId("i-1")
_moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone is added by map


@st.composite
def joined(draw: st.DrawFn) -> list[Event]:
    """The reports of one log, in `seq` order, reported at any time before or after they were recorded."""
    recorded = sorted(draw(st.lists(_moments, min_size=1, max_size=12)))
    return [
        _event(
            seq,
            at,
            reported_at=draw(st.one_of(_moments, st.just(at))),
            source=draw(st.integers(0, 3)),
            channel=draw(st.sampled_from(Channel)),
            claim=draw(st.sampled_from([Claim.AFFIRM, Claim.AFFIRM, Claim.DENY])),
        )
        for seq, at in enumerate(recorded, start=1)
    ]


def _event(
    seq: int, recorded_at: datetime, *, reported_at: datetime, source: int, channel: Channel, claim: Claim
) -> Event:
    report = ReportJoined(
        source_id=SourceId(f"s-{source}"),
        report_id=ReportId(f"r-{seq}"),
        kind=ReportKind.INITIAL,
        claim=claim,
        channel=channel,
        reporter_key=f"s-{source}",
        urgent=False,
        facts=Facts(),
        approximate=(),
        understood=Understanding(),
        category=None,
        words="",
        landmarks=(),
        occurred_at=None,
        reported_at=reported_at,
        known_at=None,
        received_at=recorded_at,
        place=place_of(),
        direct_report_within_limit=None,
        fusion_reason="opened",
    )
    return _recorded(seq, recorded_at, report)


def _recorded(seq: int, recorded_at: datetime, data: EventData) -> Event:
    return Event(
        event_id=EventId(f"e-{seq}"),
        incident_id=THIS,
        seq=seq,
        type=data.type_name,
        recorded_at=recorded_at,
        cause_id=MessageId(f"m-{seq}"),
        actor=Actor(kind=ActorKind.REPORTER),
        rulebook=RULES.digest,
        data=data,
    )


def in_plain_weights(log_heat: float | None, at: datetime) -> float:
    decayed = log(2) / RULES.heat.half_life_seconds * (at - LANDMARK).total_seconds()
    return 0.0 if log_heat is None else exp(log_heat - decayed)


@given(joined())
def test_the_fold_is_the_sum_of_decayed_weights(log_of_one: list[Event]) -> None:
    """What the log domain keeps is, at any moment, the plain sum over reports of weight times 2^(-age/half-life)."""
    at = max(event.recorded_at for event in log_of_one)
    known: set[str] = set()
    expected = 0.0
    for event in log_of_one:
        data = event.data
        assert isinstance(data, ReportJoined)
        novelty = RULES.channels[data.channel].novelty_weight
        weight = RULES.heat.repeat_source_weight if data.source_id in known else novelty
        known.add(data.source_id)
        if data.claim is Claim.AFFIRM:
            age_seconds = (at - min(data.reported_at, event.recorded_at)).total_seconds()
            expected += weight * 2 ** (-age_seconds / RULES.heat.half_life_seconds)
    found = in_plain_weights(heat_of_log(THIS, {THIS: log_of_one}, RULES), at)
    assert isclose(found, expected, rel_tol=1e-9, abs_tol=1e-300)


@given(joined())
def test_piece_by_piece_equals_the_whole(log_of_one: list[Event]) -> None:
    """One event at a time in `seq` order, or all at once: the same bits."""
    whole = heat_after(None, None, log_of_one, RULES)
    assert heat_of_log(THIS, {THIS: log_of_one}, RULES) == whole


@given(joined(), joined())
def test_the_heat_of_a_merge_is_the_sum_of_both(one: list[Event], two: list[Event]) -> None:
    """Whichever was folded first, the survivor has what both had, and its log with the other's says the same."""
    other = IncidentId("i-2")
    gone = IncidentAbsorbed(
        incident_id=other,
        reports=len(two),
        facts=Facts(),
        approximate=(),
        origins={},
        sensitive=(),
        sketch=Sketch(reported_from=START, reported_to=START),
        suggestions=(),
        reporters={},
        sources=(),
        trust=ReportTrust(trusted=len(two)),
        urgent=False,
        reason="twins",
    )
    merging = _recorded(len(one) + 1, one[-1].recorded_at, gone)
    heat_of_one, heat_of_two = (heat_after(None, None, log_of_it, RULES) for log_of_it in (one, two))
    merged = heat_after(heat_of_one, None, [merging], RULES, {other: heat_of_two})
    assert merged == heat_after(heat_of_two, None, [merging], RULES, {other: heat_of_one})
    assert merged == heat_of_log(THIS, {THIS: [*one, merging], other: two}, RULES)
    at = max(one[-1].recorded_at, two[-1].recorded_at)
    both = in_plain_weights(heat_of_one, at) + in_plain_weights(heat_of_two, at)
    assert isclose(in_plain_weights(merged, at), both, rel_tol=1e-9, abs_tol=1e-300)


def _candidates(log_heats: list[tuple[float, Level]]) -> list[HeatCandidate]:
    place = place_of()
    return [
        HeatCandidate(
            incident_id=IncidentId(f"i-{number:03}"),
            status=Status.OPEN,
            exercise=False,
            title="某处起火",
            category=None,
            level=level,
            area_code=place.area_code,
            district_code=place.district_code,
            log_heat=log_heat,
            reports=1,
            sources=1,
        )
        for number, (log_heat, level) in enumerate(log_heats)
    ]


_log_heats = st.lists(
    st.tuples(st.floats(-20_000, 20_000) | st.sampled_from([0.0, 1.0]), st.sampled_from(Level)), max_size=30
)


@given(_log_heats, st.lists(_moments, min_size=2, max_size=2))
def test_the_order_never_changes_with_the_clock(
    log_heats: list[tuple[float, Level]], moments: list[datetime]
) -> None:
    """At any two moments, and however the rows came, the same incidents stand in the same places."""
    candidates = _candidates(log_heats)
    orders = [
        [
            (entry.rank, entry.incident_id, entry.score)
            for entry in rank(given_, RULES, at, CITY, city=True).entries
        ]
        for at, given_ in zip(moments, (candidates, candidates[::-1]), strict=True)
    ]
    assert orders[0] == orders[1]


@given(_log_heats)
def test_a_ranking_descends(log_heats: list[tuple[float, Level]]) -> None:
    """By score, then level, then id, from rank 1 on without a gap; heats are never negative."""
    found = rank(_candidates(log_heats), RULES, START, CITY, city=True).entries
    keys = [(-entry.score, -entry.level.severity, entry.incident_id) for entry in found]
    assert keys == sorted(keys)
    assert [entry.rank for entry in found] == list(range(1, len(found) + 1))
    assert len(found) == min(len(log_heats), RULES.heat.ranked)
    assert all(entry.heat >= 0 for entry in found)


class AppraisedMachine(CoreMachine):
    """The machine of the core's laws, with what streams keep beside it."""

    @invariant()
    def heat_kept_equals_heat_folded_from_the_logs(self) -> None:
        """I6: through merges, splits, reopening and anything else, the same bits."""
        assert heats(self.world) == heats_again(self.world)

    @invariant()
    def outcomes_kept_equal_outcomes_of_the_logs(self) -> None:
        """I6: rows written answer by answer are those that the logs alone give."""
        assert outcomes(self.world) == outcomes_again(self.world)

    @invariant()
    def exercises_change_nothing(self) -> None:
        """No exercise has heat, and none is measured."""
        drills = {i.incident_id for i in self.world.incidents.values() if i.exercise}
        assert all(heat is None for one, heat in heats(self.world).items() if one in drills)
        assert not any(outcome.incident_id in drills for outcome in outcomes(self.world).values())

    @invariant()
    def a_unit_is_measured_once_by_each_of_its_commands(self) -> None:
        """Acknowledgement and completion are shares of commands, so no command counts twice for either."""
        measured: dict[tuple[str, UnitCode], int] = {}
        for outcome in outcomes(self.world).values():
            if outcome.unit_code is not None:
                key = (outcome.measure, outcome.unit_code)
                measured[key] = measured.get(key, 0) + 1
        orders: dict[UnitCode, set[str]] = {}
        for answer, _ in answers(self.world):
            for command in answer.commands:
                orders.setdefault(command.unit_code, set()).add(command.retracts or command.command_id)
        for (measure, unit_code), count in measured.items():
            assert count <= len(orders[unit_code]), (measure, unit_code)


AppraisedMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAppraisedMachine = AppraisedMachine.TestCase
