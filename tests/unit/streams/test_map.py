"""Map: every district in force is drawn once, whatever the source of its shape."""

import json
import re
from datetime import date
from itertools import combinations
from math import hypot

import pytest
from structlog.testing import capture_logs

from models.areas import area_tree
from streams.cockpit.map import (
    WIDTH,
    Drawing,
    MapRefused,
    Maps,
    MapSource,
    MapStyle,
    boundaries,
    drawn,
    tiles,
)

BEFORE, AFTER = date(2025, 11, 5), date(2025, 11, 6)  # the day on which two districts became one


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_the_tiles_are_the_districts_in_force_and_none_covers_another(on: date) -> None:
    """One tile a district, a whole tile apart, inside the drawing, with its name's first characters on it."""
    drawing = tiles(on)
    assert {shape.code for shape in drawing.shapes} == set(area_tree().districts(on))
    for one, other in combinations(drawing.shapes, 2):
        assert hypot(one.label[0] - other.label[0], one.label[1] - other.label[1]) > 75
    for shape in drawing.shapes:
        assert area_tree().name_zh(shape.code).startswith(shape.name)
        xs, ys = coordinates(shape.path)
        assert min(xs) >= 0
        assert max(xs) <= WIDTH
        assert min(ys) >= 0
        assert max(ys) <= drawing.height


def coordinates(path: str) -> tuple[list[float], list[float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d", path)]
    return numbers[::2], numbers[1::2]


def collection(*features: tuple[dict[str, str], str, object]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"properties": properties, "geometry": {"type": kind, "coordinates": coordinates_of}}
                for properties, kind, coordinates_of in features
            ],
        }
    ).encode()


SQUARE = [[106.0, 29.0], [107.0, 29.0], [107.0, 30.0], [106.0, 30.0], [106.0, 29.0]]
EAST = [[lon + 1, lat] for lon, lat in SQUARE]


def authoritys(on: date, geojson: bytes) -> Drawing:
    return drawn(boundaries(geojson, MapSource.AUTHORITY), on)


def test_boundaries_are_drawn_north_up_and_labelled_in_their_middle() -> None:
    """Two squares side by side fill the width; the eastern one's label stands right of the western one's."""
    drawing = authoritys(
        AFTER,
        collection(({"code": "500108"}, "Polygon", [SQUARE]), ({"code": "500101"}, "MultiPolygon", [[EAST]])),
    )
    east, west = (shape for shape in drawing.shapes if not shape.is_schematic)
    assert (east.code, east.name, west.code) == ("500101", "万州区", "500108")
    assert west.label == (250.0, round(max(coordinates(west.path)[1]) / 2, 1))
    assert east.label[0] == 750.0
    ys = coordinates(west.path)[1]
    assert min(ys) == 0.0


def test_codes_of_the_package_lose_their_country_and_strangers_are_left_out() -> None:
    """156500108 is 500108; an area that is not in the tree is not drawn."""
    had = boundaries(
        collection(({"gb": "156500108"}, "Polygon", [SQUARE]), ({"gb": "156410000"}, "Polygon", [EAST])),
        MapSource.PACKAGE,
    )
    assert list(had.rings) == ["500108"]


@pytest.mark.parametrize(
    "geojson",
    [b"", b"[]", b'{"features": []}', collection(({"code": "500108"}, "Point", [106.0, 29.0]))],
    ids=["empty", "no collection", "no feature", "no polygon"],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(geojson: bytes) -> None:
    """A wrong file stops the start instead of showing an empty city."""
    with pytest.raises(MapRefused):
        boundaries(geojson, MapSource.AUTHORITY)


OLD = collection(({"code": "500105"}, "Polygon", [SQUARE]), ({"code": "500112"}, "Polygon", [EAST]))


def test_retired_districts_are_drawn_as_one_under_their_successor() -> None:
    """Both grounds are one area with the successor's name, marked schematic; the day before they are themselves."""
    by_code = {shape.code: shape for shape in authoritys(AFTER, OLD).shapes}
    merged = by_code["500157"]
    assert (merged.name, merged.is_schematic, merged.drawn_from) == ("两江新区", True, ("江北区", "渝北区"))
    xs, _ = coordinates(merged.path)
    assert (min(xs), max(xs), merged.path.count("M")) == (0.0, WIDTH, 2)
    assert by_code.keys().isdisjoint({"500105", "500112"})
    before = {shape.code: shape for shape in authoritys(BEFORE, OLD).shapes}
    assert not before["500105"].is_schematic
    assert "500157" not in before


def test_a_successor_s_own_boundary_is_taken_before_those_of_its_predecessors() -> None:
    """A file with both trees draws each day's own."""
    both = collection(({"code": "500105"}, "Polygon", [SQUARE]), ({"code": "500157"}, "Polygon", [EAST]))
    [own] = [shape for shape in authoritys(AFTER, both).shapes if shape.code == "500157"]
    assert (own.is_schematic, own.path.count("M")) == (False, 1)


def test_a_district_without_a_boundary_is_listed_and_has_a_hexagon_of_its_own_below_the_map() -> None:
    """None is without a place, none covers another, and the drawing is as high as that needs."""
    drawing = authoritys(AFTER, OLD)
    hexagons = [shape for shape in drawing.shapes if shape.code in drawing.without_boundary]
    assert set(drawing.without_boundary) == set(area_tree().districts(AFTER)) - {"500157"}
    assert len(hexagons) == len(drawing.without_boundary)
    ground = max(coordinates(next(s for s in drawing.shapes if s.code == "500157").path)[1])
    for shape in hexagons:
        xs, ys = coordinates(shape.path)
        assert shape.is_schematic
        assert min(xs) >= 0
        assert max(xs) <= WIDTH
        assert min(ys) >= ground
        assert max(ys) <= drawing.height
    for one, other in combinations(hexagons, 2):
        assert hypot(one.label[0] - other.label[0], one.label[1] - other.label[1]) > 75


def test_a_file_of_another_day_s_areas_only_gives_way_to_the_tiles() -> None:
    """Boundaries of what is not yet in force are of no use before that day."""
    assert authoritys(BEFORE, collection(({"code": "500157"}, "Polygon", [SQUARE]))).source is MapSource.TILES


@pytest.mark.parametrize("on", [BEFORE, AFTER])
async def test_the_shipped_boundaries_place_every_district_of_the_day_and_no_other(on: date) -> None:
    """One shape each, whatever tree the package knows; who runs this is warned once where it is not the day's."""
    maps = Maps(None)
    with capture_logs() as told:
        drawing = await maps.drawing(MapStyle.BOUNDARIES, on)
        assert await maps.drawing(MapStyle.BOUNDARIES, on) is drawing
    assert drawing.source is MapSource.PACKAGE
    assert [shape.code for shape in drawing.shapes] == sorted(area_tree().districts(on))
    assert [line["from_predecessors"] for line in told] == ([] if on == BEFORE else [["500157"]])
