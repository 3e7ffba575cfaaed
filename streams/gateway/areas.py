"""Areas: the tree of city, districts, townships and communities as it stood on a day."""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from models.areas import Area, AreaKind, area_tree
from models.vocabulary import Tier
from streams.gateway.openapi import problems
from streams.gateway.parameters import Code, KnownParametersOnly, area_named
from streams.gateway.services import ServicesOf
from streams.gateway.views import View

router = APIRouter(prefix="/api", tags=["boards"], dependencies=[KnownParametersOnly])

BEIJING = timezone(timedelta(hours=8))
On = Annotated[date | None, Query(description="a day in Beijing, 2025-11-06; left out: today")]


class AreaView(View):
    """One area of the tree."""

    code: str
    name_zh: str
    full_name_zh: str
    kind: AreaKind
    tier: Tier
    parent_code: str | None
    valid_from: str | None = Field(description="first day in force (Beijing)")
    valid_to: str | None = Field(description="first day no longer in force (Beijing)")
    successor: str | None


class AreaList(View):
    """The areas directly below `parent_code` that are in force on that day."""

    parent_code: str | None
    on: str
    areas: tuple[AreaView, ...]


@router.get("/areas", responses=problems(400, 401))
async def get_areas(services: ServicesOf, parent: Code = None, on: On = None) -> AreaList:
    """The areas directly below a parent (no parent: the city itself) that are in force on a day."""
    day = on or beijing_day(services.clock.now())
    tree = area_tree()
    if parent is None:
        areas = tuple(area for area in tree if area.kind is AreaKind.CITY and area.is_in_force(day))
    else:
        above = area_named(parent, "parent")
        areas = tuple(tree.area(code) for code in tree.children(above.code, day))
    return AreaList(parent_code=parent, on=day.isoformat(), areas=tuple(map(_view, areas)))


def beijing_day(moment: datetime) -> date:
    """The calendar day of a moment in Beijing, by which codes come into force and retire."""
    return moment.astimezone(BEIJING).date()


def _view(area: Area) -> AreaView:
    tree = area_tree()
    return AreaView(
        code=area.code,
        name_zh=area.name,
        full_name_zh=tree.full_name_zh(area.code),
        kind=area.kind,
        tier=tree.tier_of(area.code),
        parent_code=area.parent_code,
        valid_from=None if area.valid_from is None else area.valid_from.isoformat(),
        valid_to=None if area.valid_to is None else area.valid_to.isoformat(),
        successor=area.successor,
    )
