"""Board: what a screen shows of each incident, as columns and rows, so that ten thousand of them are a short text.

Read from the incidents table, whose columns repeat the fold. Nobody's name, phone or words of a report are in it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import INCIDENTS
from models.vocabulary import Status

COLUMNS = (
    "incident_id",
    "seq",
    "status",
    "stage",
    "step",
    "step_tier",
    "verdict",
    "level",
    "graded",
    "nature",
    "category",
    "title",
    "exercise",
    "urgent",
    "red_alarm",
    "acknowledged",
    "city_code",
    "district_code",
    "township_code",
    "community_code",
    "grid_code",
    "merged_into",
    "opened_at",
    "updated_at",
    "next_due_at",
    "reports",
    "sources",
    "open_commands",
)
_AREAS = tuple(COLUMNS.index(name) for name in ("city_code", "district_code", "township_code"))
_ROWS = select(*(INCIDENTS.c[name] for name in COLUMNS))
_CHANGED = _ROWS.where(INCIDENTS.c.incident_id.in_(bindparam("changed", expanding=True)))
_OPEN = _ROWS.where(INCIDENTS.c.status == Status.OPEN.value)

BoardRow = tuple[Any, ...]


async def open_incidents(connection: AsyncConnection, area_code: str) -> list[BoardRow]:
    """Every open incident of a city, district or township."""
    found = await connection.execute(_OPEN.where(lies_in(area_code)))
    return [tuple(row) for row in found]


async def changed_incidents(connection: AsyncConnection, incident_ids: Iterable[str]) -> list[BoardRow]:
    """These incidents as they stand now, ended ones too, so that a screen can take them away."""
    wanted = sorted(set(incident_ids))
    return [tuple(row) for row in await connection.execute(_CHANGED, {"changed": wanted})] if wanted else []


def is_of(row: BoardRow, area_code: str) -> bool:
    """Whether this incident lies in that city, district or township."""
    return any(row[position] == area_code for position in _AREAS)


def lies_in(area_code: str) -> ColumnElement[bool]:
    """Incidents of that city, district or township."""
    return or_(
        INCIDENTS.c.city_code == area_code,
        INCIDENTS.c.district_code == area_code,
        INCIDENTS.c.township_code == area_code,
    )
