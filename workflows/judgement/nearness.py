"""Nearness: what place and time say about whether two things reported are one event.

For: two features of fusion. Which townships touch is in no data: "next door" is any other township of the district and
counts for little. Positions, where both have them, say more than codes. Must never enter: figures (the rulebook's).
"""

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from models.areas import area_tree
from models.likeness import Point
from models.neighbours import are_neighbours
from workflows.judgement.landmarks import are_one
from workflows.judgement.likeness import Seen, View
from workflows.rulebook import FusionPoints, FusionReach

_EARTH_METRES = 6_371_000
_DATUM_METRES = 1_000  # positions of two datums may differ by this much and be one point
_HALF = 0.5
_TOGETHER = timedelta()


class Distances(NamedTuple):
    """Up to where two positions are one spot, and from where they are not."""

    near_metres: float
    apart_metres: float


def of_place(
    one: View, other: View, reach: Distances, points: FusionPoints, spread_ratio: float
) -> Seen | None:
    """What the places say; None where they cannot be one event.

    `spread_ratio` is 0 for what happens at one spot, 1 for what is known to have spread over its district.
    """
    found = _of_areas(one, other, points, spread_ratio)
    metres = metres_between(one.points, other.points)
    if metres is not None:
        by_way = _of_distance(metres, reach, points)
        # One point says where it is; a township's code may be a slip. What has spread is in many points.
        found = max(found or by_way, by_way, key=lambda seen: seen.points) if spread_ratio else by_way
    named = _of_names(one, other, points, spread_ratio)
    if found is None or named is None:
        return found
    return Seen(found.points + named.points, (*found.what, "and", *named.what))


def of_time(one: View, other: View, reach: FusionReach, points: FusionPoints) -> Seen | None:
    """What the times say; None where the later one lies past the window of the earlier one."""
    apart = _apart(one.span, other.span)
    window = timedelta(seconds=reach.window_seconds)
    if apart > window:
        return None
    if one.occurred is not None and other.occurred is not None:
        apart = max(apart, min(_apart(one.occurred, other.occurred), window))
    said = points.at_once + (points.at_end_of_window - points.at_once) * (apart / window)
    return Seen(said, (round(apart.total_seconds() / 60), "min apart"))


def metres_between(ones: tuple[Point, ...], others: tuple[Point, ...]) -> float | None:
    """The shortest way between two sets of points, up to a kilometre less across datums; None where one is empty."""
    if not ones or not others:
        return None
    return min(_metres(one, other) for one in ones for other in others)


def _metres(one: Point, other: Point) -> float:
    """By the haversine formula."""
    lat, other_lat = radians(one.lat), radians(other.lat)
    across = sin((other_lat - lat) / 2) ** 2
    along = cos(lat) * cos(other_lat) * sin(radians(other.lon - one.lon) / 2) ** 2
    way = 2 * _EARTH_METRES * asin(min(1.0, sqrt(across + along)))
    return way if one.crs is other.crs else max(0.0, way - _DATUM_METRES)


def _of_distance(metres: float, reach: Distances, points: FusionPoints) -> Seen:
    beyond = (metres - reach.near_metres) / (reach.apart_metres - reach.near_metres)
    said = points.near + (points.apart - points.near) * min(1.0, max(0.0, beyond))
    return Seen(said, (round(metres), "m apart"))


def _of_areas(one: View, other: View, points: FusionPoints, spread_ratio: float) -> Seen | None:
    beside = points.next_door + (points.same_district - points.next_door) * spread_ratio
    if common := one.areas.keys() & other.areas.keys():
        share = max(min(one.areas[code], other.areas[code]) for code in common)
        # A township that few of the reports came from may be a slip of theirs.
        said = beside + (points.same_township - beside) * min(1.0, share / _HALF)
        return Seen(said, ("both in", min(common)))
    if _holds(one, other) or _holds(other, one):
        return Seen(points.township_not_given, ("one gives a larger area that holds the other",))
    if one.districts & other.districts:
        return Seen(beside, ("same district, another township",))
    if spread_ratio and any(
        are_neighbours(here, there) for here in one.districts for there in other.districts
    ):
        said = points.next_door + (points.neighbouring_district - points.next_door) * spread_ratio
        return Seen(said, ("neighbouring districts",))
    return None


def _holds(one: View, other: View) -> bool:
    return any(
        len(upper) < len(lower) and area_tree().is_within(lower, upper)
        for upper in one.larger
        for lower in other.areas
    )


def _of_names(one: View, other: View, points: FusionPoints, spread_ratio: float) -> Seen | None:
    """A landmark says more than a community that both lie in. What has spread is at many of them."""
    at_one_spot = 1 - spread_ratio
    marks, others = one.likeness.sketch.landmarks, other.likeness.sketch.landmarks
    if common := [mark for mark in marks if any(are_one(mark, another) for another in others)]:
        return Seen(points.same_landmark, ("both name", min(common)))
    if marks and others:
        return Seen(points.other_landmark * at_one_spot, ("one names", marks[0], "and the other", others[0]))
    if shared := one.communities & other.communities:
        return Seen(points.same_community, ("both name", min(shared)))
    if one.communities and other.communities:
        return Seen(points.other_community * at_one_spot, ("each names another community",))
    return None


def _apart(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> timedelta:
    """The time between two spans; none where they overlap."""
    return max(other[0] - one[1], one[0] - other[1], _TOGETHER)
