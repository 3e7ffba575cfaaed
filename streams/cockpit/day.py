"""Day: what the map showed at any moment of one day, as a short list of changes read from the log.

The map knows of an incident whether it is open, its level, and whether somebody has it; each change says all three, so
that the picture of a moment is the last change of each incident up to it. Nobody's words are in it, not even titles.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from sqlalchemy import Row, Select, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.assessment import Graded, PreliminaryGraded
from models.events.follow_up import IncidentClosed, IncidentRejected, IncidentReopened
from models.events.perception import IncidentMerged, IncidentOpened
from models.events.verification import IncidentAcknowledged
from models.tables import ARCHIVED_LOGS, EVENTS, INCIDENTS
from models.tables.events import SHOWN_ON_THE_MAP
from models.vocabulary import Level, Status
from streams.cockpit.board import lies_in
from streams.cockpit.live import AreaAsked, screen_area
from streams.gateway.areas import BEIJING, beijing_day
from streams.gateway.callers import CallerOf
from streams.gateway.openapi import problems
from streams.gateway.parameters import KnownParametersOnly
from streams.gateway.problems import bad_filter
from streams.gateway.reading import reading_for
from streams.gateway.services import ServicesOf

router = APIRouter(prefix="/api/screen", tags=["screen"], dependencies=[KnownParametersOnly])

MOST_INCIDENTS = 20_000
COLUMNS = (
    "incident_id",
    "exercise",
    "city_code",
    "district_code",
    "township_code",
    "community_code",
    "grid_code",
)
_GRADINGS = (PreliminaryGraded.type_name, Graded.type_name)
_ENDS = (IncidentClosed.type_name, IncidentRejected.type_name, IncidentMerged.type_name)
_MILLISECOND = timedelta(milliseconds=1)
# Whatever was open at some time of the day has begun before its end and has changed after its beginning, or is open.
_CONCERNED = (
    select(*(INCIDENTS.c[name] for name in COLUMNS), INCIDENTS.c.opened_month)
    .where(
        INCIDENTS.c.opened_at < bindparam("to"),
        or_(INCIDENTS.c.status == Status.OPEN.value, INCIDENTS.c.updated_at >= bindparam("from")),
    )
    .order_by(INCIDENTS.c.opened_at.desc())
    .limit(MOST_INCIDENTS + 1)
)
DayAsked = Annotated[date | None, Query(alias="date", description="a day in Beijing; left out: today")]
Found = Row[*tuple[Any, ...]]
Change = tuple[
    int, int, bool, str, bool
]  # milliseconds of the day, index of the incident, open, level, acknowledged


@dataclass(frozen=True, slots=True)
class Standing:
    """What the map knows of an incident at a moment."""

    is_open: bool = True
    level: str = Level.IV.value
    is_acknowledged: bool = False


@router.get("/day", response_class=Response, responses=problems(400, 401, 404, 503))
async def get_day(
    caller: CallerOf, services: ServicesOf, area: AreaAsked = None, day: DayAsked = None
) -> Response:
    """One day of this area's map, up to now; `is_whole` false: only the 20,000 incidents that began last.

    `put_away` counts the incidents that the map cannot show, since their logs lie in the archive.
    """
    area_code = screen_area(caller, area)
    now = services.clock.now()
    begin = datetime.combine(day or beijing_day(now), time(), BEIJING)
    if begin > now:
        raise bad_filter("date", "this day has not begun")
    end = min(now, begin + timedelta(days=1))
    async with reading_for(caller, services) as connection:
        rows = await _log(connection, area_code, begin, end)
        moments = {"from": begin, "to": end}
        put_away = (await connection.execute(put_away_statement(area_code), moments)).scalar_one()
    body = await asyncio.to_thread(_told, rows, put_away, area_code, begin, end)
    return Response(body, media_type="application/json")


async def _log(
    connection: AsyncConnection, area_code: str, begin: datetime, end: datetime
) -> Sequence[Found]:
    return (await connection.execute(log_statement(area_code), {"from": begin, "to": end})).all()


def log_statement(area_code: str) -> Select[*tuple[Any, ...]]:
    """What moved the map in the log of every incident concerned, in the order of each log; bodies of gradings alone."""
    incidents = _CONCERNED.where(lies_in(area_code)).subquery("concerned")
    return (
        select(
            *(incidents.c[name] for name in COLUMNS),
            EVENTS.c.type,
            EVENTS.c.recorded_at,
            case((EVENTS.c.type.in_(_GRADINGS), EVENTS.c.body)).label("grading"),
        )
        # With the month, so that PostgreSQL looks for each log in its own partition alone.
        .join(
            EVENTS,
            (EVENTS.c.incident_id == incidents.c.incident_id)
            & (EVENTS.c.opened_month == incidents.c.opened_month),
        )
        .where(SHOWN_ON_THE_MAP, EVENTS.c.recorded_at < bindparam("to"))
        .order_by(incidents.c.incident_id, EVENTS.c.seq)
    )


def put_away_statement(area_code: str) -> Select[int]:
    """How many of the incidents concerned have a log, or its beginning, in the archive."""
    incidents = _CONCERNED.where(lies_in(area_code)).subquery("concerned")
    return select(func.count(ARCHIVED_LOGS.c.incident_id.distinct())).join(
        incidents, incidents.c.incident_id == ARCHIVED_LOGS.c.incident_id
    )


def _told(rows: Sequence[Found], put_away: int, area_code: str, begin: datetime, end: datetime) -> bytes:
    """The answer's text; not on the event loop, since a busy day is some ten thousand gradings to read."""
    incidents: list[tuple[object, ...]] = []
    changes: list[Change] = []
    is_whole = True
    for number, (_, log) in enumerate(groupby(rows, key=lambda row: row.incident_id)):
        if number == MOST_INCIDENTS:
            is_whole = False
            break
        steps = list(log)
        of_one = list(_changes(steps, begin, len(incidents)))
        if of_one:
            incidents.append(tuple(steps[0])[: len(COLUMNS)])
            changes += of_one
    told = {
        "area_code": area_code,
        "date": begin.date().isoformat(),
        "begins_at": begin,
        "until_ms": (end - begin) // _MILLISECOND,
        "is_whole": is_whole,
        "put_away": put_away,
        "columns": COLUMNS,
        "incidents": incidents,
        "changes": sorted(changes),
    }
    return orjson.dumps(told)


def _changes(log: Iterable[Found], begin: datetime, index: int) -> Iterator[Change]:
    """One incident's changes of the day, one a millisecond at most; at 0 how it stood at midnight, if it was open."""
    shown: Standing | None = None
    by_moment: dict[int, Standing] = {}
    for row in log:
        shown = after(shown or Standing(), row.type, row.grading)
        by_moment[max(0, (row.recorded_at - begin) // _MILLISECOND)] = shown
    before: Standing | None = None
    for moment, standing in by_moment.items():
        if standing != before and (standing.is_open or before is not None):
            yield moment, index, standing.is_open, standing.level, standing.is_acknowledged
            before = standing


def after(standing: Standing, event_type: str, grading: bytes | None) -> Standing:
    """How it stands after one more event; `grading` is the body of an event that grades."""
    if grading is not None:
        return replace(standing, level=orjson.loads(grading)["data"]["level"])
    if event_type in _ENDS:
        return replace(standing, is_open=False)
    if event_type == IncidentReopened.type_name:
        return replace(standing, is_open=True)
    if event_type == IncidentAcknowledged.type_name:
        return replace(standing, is_acknowledged=True)
    return standing if event_type != IncidentOpened.type_name else Standing()
