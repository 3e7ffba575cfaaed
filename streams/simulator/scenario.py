"""Scenario: one round of everything that happens in the city, planned whole before anything is sent.

The 161 real texts, hazards and rumours, each told by `story`; a new round tells them again with fresh ids, in another
order and in other townships. Derived from (seed, round) alone, so a process that was killed knows what came before
and what comes next. Must never enter: the clock, the network, and what the engine made of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from models.categories import Category, Family
from models.identifiers import AreaCode, IncidentId, ReportId, SourceId, incident_id_of
from models.messages.report import Facts, Report
from models.vocabulary import Level, Nature, Status, Verdict
from streams.simulator.corpus import CorpusText, corpus
from streams.simulator.draws import Draws
from streams.simulator.happening import Expectation, Happening
from streams.simulator.invented import HAZARDS, RUMOURS, Hazard, Rumour
from streams.simulator.plot import Plot, Twist, level_of
from streams.simulator.sites import Site, Sites
from streams.simulator.story import CONTRADICTED_BY, tell

SPACING_SECONDS = 600
# The share of events whose texts an engine may misread so far that the level is another one.
MISREAD_RATIO = 0.05
_OPENING_EVENTS = 5
_OPENING_SPACING_SECONDS = 10
_FIRST_AFTER_OPENING_SECONDS = 300
_HAZARD_FROM, _HAZARD_EVERY = 6, 20
_RUMOUR_FROM, _RUMOUR_EVERY = 8, 26
_TWIN_FROM, _TWIN_EVERY = 12, 25
_DUPLICATE_FROM, _DUPLICATE_EVERY = 5, 15
_CONTRADICTED_EVERY, _FEWEST_CONTRADICTED = 4, 4
_COSTLY, _COSTLY_RATIO = frozenset({Category.ROAD_TRAFFIC, Category.FIRE}), 0.2
# Once a round: more than one dead letter in a hundred messages would, rightly, stop the engine.
_ONCE: Mapping[int, Twist] = {7: Twist.ID_CONFLICT, 9: Twist.UNKNOWN_AREA, 10: Twist.GARBAGE}
_EVENT_ID = re.compile(r"^(s(\d+)-r(\d+)-\d{4})-")

Subject = CorpusText | Hazard | Rumour
Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """What the engine should arrive at: the ground truth of one event, false ones among them.

    `reports` are the (source_id, report_id) that must be accepted, in the order of time. `level` is what a person who
    read everything would give by the lines alone. An engine reads words, and may miss what a few texts say: at most
    `MISREAD_RATIO` of the events may end on another level; all else must be as it stands here. See `is_right_level`.
    """

    event_id: str
    starts_at_seconds: int
    is_true: bool
    nature: Nature
    category: Category
    area_code: AreaCode
    level: Level
    verdict: Verdict
    status: Status
    reports: tuple[Identity, ...]
    twists: frozenset[Twist]

    def is_right_level(self, level: Level) -> bool:
        """The level by the lines, or what a rulebook may make of more than totals.

        A small event may stand one higher, being sensitive; an earthquake as high as its magnitude brings it.
        """
        if self.category is Category.EARTHQUAKE:
            return level.severity >= self.level.severity
        return level is self.level or (self.level is Level.IV and level is Level.III)

    @property
    def first_incident_id(self) -> IncidentId:
        """The incident that its first report opens when the reports arrive in the order of time."""
        source_id, report_id = self.reports[0]
        return _incident_of(source_id, report_id)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One round. `spacing_seconds` is program time between two events once the opening ones have begun.

    `events` tells only so many of them, the first ones; None tells all.
    """

    seed: int
    round_number: int = 1
    spacing_seconds: int = SPACING_SECONDS
    events: int | None = None

    @property
    def length_seconds(self) -> int:
        """Program time until the next round begins; the last reports of this one may come later."""
        return _FIRST_AFTER_OPENING_SECONDS + len(self.plots()) * self.spacing_seconds

    def plots(self) -> tuple[Plot, ...]:
        """Every event of the round, in the order in which they begin."""
        return _plots(self)

    def happenings(self) -> tuple[Happening, ...]:
        """Every message of the round, in the order of time."""
        return _happenings(self)

    def truth(self) -> tuple[TrueEvent, ...]:
        """What should become of each event, in the order in which they begin."""
        return _truth(self)

    def opening_incidents(self) -> frozenset[IncidentId]:
        """The incidents that open the round; units give their best there, so that an end is seen within a minute."""
        return frozenset(
            _incident_of(*identity)
            for event in self.truth()
            if Twist.OPENING in event.twists
            for identity in event.reports
        )


