"""The area tree of the city as dated data: which place a code means on a given day.

For: cities, districts, townships (the tiers of command) and communities (places below them), read once from
`reference/`; call `area_tree()` at start-up so that no rule ever touches a file. Must never enter: positions,
polygons, officers, units (see `models.units`), and any rule that an authority may set.
The rules come from the contract: an area code is read at `known_at`, else `reported_at`; a retired code is
mapped to its successor and both are kept; only a code that never existed is refused. Sources:
`reference/SOURCES.md`.

A day here is the calendar day in Beijing. `valid_from` is the first day a code is in force, `valid_to` the first
day it no longer is; None means before, or after, anything this data knows.

A code that comes into force later than the day asked about stands for itself: whoever wrote it knew the newer
tree, and the older codes of that ground cannot be told from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from models.identifiers import AreaCode
from models.reference import rows
from models.vocabulary import Tier


class UnknownArea(LookupError):
    """No area ever had this code. Refuse what carries it; a retired code is known and never raises this."""


class BrokenAreaTree(ValueError):
    """The reference files contradict themselves. Stop at start-up and correct the rows that are listed."""


class AreaKind(StrEnum):
    """What an area is; a community is a place, not a tier of command."""

    CITY = "city"  # 市, 6 digits
    DISTRICT = "district"  # 区县, 6 digits
    TOWNSHIP = "township"  # 镇街, 9 digits
    COMMUNITY = "community"  # 村社区, 12 digits


_TIER_OF_KIND: Mapping[AreaKind, Tier] = MappingProxyType(
    {
        AreaKind.CITY: Tier.CITY,
        AreaKind.DISTRICT: Tier.DISTRICT,
        AreaKind.TOWNSHIP: Tier.TOWNSHIP,
        AreaKind.COMMUNITY: Tier.TOWNSHIP,
    }
)


@dataclass(frozen=True, slots=True)
class Area:
    """One version of one area. `successor` is the code that took over on `valid_to`."""

    code: AreaCode
    name: str
    kind: AreaKind
    parent_code: AreaCode | None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: AreaCode | None = None

    def is_retired(self, on: date) -> bool:
        """The code was abolished on that day or before it."""
        return self.valid_to is not None and on >= self.valid_to

    def is_in_force(self, on: date) -> bool:
        """The code stood in the tree on that day."""
        return not self.is_retired(on) and (self.valid_from is None or on >= self.valid_from)


@dataclass(frozen=True, slots=True)
class ResolvedArea:
    """Where a given code lies in the tree of one day.

    `code` is the area that answers for it: the township, or the district or city where the given code names
    nothing lower or the district has no townships. `place_code` is the community, kept even when it is retired.
    """

    given_code: AreaCode
    code: AreaCode
    tier: Tier
    district_code: AreaCode | None
    township_code: AreaCode | None
    place_code: AreaCode | None
    was_retired: bool


class AreaTree:
    """All areas by code. Immutable; every lookup is a dict access, or a walk of at most five steps."""

    __slots__ = ("_areas", "_below", "_districts", "_townships")

    def __init__(self, areas: Iterable[Area]) -> None:
        """Raises BrokenAreaTree with every contradiction: stop at start-up."""
        listed = tuple(areas)
        by_code: dict[str, Area] = {area.code: area for area in listed}
        _refuse_contradictions(listed, by_code)
        below: dict[str, list[Area]] = {}
        for area in by_code.values():
            if area.parent_code is not None:
                below.setdefault(area.parent_code, []).append(area)
        self._areas: Mapping[str, Area] = by_code
        self._below: Mapping[str, tuple[Area, ...]] = {code: tuple(lower) for code, lower in below.items()}
        self._districts = tuple(area for area in by_code.values() if area.kind is AreaKind.DISTRICT)
        self._townships = tuple(area for area in by_code.values() if area.kind is AreaKind.TOWNSHIP)

    def __iter__(self) -> Iterator[Area]:
        """Every area of every version, in the order of the files: city, districts, townships, communities."""
        return iter(self._areas.values())

    def __len__(self) -> int:
        return len(self._areas)

    def __contains__(self, code: object) -> bool:
        """The code exists or existed, whatever the day."""
        return code in self._areas

    def area(self, code: str) -> Area:
        """The area of this code, in force or not. Raises UnknownArea: refuse what carries the code."""
        try:
            return self._areas[code]
        except KeyError:
            raise UnknownArea(f"area code {code!r} never existed") from None

    def resolve(self, code: str, on: date) -> ResolvedArea | None:
        """Where this code lies on that Beijing day; None when it never existed: refuse what carries it.

        A community that the tree does not know is None too, even below a known township: it never existed.
        """
        given = self._areas.get(code)
        if given is None:
            return None
        standing = self._standing(given, on)
        if standing.kind is AreaKind.COMMUNITY and standing.parent_code is not None:
            standing = self._standing(self._areas[standing.parent_code], on)
        is_township = standing.kind is AreaKind.TOWNSHIP
        district = standing.parent_code if is_township else standing.code
        return ResolvedArea(
            given_code=given.code,
            code=standing.code,
            tier=_TIER_OF_KIND[standing.kind],
            district_code=None if standing.kind is AreaKind.CITY else district,
            township_code=standing.code if is_township else None,
            place_code=given.code if given.kind is AreaKind.COMMUNITY else None,
            was_retired=given.is_retired(on),
        )

    def parent(self, code: str) -> AreaCode | None:
        """The code one step up, None above the city. Raises UnknownArea."""
        return self.area(code).parent_code

    def path(self, code: str) -> tuple[AreaCode, ...]:
        """From the city down to this code itself, by its own version of the tree. Raises UnknownArea."""
        area = self.area(code)
        above = () if area.parent_code is None else self.path(area.parent_code)
        return (*above, area.code)

    def children(self, code: str, on: date) -> tuple[AreaCode, ...]:
        """The areas directly below that are in force on that day; none for an unknown code."""
        return tuple(child.code for child in self._below.get(code, ()) if child.is_in_force(on))

    def is_within(self, code: str, ancestor: str) -> bool:
        """The code is the ancestor, lies below it, or was succeeded by something that does.

        False for an unknown code, so that a scope check denies. It takes no day: a retired township is within
        its old district and within the successor; the successor is never within the retired one.
        """
        area = self._areas.get(code)
        if area is None:
            return False
        if code == ancestor:
            return True
        above = (area.parent_code, area.successor)
        return any(self.is_within(upper, ancestor) for upper in above if upper is not None)

    def tier_of(self, code: str) -> Tier:
        """The tier that commands there; for a community its township's. Raises UnknownArea."""
        return _TIER_OF_KIND[self.area(code).kind]

    def name_zh(self, code: str) -> str:
        """The area's own name: 涂山镇. Raises UnknownArea."""
        return self.area(code).name

    def full_name_zh(self, code: str) -> str:
        """The name with everything above it: 重庆市南岸区涂山镇. Raises UnknownArea."""
        return "".join(self.area(step).name for step in self.path(code))

    def districts(self, on: date) -> tuple[AreaCode, ...]:
        """Every district and county in force on that day."""
        return tuple(area.code for area in self._districts if area.is_in_force(on))

    def townships(self, on: date) -> tuple[AreaCode, ...]:
        """Every township in force on that day."""
        return tuple(area.code for area in self._townships if area.is_in_force(on))

    def _standing(self, area: Area, on: date) -> Area:
        while area.is_retired(on) and area.successor is not None:
            area = self._areas[area.successor]
        return area


