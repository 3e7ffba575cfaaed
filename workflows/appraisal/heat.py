"""Heat 热度: how much an incident is being reported now, as one number that time never has to touch.

Forward decay (Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009): a report made at t brings w * exp(lambda * (t - L)) for
ever, and what has decayed is a common factor of all incidents. The sum is kept as a logarithm,

    h = logaddexp(h, ln w + lambda * (t - L)),

so that the order never changes with the clock, a late report counts by its own time, and the heats of merged incidents
add up. t = min(reported_at, recorded_at): nobody heats from the future. w is the novelty of the channel, or the
rulebook's weight of a repeat when the source has spoken of this incident before. Denials and reports of low trust do
not heat; exercises have no heat. The ranking is by h + ln(weight of the level), then level, then id.

A split takes away exactly what the moved reports brought; everything else keeps the weight that it came with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from math import exp, log, log1p

from models.categories import Category
from models.events.perception import (
    IncidentAbsorbed,
    IncidentMerged,
    IncidentOpened,
    ReportJoined,
    ReportsSplitOff,
)
from models.identifiers import AreaCode, IncidentId
from models.messages.event import Event
from models.messages.heat_ranking import HeatEntry, HeatRanking
from models.vocabulary import Claim, Level, Status
from workflows.fold import with_sources
from workflows.incident import Incident
from workflows.rulebook import Rulebook

# L. Any moment would do, as long as it is the same for all heats of an epoch; it serves every epoch. Heats are
# comparable only below one half-life, which is why a rulebook that changes it begins a new epoch and all heats are
# folded again. At a half-life of an hour a double still tells reports a microsecond apart a century from here.
LANDMARK = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_EXPONENT = 700.0  # exp() overflows at 709; only a heat from far in the future of `as_of` comes near

_HEATING = frozenset({IncidentOpened, ReportJoined, IncidentAbsorbed, ReportsSplitOff, IncidentMerged})

Logs = Mapping[IncidentId, Sequence[Event]]


def heat_after(
    log_heat: float | None,
    before: Incident | None,
    events: Sequence[Event],
    rules: Rulebook,
    absorbed: Mapping[IncidentId, float | None] | None = None,
) -> float | None:
    """The heat after one answer of the core. None: nothing has heated the incident, or it is an exercise.

    `log_heat` and `before` are those before the answer (None, None for a new incident); `absorbed` holds the heat of
    each incident that the events absorb. Ask `needs_log` first: where it says yes, `heat_of_log` must answer.
    """
    if before is not None and (before.exercise or before.status is Status.MERGED):
        return log_heat
    heat = _Heat(log_heat, () if before is None else before.sources)
    for event in _heating(events):
        if _ends(event):
            break
        match event.data:
            case ReportJoined() as joined:
                heat.join(event, joined, rules, rules)
            case IncidentAbsorbed() as gone:
                heat.absorb((absorbed or {})[gone.incident_id], gone)
    return heat.log_heat


def needs_log(events: Iterable[Event], heat_epoch: int | None, rules: Rulebook) -> bool:
    """Whether only the whole log can tell the heat: reports were split off, or the heat is of another epoch.

    `heat_epoch` is the epoch of the heat before these events; None where there was none.
    """
    is_of_other_epoch = heat_epoch is not None and heat_epoch != rules.heat.epoch
    return is_of_other_epoch or any(type(event.data) is ReportsSplitOff for event in events)


def heat_of_log(
    incident_id: IncidentId, logs: Logs, rules: Rulebook, under: Mapping[str, Rulebook] | None = None
) -> float | None:
    """The heat by a fresh fold; equal to what `heat_after` arrived at, answer by answer.

    `logs` holds the incident's whole log and those of its `relatives`, and of theirs. `rules` gives the half-life;
    weights are those of the rulebook that an event was made under, looked up in `under` by digest (else `rules`).
    """
    return _fold_log(incident_id, logs, rules, under or {}).log_heat


def relatives(log: Iterable[Event]) -> tuple[IncidentId, ...]:
    """The incidents whose logs this one's heat hangs on: what it absorbed, and what was split off from it."""
    found: dict[IncidentId, None] = {}
    for event in _heating(log):
        if isinstance(event.data, IncidentAbsorbed):
            found[event.data.incident_id] = None
        elif isinstance(event.data, ReportsSplitOff):
            found[event.data.into] = None
    return tuple(found)