def event_of(seed: int, report_id: str) -> TrueEvent | None:
    """The event that a report of this seed speaks of; None for a report that no scenario of the seed has."""
    match = _EVENT_ID.match(report_id)
    if match is None or int(match[2]) != seed:
        return None
    return _truth_by_id(Scenario(seed, int(match[3]))).get(match[1])


@dataclass(frozen=True, slots=True)
class _Oddities:
    """Where a round's subjects allow for what is rare: by position, retired codes by the how-manieth."""

    retired: Mapping[int, int]
    contradicted: frozenset[int]


@lru_cache(maxsize=4)
def _plots(scenario: Scenario) -> tuple[Plot, ...]:
    sites = Sites(scenario.seed, scenario.round_number)
    subjects = _subjects(scenario)
    oddities = _Oddities(_retired_positions(subjects), _contradicted_positions(subjects))
    return tuple(
        _plot(scenario, position, subject, sites, oddities)
        for position, subject in enumerate(subjects[: scenario.events])
    )


@lru_cache(maxsize=4)
def _happenings(scenario: Scenario) -> tuple[Happening, ...]:
    told = chain.from_iterable(tell(plot, scenario.seed) for plot in scenario.plots())
    return tuple(sorted(told, key=lambda happening: happening.order))


@lru_cache(maxsize=4)
def _truth(scenario: Scenario) -> tuple[TrueEvent, ...]:
    reports: dict[str, list[Report]] = {}
    for happening in scenario.happenings():
        if happening.expectation is Expectation.ACCEPTED and happening.report is not None:
            reports.setdefault(happening.event_id, []).append(happening.report)
    return tuple(_true_event(plot, reports[plot.event_id]) for plot in scenario.plots())


@lru_cache(maxsize=4)
def _truth_by_id(scenario: Scenario) -> Mapping[str, TrueEvent]:
    return {event.event_id: event for event in scenario.truth()}


def _true_event(plot: Plot, reports: list[Report]) -> TrueEvent:
    return TrueEvent(
        event_id=plot.event_id,
        starts_at_seconds=plot.starts_at_seconds,
        is_true=plot.is_true,
        nature=plot.nature,
        category=plot.category,
        area_code=plot.site.township_code,
        level=plot.level,
        verdict=Verdict.TRUE if plot.is_true else Verdict.FALSE,
        status=Status.CLOSED if plot.is_true else Status.REJECTED,
        reports=tuple((report.source_id, report.report_id) for report in reports),
        twists=plot.twists,
    )


def _subjects(scenario: Scenario) -> tuple[Subject, ...]:
    """The order of events: the opening ones first, then the texts with hazards and rumours strewn in."""
    draws = Draws(scenario.seed, f"round {scenario.round_number}")
    texts = list(draws.shuffled("texts", corpus()))
    opening = [text for text in texts if level_of(text.category, text.facts) is Level.IV][:_OPENING_EVENTS]
    subjects: list[Subject] = [*opening, *(text for text in texts if text not in opening)]
    for nth, hazard in enumerate(draws.shuffled("hazards", HAZARDS)):
        subjects.insert(_HAZARD_FROM + nth * _HAZARD_EVERY, hazard)
    for nth, rumour in enumerate(draws.shuffled("rumours", RUMOURS)):
        subjects.insert(_RUMOUR_FROM + nth * _RUMOUR_EVERY, rumour)
    return tuple(subjects)


