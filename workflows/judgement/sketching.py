"""Sketching: what fusion remembers of a report, and of the reports of an incident together.

For: building and adding up the sketches of `models.likeness`. The order of the reports does not matter as long as the
bounds hold; past them, what came first stays. Must never enter: weights, and the comparing itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from models.areas import area_tree
from models.categories import Category
from models.events.perception import ReportJoined
from models.identifiers import AreaCode
from models.likeness import (
    AREAS_REMEMBERED,
    CATEGORIES_REMEMBERED,
    LANDMARKS_REMEMBERED,
    PLACES_REMEMBERED,
    POINTS_REMEMBERED,
    Point,
    Sketch,
    point_of,
)
from models.messages.report import Report
from models.places import Place
from models.understanding import PlaceFound, Understanding
from workflows.judgement import character_pairs
from workflows.judgement.account import Account
from workflows.judgement.landmarks import landmarks_in

_DIGITS_OF_DISTRICT = 6
_DIGITS_OF_TOWNSHIP = 9
T = TypeVar("T")
Counted = TypeVar("Counted", bound=str)


class _Said(NamedTuple):
    category: Category | None
    words: str
    landmarks: tuple[str, ...]


def sketch_of(account: Account, *, is_trusted: bool = True) -> Sketch:
    """What is remembered of one report that is being fused. A flood does not outvote what others say that it is."""
    report = account.report
    category = account.category if is_trusted else None
    said = _Said(category, words_of(report), landmarks_of(report))
    return _sketch(account.place, account.found, account.occurred_at, report.reported_at, said)


def words_of(report: Report) -> str:
    """The sketch of what a report says."""
    return _words_of(report.title or "", report.text or "")


def landmarks_of(report: Report) -> tuple[str, ...]:
    """The first landmarks that a report names."""
    return _landmarks_of(report.title or "", report.text or "")


# Asked for by the look-up, the choice, the batch and the log of one report: read once.
@lru_cache(maxsize=512)
def _words_of(title: str, text: str) -> str:
    return character_pairs.sketch_of(title, text)


@lru_cache(maxsize=512)
def _landmarks_of(title: str, text: str) -> tuple[str, ...]:
    return tuple(sorted(_first(LANDMARKS_REMEMBERED, (*landmarks_in(text), *landmarks_in(title)))))


def sketch_of_joined(report: ReportJoined) -> Sketch:
    """The same, of a report in the log."""
    category = report.category if report.low_trust is None else None
    said = _Said(category, report.words, report.landmarks)
    return _sketch(report.place, report.understood, report.occurred_at, report.reported_at, said)


def together(one: Sketch, other: Sketch) -> Sketch:
    """What is remembered of the reports of both."""
    # Unchecked: made of parts that were checked, and done for every report.
    return Sketch.model_construct(
        categories=_added(CATEGORIES_REMEMBERED, one.categories, other.categories),
        areas=_added(AREAS_REMEMBERED, one.areas, other.areas),
        places=tuple(sorted(_first(PLACES_REMEMBERED, one.places, other.places))),
        landmarks=tuple(sorted(_first(LANDMARKS_REMEMBERED, one.landmarks, other.landmarks))),
        points=tuple(sorted(_first(POINTS_REMEMBERED, one.points, other.points), key=_where)),
        words=character_pairs.together(one.words, other.words),
        occurred_from=min(_known(one.occurred_from, other.occurred_from), default=None),
        occurred_to=max(_known(one.occurred_to, other.occurred_to), default=None),
        reported_from=min(one.reported_from, other.reported_from),
        reported_to=max(one.reported_to, other.reported_to),
    )


def nothing_yet(reported_at: datetime) -> Sketch:
    """The sketch of an incident before its first report is counted."""
    return Sketch(reported_from=reported_at, reported_to=reported_at)


def locality_of(place: Place) -> AreaCode:
    """The township; where the tree of the day has none, the retired one that was given, else the area as it is.

    A district that took over others without townships would else be one place as large as a district.
    """
    is_known = len(place.area_code) == _DIGITS_OF_TOWNSHIP
    return place.area_code if is_known else _township_given(place) or place.area_code


def _township_given(place: Place) -> AreaCode | None:
    given = place.given_code[:_DIGITS_OF_TOWNSHIP]
    return AreaCode(given) if len(given) == _DIGITS_OF_TOWNSHIP else None


def _sketch(
    place: Place, found: Understanding, occurred_at: datetime | None, reported_at: datetime, said: _Said
) -> Sketch:
    return Sketch(
        categories={} if said.category is None else {said.category: 1},
        areas={locality_of(place): 1},
        places=tuple(sorted(_first(PLACES_REMEMBERED, _places(place, found.places)))),
        points=() if place.position is None else (point_of(place.position),),
        landmarks=said.landmarks,
        words=said.words,
        occurred_from=occurred_at,
        occurred_to=occurred_at,
        reported_from=reported_at,
        reported_to=reported_at,
    )


def _places(place: Place, named: Iterable[PlaceFound]) -> Iterator[AreaCode]:
    """The community that was given, and what is named below the district where one place there fits the name."""
    if place.community_code is not None:
        yield place.community_code
    for one in named:
        below = [code for code in one.area_codes if len(code) > _DIGITS_OF_DISTRICT]
        for scope in (place.township_code, place.district_code, place.city_code):
            here = [code for code in below if scope is not None and area_tree().is_within(code, scope)]
            if len(here) == 1:
                yield here[0]
            if here:
                break


def _added(most: int, one: Mapping[Counted, int], other: Mapping[Counted, int]) -> dict[Counted, int]:
    together = {**one, **{name: one.get(name, 0) + more for name, more in other.items()}}
    return dict(sorted(list(together.items())[:most]))


def _first(most: int, *several: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain(*several)))[:most]


def _where(point: Point) -> tuple[float, float, str]:
    return (point.lon, point.lat, point.crs)


def _known(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]