@dataclass(slots=True)
class _Heat:
    """The working sum of one incident. `brought` is what each report brought, in the order in which they came."""

    log_heat: float | None = None
    sources: tuple[str, ...] = ()
    brought: dict[tuple[str, str], float] = field(default_factory=dict)

    def join(self, event: Event, joined: ReportJoined, rules: Rulebook, made_under: Rulebook) -> None:
        if joined.low_trust is not None:
            return
        if joined.claim is Claim.AFFIRM:
            is_repeat = joined.source_id in self.sources
            novelty = made_under.channels[joined.channel].novelty_weight
            weight = made_under.heat.repeat_source_weight if is_repeat else novelty
            at = min(joined.reported_at, event.recorded_at)
            brings = log(weight) + _growth(at, rules.heat.half_life_seconds)
            self.brought[joined.source_id, joined.report_id] = brings
            self.log_heat = _log_sum(self.log_heat, brings)
        self.sources = with_sources(self.sources, (joined.source_id,))

    def absorb(self, log_heat: float | None, gone: IncidentAbsorbed) -> None:
        self.log_heat = _log_sum(self.log_heat, log_heat)
        self.sources = with_sources(self.sources, gone.sources)

    def let_go(self, reports: Iterable[tuple[str, str]], split: ReportsSplitOff) -> None:
        for report in reports:
            self.brought.pop(report, None)
        start: float | None = None
        self.log_heat = reduce(_log_sum, self.brought.values(), start)
        self.sources = split.sources


def _fold_log(incident_id: IncidentId, logs: Logs, rules: Rulebook, under: Mapping[str, Rulebook]) -> _Heat:
    heat = _Heat()
    for event in _heating(logs[incident_id]):
        if _ends(event):
            break
        match event.data:
            case ReportJoined() as joined:
                heat.join(event, joined, rules, under.get(event.rulebook, rules))
            case IncidentAbsorbed() as gone:
                other = _fold_log(gone.incident_id, logs, rules, under)
                heat.brought.update(other.brought)
                heat.absorb(other.log_heat, gone)
            case ReportsSplitOff() as split:
                heat.let_go(_moved(event, logs[split.into]), split)
    return heat


def _heating(events: Iterable[Event]) -> Iterator[Event]:
    """The few facts that matter here. By exact type: `isinstance` of a model costs ten times as much."""
    return (event for event in events if type(event.data) in _HEATING)


def _ends(event: Event) -> bool:
    """An exercise never heats, and what was merged heats elsewhere from then on."""
    is_exercise = isinstance(event.data, IncidentOpened) and event.data.exercise
    return is_exercise or isinstance(event.data, IncidentMerged)


def _moved(split: Event, log: Iterable[Event]) -> Iterable[tuple[str, str]]:
    """The reports that a split moved: those that the new incident opened with."""
    for event in log:
        if event.cause_id == split.cause_id and isinstance(event.data, ReportJoined):
            yield event.data.source_id, event.data.report_id


def _growth(at: datetime, half_life_seconds: int) -> float:
    """lambda * (t - L)"""
    return log(2) / half_life_seconds * (at - LANDMARK).total_seconds()


def _log_sum(one: float | None, two: float | None) -> float | None:
    """The logarithm of the sum of two heats, of which None is nothing. The order of the two does not matter."""
    if one is None or two is None:
        return two if one is None else one
    return max(one, two) + log1p(exp(-abs(one - two)))


@dataclass(frozen=True, slots=True)
class HeatCandidate:
    """What the ranking needs to know of an incident."""

    incident_id: IncidentId
    status: Status
    exercise: bool
    title: str
    category: Category | None
    level: Level
    area_code: AreaCode
    district_code: AreaCode | None
    log_heat: float | None
    reports: int
    sources: int


def score_of(log_heat: float, level: Level, rules: Rulebook) -> float:
    """What incidents are ranked by, in the log domain; comparable within an epoch."""
    return log_heat + log(rules.heat.level_weights[level])


def rank(
    candidates: Iterable[HeatCandidate], rules: Rulebook, as_of: datetime, scope_code: AreaCode, *, city: bool
) -> HeatRanking:
    """The hottest open incidents of the city or of one district. Only the shown heat depends on `as_of`."""
    scored = [
        (score_of(one.log_heat, one.level, rules), one)
        for one in candidates
        if one.log_heat is not None
        and one.status is Status.OPEN
        and not one.exercise
        and (city or one.district_code == scope_code)
    ]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].level.severity, pair[1].incident_id))
    now = _growth(as_of, rules.heat.half_life_seconds)
    return HeatRanking(
        scope_code=scope_code,
        epoch=rules.heat.epoch,
        half_life_seconds=rules.heat.half_life_seconds,
        as_of=as_of,
        entries=tuple(
            _entry(place, one, score, now)
            for place, (score, one) in enumerate(scored[: rules.heat.ranked], start=1)
        ),
    )


def has_moved(before: HeatRanking | None, after: HeatRanking) -> bool:
    """Whether a reader would see another ranking: an id, level or score changed. Cooling down alone is no news."""
    if before is None:
        return bool(after.entries)
    return (before.epoch, before.half_life_seconds, _places(before)) != (
        after.epoch,
        after.half_life_seconds,
        _places(after),
    )


def _places(ranking: HeatRanking) -> tuple[tuple[str, Level, float], ...]:
    return tuple((entry.incident_id, entry.level, entry.score) for entry in ranking.entries)


def _entry(place: int, one: HeatCandidate, score: float, now: float) -> HeatEntry:
    return HeatEntry(
        rank=place,
        incident_id=one.incident_id,
        title=one.title,
        category=one.category,
        level=one.level,
        area_code=one.area_code,
        score=score,
        heat=exp(min(score - now, _MOST_EXPONENT)),
        reports=one.reports,
        sources=one.sources,
    )
