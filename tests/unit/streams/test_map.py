"""Map: every district in force is drawn once, whatever the source of its shape."""

import json
import re
from datetime import date
from itertools import combinations
from math import hypot

import pytest

from models.areas import area_tree
from streams.cockpit.map import WIDTH, MapRefused, MapSource, boundaries, tiles

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


def test_boundaries_are_drawn_north_up_and_labelled_in_their_middle() -> None:
    """Two squares side by side fill the width; the eastern one's label stands right of the western one's."""
    drawing = boundaries(
        collection(({"code": "500108"}, "Polygon", [SQUARE]), ({"code": "500101"}, "MultiPolygon", [[EAST]])),
        MapSource.AUTHORITY,
    )
    east, west = drawing.shapes
    assert (east.code, east.name, west.code) == ("500101", "万州区", "500108")
    assert west.label == (250.0, round(drawing.height / 2, 1))
    assert east.label[0] == 750.0
    ys = coordinates(west.path)[1]
    assert (min(ys), max(ys)) == (0.0, drawing.height)


def test_codes_of_the_package_lose_their_country_and_strangers_are_left_out() -> None:
    """156500108 is 500108; an area that is not in the tree is not drawn."""
    drawing = boundaries(
        collection(({"gb": "156500108"}, "Polygon", [SQUARE]), ({"gb": "156410000"}, "Polygon", [EAST])),
        MapSource.PACKAGE,
    )
    assert [shape.code for shape in drawing.shapes] == ["500108"]


@pytest.mark.parametrize(
    "geojson",
    [b"", b"[]", b'{"features": []}', collection(({"code": "500108"}, "Point", [106.0, 29.0]))],
    ids=["empty", "no collection", "no feature", "no polygon"],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(geojson: bytes) -> None:
    """A wrong file stops the start instead of showing an empty city."""
    with pytest.raises(MapRefused):
        boundaries(geojson, MapSource.AUTHORITY)
