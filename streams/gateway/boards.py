"""Boards: the heat ranking and the five-colour ratings, as a cockpit or dashboard shows them.

Both are what was last published on their topics, so that a board and a topic cannot disagree.
"""

from collections.abc import Iterator

from fastapi import APIRouter
from sqlalchemy import bindparam, select

from models.access import Act
from models.areas import Area, AreaKind, area_tree
from models.identifiers import AreaCode
from models.messages.heat_ranking import HeatRanking
from models.messages.rating import Rating
from models.tables import PROJECTIONS
from models.topics import Topic
from models.units import Department, unit_code
from streams.gateway.areas import beijing_day
from streams.gateway.auditing import Refusal
from streams.gateway.callers import Caller, CallerOf
from streams.gateway.openapi import problems
from streams.gateway.parameters import Code, KnownParametersOnly, area_named
from streams.gateway.problems import bad_filter, not_found
from streams.gateway.reading import reading_for
from streams.gateway.services import Services, ServicesOf
from streams.gateway.views import RatingList

router = APIRouter(prefix="/api", tags=["boards"], dependencies=[KnownParametersOnly])

_PUBLISHED = select(PROJECTIONS.c.value).where(
    PROJECTIONS.c.topic == bindparam("of"), PROJECTIONS.c.key.in_(bindparam("subjects", expanding=True))
)


@router.get("/heat", responses=problems(400, 401, 503))
async def get_heat(caller: CallerOf, services: ServicesOf, scope: Code = None) -> HeatRanking:
    """The hottest open incidents, at most 20, of the city or of one district (no scope: the caller's own area)."""
    area = area_named(scope or caller.home, "scope")
    if area.kind not in (AreaKind.CITY, AreaKind.DISTRICT):
        raise bad_filter("scope", "heat is ranked for the city and for districts")
    _require(caller, area.code)
    for value in await published(Topic.HEAT_RANKINGS, [area.code], caller, services):
        return HeatRanking.model_validate_json(value)
    return _nothing_hot(area.code, services)


@router.get("/ratings", responses=problems(400, 401, 503))
async def get_ratings(caller: CallerOf, services: ServicesOf, area: Code = None) -> RatingList:
    """The ratings of an area (no area: the caller's own), of its departments, and of the areas directly below it."""
    rated = area_named(area or caller.home, "area")
    _require(caller, rated.code)
    values = await published(Topic.RATINGS, sorted(_subjects(rated, services)), caller, services)
    ratings = sorted(map(Rating.model_validate_json, values), key=lambda rating: rating.subject_code)
    return RatingList(area_code=rated.code, ratings=tuple(ratings))


async def published(topic: Topic, subjects: list[str], caller: Caller, services: Services) -> list[bytes]:
    """What was last told of these subjects, in no order."""
    async with reading_for(caller, services) as connection:
        rows = await connection.execute(_PUBLISHED, {"of": topic.value, "subjects": subjects})
        return [row.value for row in rows]


def _subjects(area: Area, services: Services) -> Iterator[str]:
    yield area.code
    yield from area_tree().children(area.code, beijing_day(services.clock.now()))
    yield from (unit_code(area.code, department) for department in Department)


def _nothing_hot(scope: AreaCode, services: Services) -> HeatRanking:
    heat = services.rules().heat
    return HeatRanking(
        scope_code=scope,
        epoch=heat.epoch,
        half_life_seconds=heat.half_life_seconds,
        as_of=services.clock.now(),
        entries=(),
    )


def _require(caller: Caller, area_code: AreaCode) -> None:
    if not caller.may(Act.READ_APPRAISAL, area_code):
        raise Refusal(not_found("area", area_code), caller, Act.READ_APPRAISAL, area_code, None)
