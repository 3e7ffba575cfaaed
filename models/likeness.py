"""Likeness: what fusion remembers of the reports of an incident, and what it compares of a report and an incident.

For: the bounded shape that stands in an incident's state and, as a column, beside it, so that a report is compared
with an incident without reading the reports that came before. Must never enter: how two of them are compared
(`workflows.judgement.comparison`), and text: `words` holds numbers made from pairs of characters, not the characters.
"""

from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.messages.fields import AreaCodeField, Moment, Text, Value
from models.messages.report import FactName, Facts, Position
from models.vocabulary import CoordinateSystem, Nature

CATEGORIES_REMEMBERED = 8
AREAS_REMEMBERED = 64
PLACES_REMEMBERED = 16
LANDMARKS_REMEMBERED = 8
POINTS_REMEMBERED = 8
REPORTERS_REMEMBERED = 16


class Point(Value):
    """A position in degrees without whatever else its sender put beside it."""

    lon: float
    lat: float
    crs: CoordinateSystem


class Sketch(Value):
    """What the reports of an incident said of kind, place, time and words, bounded however many they are.

    `categories` counts the reports of each category, since one of them may be read wrong. `areas` counts those of each
    township (or district, where no township is known). `places` are the communities given or named, and townships
    named; `landmarks` and `words` are as `workflows.judgement.landmarks` and `.words` find them. Times are those of
    the reports; `occurred_*` are None while nobody said when it happened.
    """

    categories: Annotated[dict[Category, int], Field(max_length=CATEGORIES_REMEMBERED)] = {}
    areas: Annotated[dict[AreaCodeField, int], Field(max_length=AREAS_REMEMBERED)] = {}
    places: Annotated[tuple[AreaCodeField, ...], Field(max_length=PLACES_REMEMBERED)] = ()
    landmarks: Annotated[tuple[Text, ...], Field(max_length=LANDMARKS_REMEMBERED)] = ()
    points: Annotated[tuple[Point, ...], Field(max_length=POINTS_REMEMBERED)] = ()
    words: Text = ""
    occurred_from: Moment | None = None
    occurred_to: Moment | None = None
    reported_from: Moment
    reported_to: Moment


class Likeness(Value):
    """Everything that is compared, of one report or of all reports of an incident together."""

    category: Category | None = None
    nature: Nature
    exercise: bool
    facts: Facts
    approximate: tuple[FactName, ...] = ()
    reporters: Annotated[tuple[Text, ...], Field(max_length=REPORTERS_REMEMBERED)] = ()
    sketch: Sketch


def point_of(position: Position) -> Point:
    """The bare point of a report's position."""
    return Point(lon=position.lon, lat=position.lat, crs=position.crs)
