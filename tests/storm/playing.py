"""Playing: reports through the real engine and a real database, with neither broker nor sockets: only memory.

Time goes as the reports say; clocks that pass on the way fire, fusion checks among them. Nobody is at the desks and no
unit answers, so what happens is what the rules do alone.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from models.identifiers import IncidentId
from models.messages.event import Event
from models.messages.report import Report
from models.topics import Topic
from tests.stored.world import StoreWorld
from tests.storm.telling import Telling

_AFTERWARDS_SECONDS = 60


def play(world: StoreWorld, tellings: Sequence[Telling], at_once: int) -> None:
    """Everything told, in the order of arrival, so many at once, and then a minute for the last fusion checks."""
    begin(world, tellings)
    for first in range(0, len(tellings), at_once):
        play_some(world, tellings[first : first + at_once])
    world.clock.move(_AFTERWARDS_SECONDS)
    world.settle()


def begin(world: StoreWorld, tellings: Sequence[Telling]) -> None:
    """Set the clock of a world in which nothing has happened to the first of them."""
    world.clock.move((tellings[0].arrives_at - world.clock.now()).total_seconds())


def play_some(world: StoreWorld, tellings: Sequence[Telling]) -> None:
    """These arrive at once, at the time of the last of them, and all that follows from them happens."""
    late = tellings[-1].arrives_at - world.clock.now()
    world.clock.move(max(late, timedelta()).total_seconds())
    for telling in tellings:
        report = telling.report
        value = report.model_dump_json(exclude_none=True).encode()
        world.tell(_lane(report), report.area_code.encode(), value)
    world.settle()


def incident_of(world: StoreWorld) -> Mapping[tuple[str, str], IncidentId]:
    """The incident that each report is in at the end, by (source_id, report_id); merged ones are followed."""
    merged = {row["incident_id"]: row["merged_into"] for row in world.rows("SELECT * FROM incidents")}

    def survivor(incident_id: IncidentId) -> IncidentId:
        while merged[incident_id] is not None:
            incident_id = merged[incident_id]
        return incident_id

    found = world.rows("SELECT source_id, report_id, incident_id FROM reports")
    return {(row["source_id"], row["report_id"]): survivor(row["incident_id"]) for row in found}


def events_of(world: StoreWorld) -> list[Event]:
    """Every event of every incident, in the order in which they were kept."""
    return [
        Event.model_validate_json(row["body"]) for row in world.rows("SELECT body FROM events ORDER BY rowid")
    ]


def forget_what_was_read(world: StoreWorld) -> None:
    """Drop what lies read on the broker in memory: a real one does not look at it again either."""
    for log in world.broker.logs.values():
        log.clear()
    world.broker.published.clear()
    world.told.clear()


def _lane(report: Report) -> Topic:
    return Topic.REPORTS_URGENT if report.channel.is_emergency_call else Topic.REPORTS