@lru_cache(maxsize=1)
def area_tree() -> AreaTree:
    """The tree that is shipped, read once (under 0.1 s). Raises BrokenAreaTree: stop at start-up."""
    return AreaTree([*_read("areas.csv", None), *_read("communities.csv", AreaKind.COMMUNITY)])


@lru_cache(maxsize=1)
def city_code() -> AreaCode:
    """The one area that has none above it."""
    return next(area.code for area in area_tree() if area.kind is AreaKind.CITY)


def _read(file_name: str, kind: AreaKind | None) -> Iterator[Area]:
    for row in rows(file_name):
        yield Area(
            code=AreaCode(row["code"]),
            name=row["name"],
            kind=kind or AreaKind(row["kind"]),
            parent_code=AreaCode(row["parent_code"]) if row["parent_code"] else None,
            valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            successor=AreaCode(row["successor"]) if row["successor"] else None,
        )


def _refuse_contradictions(listed: tuple[Area, ...], areas: Mapping[str, Area]) -> None:
    faults = [fault for area in listed for fault in _faults_of(area, areas)]
    if faults:
        raise BrokenAreaTree("; ".join(faults))


def _faults_of(area: Area, areas: Mapping[str, Area]) -> Iterator[str]:
    if areas[area.code] is not area:
        yield f"{area.code}: listed twice"
    if (area.parent_code is None) != (area.kind is AreaKind.CITY):
        yield f"{area.code}: only the city has no parent"
    if area.parent_code is not None:
        parent = areas.get(area.parent_code)
        if parent is None:
            yield f"{area.code}: parent {area.parent_code} is not in the tree"
        elif parent.valid_to is not None and area.valid_to is None:
            yield f"{area.code}: in force below {parent.code}, which is retired"
    if (area.valid_to is None) != (area.successor is None):
        yield f"{area.code}: valid_to and successor must be given together, or its reports would be lost"
    if area.successor is not None and area.valid_to is not None:
        successor = areas.get(area.successor)
        if successor is None or successor.is_retired(area.valid_to):
            yield f"{area.code}: successor {area.successor} is not in force on {area.valid_to}"