def _retired_positions(subjects: tuple[Subject, ...]) -> dict[int, int]:
    """Which events are reported under a retired code, by the how-manieth. Of different families, and few.

    All retired townships answer as one district today, so two of one category there could be taken for one event.
    """
    families: dict[Family, int] = {}
    for position, subject in enumerate(subjects):
        if position > _OPENING_EVENTS and isinstance(subject, CorpusText):
            families.setdefault(subject.category.facts.family, position)
    return {position: nth for nth, position in enumerate(sorted(families.values()))}


def _contradicted_positions(subjects: tuple[Subject, ...]) -> frozenset[int]:
    """Every fourth of the events with enough exactly counted injured, far from any line that a level begins at."""
    fitting = [
        position
        for position, subject in enumerate(subjects)
        if position > _OPENING_EVENTS and isinstance(subject, CorpusText) and _is_contradictable(subject)
    ]
    return frozenset(fitting[::_CONTRADICTED_EVERY])


def _is_contradictable(text: CorpusText) -> bool:
    injured = text.facts.injured or 0
    more = text.facts.model_copy(update={"injured": injured + CONTRADICTED_BY[1]})
    is_level_safe = level_of(text.category, more) is level_of(text.category, text.facts)
    return injured >= _FEWEST_CONTRADICTED and not text.is_approximate and is_level_safe


def _plot(scenario: Scenario, position: int, subject: Subject, sites: Sites, oddities: _Oddities) -> Plot:
    event_id = f"s{scenario.seed}-r{scenario.round_number}-{position + 1:04d}"
    retired = oddities.retired.get(position)
    twists = frozenset(_twists(position, subject, oddities))
    return Plot(
        event_id=event_id,
        starts_at_seconds=_starts_at_seconds(scenario, position, event_id),
        nature=Nature.HAZARD if isinstance(subject, Hazard) else Nature.EMERGENCY,
        is_true=not isinstance(subject, Rumour),
        is_urgent=isinstance(subject, Rumour) and subject.is_urgent,
        category=subject.category,
        title=subject.title if isinstance(subject, CorpusText) else subject.kind_zh,
        text=subject.text,
        kind_zh=subject.kind_zh,
        facts=_totals(subject, Draws(scenario.seed, event_id)),
        is_approximate=isinstance(subject, CorpusText) and subject.is_approximate,
        site=sites.site(position) if retired is None else sites.retired_site(retired),
        neighbour=_neighbour(sites, position, twists),
        twists=twists,
    )


def _neighbour(sites: Sites, position: int, twists: frozenset[Twist]) -> Site | None:
    return sites.neighbour(position) if Twist.TWIN in twists else None


def _totals(subject: Subject, draws: Draws) -> Facts:
    """The totals in the end; some accidents have cost something that does not change their level."""
    if isinstance(subject, Hazard):
        return Facts()
    if subject.category not in _COSTLY or not draws.happens("costs", _COSTLY_RATIO):
        return subject.facts
    return subject.facts.model_copy(update={"direct_loss_yuan": draws.between("cost", 2, 900) * 10_000})


def _twists(position: int, subject: Subject, oddities: _Oddities) -> Iterator[Twist]:
    is_retired = position in oddities.retired
    if position < _OPENING_EVENTS:
        yield Twist.OPENING
    if is_retired:
        yield Twist.RETIRED_AREA
    if position in oddities.contradicted:
        yield Twist.CONTRADICTION
    if position % _DUPLICATE_EVERY == _DUPLICATE_FROM:
        yield Twist.DUPLICATE
    if position in _ONCE:
        yield _ONCE[position]
    if isinstance(subject, CorpusText) and not is_retired and position % _TWIN_EVERY == _TWIN_FROM:
        yield Twist.TWIN


def _starts_at_seconds(scenario: Scenario, position: int, event_id: str) -> int:
    if position < _OPENING_EVENTS:
        return position * _OPENING_SPACING_SECONDS
    regular = _FIRST_AFTER_OPENING_SECONDS + (position - _OPENING_EVENTS) * scenario.spacing_seconds
    return regular + Draws(scenario.seed, event_id).between("jitter", 0, scenario.spacing_seconds // 4)


def _incident_of(source_id: str, report_id: str) -> IncidentId:
    return incident_id_of(SourceId(source_id), ReportId(report_id))
