"""Live: the snapshot that a screen begins with, the stream of deltas that follows it, and the map.

A snapshot says at which position of the stream it was taken; the browser opens the stream from there, so that nothing
lies between them. A person sees their own area and what lies below it, however the area is asked for.
"""

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from models.access import Act
from models.areas import AreaKind, area_tree
from models.identifiers import AREA_CODE_PATTERN
from models.topics import Topic
from models.units import Department, unit_code
from streams.cockpit.board import COLUMNS, open_incidents
from streams.cockpit.hub import Hub, Viewer
from streams.cockpit.map import MapStyle
from streams.cockpit.words import sources_of, words
from streams.gateway.areas import beijing_day
from streams.gateway.auditing import Refusal
from streams.gateway.boards import published
from streams.gateway.callers import Caller, CallerOf
from streams.gateway.openapi import problems
from streams.gateway.parameters import KnownParametersOnly
from streams.gateway.problems import not_found
from streams.gateway.reading import reading_for
from streams.gateway.services import Services, ServicesOf

router = APIRouter(prefix="/api/screen", tags=["screen"], dependencies=[KnownParametersOnly])

_PING_SECONDS = 5
# An event, not a comment: a browser's script must be able to hear that the line still stands.
_PING = ServerSentEvent(event="ping", data="1")
_SCREENS = (AreaKind.CITY, AreaKind.DISTRICT, AreaKind.TOWNSHIP)
AreaAsked = Annotated[
    str | None, Query(pattern=AREA_CODE_PATTERN, description="the caller's own if left out")
]


@router.get("/snapshot", response_class=Response, responses=problems(400, 401, 404, 503))
async def get_snapshot(caller: CallerOf, services: ServicesOf, area: AreaAsked = None) -> Response:
    """Everything that a screen of this area shows, and the `position` from which to open the stream."""
    area_code = screen_area(caller, area)
    # Before the database is read: what comes in between is told again, never left out.
    position = services.hubs.of(area_code).position
    async with reading_for(caller, services) as connection:
        rows = await open_incidents(connection, area_code)
    heat = await published(Topic.HEAT_RANKINGS, [area_code], caller, services)
    ratings = await published(Topic.RATINGS, list(rated_in(area_code, services)), caller, services)
    snapshot = {
        "position": position,
        "as_of": services.clock.now(),
        "area_code": area_code,
        "columns": COLUMNS,
        "rows": rows,
        "heat": next(map(orjson.Fragment, heat), None),
        "ratings": list(map(orjson.Fragment, ratings)),
    }
    return Response(orjson.dumps(snapshot), media_type="application/json")


@router.get("/stream", response_class=EventSourceResponse, responses=problems(400, 401, 404))
async def get_stream(
    caller: CallerOf,
    services: ServicesOf,
    area: AreaAsked = None,
    position: Annotated[str | None, Query(max_length=100, description="of the snapshot")] = None,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> EventSourceResponse:
    """Server-sent events `delta` from a position on; `resync` says to load the snapshot again."""
    hub = services.hubs.of(screen_area(caller, area))
    viewer = hub.join(last_event_id or position)
    return EventSourceResponse(
        _frames(hub, viewer),
        ping=_PING_SECONDS,
        ping_message_factory=lambda: _PING,
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


@router.get("/map", response_class=Response, responses=problems(400, 401, 404))
async def get_map(
    request: Request,
    services: ServicesOf,
    style: MapStyle = MapStyle.BOUNDARIES,
) -> Response:
    """The districts in force as SVG paths; `boundaries` falls back to `tiles` where there are none.

    `is_schematic` marks an area without a boundary of its own: drawn from those it succeeded, or as a hexagon.
    """
    drawing = await services.maps.drawing(style, beijing_day(services.clock.now()))
    return _once(request, orjson.dumps(drawing))


@router.get("/words", response_class=Response, responses=problems(400, 401))
async def get_words(request: Request, services: ServicesOf) -> Response:
    """The names of areas, categories and departments by code, and the lowest score of each colour of the ratings.

    `sources` has the Chinese name of each source of grading by its English one, of the rulebook in force.
    """
    rules = services.rules()
    beside = {"rating_bands": rules.rating.bands.model_dump(), "sources": sources_of(rules.grading)}
    return _once(request, orjson.dumps({**words(beijing_day(services.clock.now())), **beside}))


def _once(request: Request, body: bytes) -> Response:
    """The body, or 304 for whoever has it already."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def _frames(hub: Hub, viewer: Viewer) -> AsyncIterator[bytes | ServerSentEvent]:
    try:
        # At once: what packs answers keeps the head back until something follows it.
        yield _PING
        async for frame in viewer.frames():
            yield frame
    finally:
        hub.leave(viewer)


def screen_area(caller: Caller, area: str | None, act: Act = Act.READ_INCIDENTS) -> str:
    """The area that is asked for. Raises Problem (404) when it never was or is not this caller's to see."""
    area_code = area or caller.home
    is_screen = area_code in area_tree() and area_tree().area(area_code).kind in _SCREENS
    if not is_screen:
        raise not_found("area", area_code)
    if not caller.may(act, area_code):
        raise Refusal(not_found("area", area_code), caller, act, area_code, None)
    return area_code


def rated_in(area_code: str, services: Services) -> Iterator[str]:
    """What a screen of this area shows the ratings of: itself, the areas right below, and the units of all of these."""
    for code in (area_code, *area_tree().children(area_code, beijing_day(services.clock.now()))):
        yield code
        yield from (unit_code(code, department) for department in Department)
