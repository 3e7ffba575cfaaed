"""A fiftieth of the storm through the real engine: everything that is one comes together, and nothing else does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isclose, log

import pytest

from models.events.perception import IncidentAbsorbed, ReportJoined
from models.identifiers import IncidentId
from models.messages.command import Command
from models.messages.event import Event
from models.vocabulary import Claim, CommandKind, CommandStatus
from tests.stored.process import RULES
from tests.stored.world import StoreWorld
from tests.storm.pairs import Pairs, pairs_of
from tests.storm.playing import events_of, incident_of, play
from tests.storm.storm import FLOOD, FULL_REPORTS, HIDDEN, storm
from workflows.appraisal.heat import LANDMARK

SEED = 1_001
REPORTS = FULL_REPORTS // 50
AT_ONCE = 20
_SOURCES_REMEMBERED = 64


@dataclass(frozen=True)
class Aftermath:
    """What is left when the storm is over. `incident_of` and `event_of` by (source_id, report_id)."""

    event_of: dict[tuple[str, str], str]
    incident_of: dict[tuple[str, str], IncidentId]
    events: list[Event]
    log_heat_of: dict[str, float | None]
    commands: list[tuple[str, str, Command]]

    def incidents_of(self, event_id: str) -> Counter[IncidentId]:
        """The incidents that hold reports of this event, and how many."""
        return Counter(
            self.incident_of[report] for report, event in self.event_of.items() if event == event_id
        )

    @property
    def pairs(self) -> Pairs:
        return pairs_of((event, self.incident_of[report]) for report, event in self.event_of.items())


@pytest.fixture(scope="module")
def aftermath() -> Iterator[Aftermath]:
    """One storm for all tests: it takes a while."""
    tellings = storm(SEED, REPORTS).tellings
    world = StoreWorld()
    try:
        play(world, tellings, AT_ONCE)
        yield Aftermath(
            event_of={(t.report.source_id, t.report.report_id): t.event_id for t in tellings},
            incident_of=dict(incident_of(world)),
            events=events_of(world),
            log_heat_of={
                row["incident_id"]: row["log_heat"] for row in world.rows("SELECT * FROM incidents")
            },
            commands=[
                (row["incident_id"], row["status"], Command.model_validate_json(row["body"]))
                for row in world.rows("SELECT * FROM commands")
            ],
        )
    finally:
        world.close()


def test_every_report_is_in_an_incident(aftermath: Aftermath) -> None:
    """Nothing is lost in a storm: each report told is in exactly one incident."""
    assert aftermath.incident_of.keys() == aftermath.event_of.keys()


def test_the_flood_is_one_incident(aftermath: Aftermath) -> None:
    """Nearly all that was told of the flood is in one incident, and what else it holds is next to nothing."""
    (flood, count), *_ = aftermath.incidents_of(FLOOD).most_common()
    assert count >= 0.95 * REPORTS
    assert count >= 0.98 * sum(incident == flood for incident in aftermath.incident_of.values())


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_each_event_under_the_storm_s_cover_is_found(aftermath: Aftermath, hidden: str) -> None:
    """Most of what few have told of it is in one incident of its own, where little else is."""
    (incident, count), *_ = aftermath.incidents_of(hidden).most_common()
    told = sum(event == hidden for event in aftermath.event_of.values())
    held = sum(one == incident for one in aftermath.incident_of.values())
    assert count >= 0.8 * told
    assert count >= 0.7 * held


def test_what_is_together_belongs_together(aftermath: Aftermath) -> None:
    """Pairwise precision is at least 0.98, and nearly every report of the flood being in one incident, recall 0.9."""
    assert aftermath.pairs.precision >= 0.98
    assert aftermath.pairs.recall >= 0.9


def test_heat_is_the_sum_of_what_every_report_brought(aftermath: Aftermath) -> None:
    """Added up by hand from the reports, merged incidents included, each heat is the one that is kept."""
    expected = _log_heats(aftermath.events)
    for incident_id in set(aftermath.incident_of.values()):
        kept = aftermath.log_heat_of[incident_id]
        if kept is None:
            assert incident_id not in expected
        else:
            assert isclose(expected[incident_id], kept, rel_tol=1e-9)


def test_no_unit_is_told_twice(aftermath: Aftermath) -> None:
    """However many reports and merges: of each task of an incident a unit has one order that stands."""
    orders = Counter(
        (incident_id, command.task_id, command.unit_code)
        for incident_id, status, command in aftermath.commands
        if command.kind is CommandKind.ORDER and CommandStatus(status).is_live
    )
    assert orders, "nobody was sent anywhere"
    assert max(orders.values()) == 1


def _log_heats(events: list[Event]) -> dict[str, float]:
    """By the definition: a weight for each affirming report, doubled by every half-life that it comes later."""
    began, half_life = events[0].recorded_at, RULES.heat.half_life_seconds
    heats: dict[str, float] = {}
    sources: dict[str, dict[str, None]] = {}
    for event in events:
        data, own = event.data, sources.setdefault(event.incident_id, {})
        if isinstance(data, ReportJoined):
            if data.claim is Claim.AFFIRM:
                novelty = RULES.channels[data.channel].novelty_weight
                weight = RULES.heat.repeat_source_weight if data.source_id in own else novelty
                seconds = (min(data.reported_at, event.recorded_at) - began).total_seconds()
                heats[event.incident_id] = heats.get(event.incident_id, 0) + weight * 2 ** (
                    seconds / half_life
                )
            _remember(own, (data.source_id,))
        elif isinstance(data, IncidentAbsorbed):
            heats[event.incident_id] = heats.get(event.incident_id, 0) + heats.pop(data.incident_id, 0)
            _remember(own, sources[data.incident_id])
    doublings = (began - LANDMARK).total_seconds() / half_life
    return {incident_id: log(heat) + log(2) * doublings for incident_id, heat in heats.items()}


def _remember(sources: dict[str, None], more: Iterable[str]) -> None:
    """An incident remembers so many sources and no more: any other counts as new each time it speaks."""
    for source in more:
        if len(sources) < _SOURCES_REMEMBERED:
            sources[source] = None
