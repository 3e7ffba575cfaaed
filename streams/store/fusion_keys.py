"""Fusion keys: by what incidents are looked up for a report, each key an index away and only so many rows long.

A report asks for the incidents of its family in its township and in its district, for all of its township, since a
category may be unknown or read wrong, and for what is wide in the whole city. Of each key the incidents reported last
are taken. Must never enter: which of them it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from heapq import nsmallest
from typing import NamedTuple

from sqlalchemy import RowMapping, Select, bindparam, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.categories import Category
from models.identifiers import IncidentId
from models.likeness import Likeness
from models.tables import INCIDENTS
from models.vocabulary import Status
from streams.store.statements import Row
from workflows.judgement.account import Account
from workflows.judgement.fusion import Candidate
from workflows.judgement.sketching import locality_of
from workflows.rulebook import Fusion

_AT_ONCE = (
    16  # keys in one statement; fewer are filled up with a key that nothing has, so that it compiles once
)
_LONGEST = timedelta(days=3)  # an event that lasted longer after a late report is not looked for
_NOWHERE = "-"
UNKNOWN_FAMILY = ""


class Scope(StrEnum):
    """How far a key reaches."""

    TOWNSHIP = "township"
    ANY_FAMILY = "any_family"
    DISTRICT = "district"
    CITY = "city"


class Key(NamedTuple):
    """One look-up. `area` is a township's or district's code and `family` a category's, where the scope asks for it."""

    scope: Scope
    area: str = ""
    family: str = UNKNOWN_FAMILY


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key and the moment around which incidents are wanted."""

    key: Key
    at: datetime


@dataclass(frozen=True)
class Found:
    """An incident, the keys that it stands under, and enough to tell how close it is; the rest is read when asked for.

    `likeness` is as the row has it, or as this batch has made it.
    """

    incident_id: IncidentId
    opened_at: datetime
    locality: str
    district_code: str | None
    reported_from: datetime
    reported_to: datetime
    keys: frozenset[Key]
    is_open: bool
    likeness: Likeness | bytes

    @cached_property
    def candidate(self) -> Candidate:
        """What fusion compares. Reading it costs more than finding the row, so ask for the close ones only."""
        known = self.likeness
        read = known if isinstance(known, Likeness) else Likeness.model_validate_json(known)
        return Candidate(self.incident_id, self.opened_at, read)

    def keys_as(self, category: Category | None, rules: Fusion) -> frozenset[Key]:
        """The keys that it stands under once it is known to be that."""
        return _all_keys(self.locality, self.district_code, category, rules)

    def closeness(self, mine: "Found") -> tuple[bool, timedelta, datetime, IncidentId]:
        """Sorts those of the same locality first, then the closest in time, the older of equals."""
        apart = max(self.reported_from - mine.reported_to, mine.reported_from - self.reported_to, timedelta())
        return (self.locality != mine.locality, apart, self.opened_at, self.incident_id)


def closest(mine: Found, found: Iterable[Found], rules: Fusion) -> list[Found]:
    """Those that fusion would compare first, whichever key has found them."""
    most, known = rules.candidates_compared, list(found)
    if len(known) <= most:
        return known
    beside = [one for one in known if one.locality == mine.locality]
    # Those of the same locality come first anyway: when they are enough, the others need not be looked at.
    return nsmallest(most, beside if len(beside) >= most else known, key=lambda one: one.closeness(mine))


def found_of(account: Account, incident_id: IncidentId, likeness: Likeness, rules: Fusion) -> Found:
    """A report as the incident that it would open."""
    at, place, keys = account.report.reported_at, account.place, stood_under(account, rules)
    return Found(
        incident_id,
        at,
        locality_of(place),
        place.district_code,
        at,
        at,
        keys,
        is_open=True,
        likeness=likeness,
    )


def family_of(category: Category | None) -> str:
    """The family as the column has it."""
    return UNKNOWN_FAMILY if category is None else category.facts.family.value


def asked_by(account: Account, rules: Fusion) -> tuple[Key, ...]:
    """The keys under which a report's incident may stand; what does not say what it is may be of any that is wide."""
    wide = rules.wide if account.category is None or account.category.is_vague else ()
    spread = {Key(Scope.CITY, "", family_of(category)) for category in wide}
    return tuple(sorted(stood_under(account, rules) | spread))


def stood_under(account: Account, rules: Fusion) -> frozenset[Key]:
    """The keys under which the incident that this report opens stands."""
    return _all_keys(locality_of(account.place), account.place.district_code, account.category, rules)


def _all_keys(
    locality: str, district_code: str | None, category: Category | None, rules: Fusion
) -> frozenset[Key]:
    return frozenset({Key(Scope.ANY_FAMILY, locality), *_keys(locality, district_code, category, rules)})


def _keys(
    locality: str, district_code: str | None, category: Category | None, rules: Fusion
) -> Iterator[Key]:
    family = family_of(category)
    yield Key(Scope.TOWNSHIP, locality, family)
    if category is None:
        return
    if district_code is not None:
        yield Key(Scope.DISTRICT, district_code, family)
    if category in rules.wide:
        yield Key(Scope.CITY, "", family)


_COLUMNS = (
    INCIDENTS.c.incident_id,
    INCIDENTS.c.locality,
    INCIDENTS.c.district_code,
    INCIDENTS.c.category,
    INCIDENTS.c.opened_at,
    INCIDENTS.c.first_reported_at,
    INCIDENTS.c.last_reported_at,
    INCIDENTS.c.status,
    INCIDENTS.c.likeness,
)
_BY_ID = select(*_COLUMNS).where(
    INCIDENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)),
    INCIDENTS.c.status != Status.MERGED.value,
)


async def near(connection: AsyncConnection, wanted: Iterable[Wanted], rules: Fusion) -> list[Found]:
    """Incidents that stand under these keys and were reported within a window of those moments, a few for each key.

    Who asks for a family of a township asks for all of that township, too (`stood_under`): where that brings all
    there is, the family is among it.
    """
    most, bounds = rules.candidates_compared, _bounds(wanted, rules)
    found = await _walked(connection, Scope.ANY_FAMILY, bounds.pop(Scope.ANY_FAMILY, ()), most)
    of_area = Counter(row["locality"] for row in found)
    for scope, keys in bounds.items():
        asked = [one for one in keys if scope is not Scope.TOWNSHIP or of_area[one["area"]] >= most]
        found += await _walked(connection, scope, asked, most)
    return [_found(row, rules) for row in {row["incident_id"]: row for row in found}.values()]


async def _walked(
    connection: AsyncConnection, scope: Scope, bounds: Sequence[Row], most: int
) -> list[RowMapping]:
    """What the walks of one scope bring; some of it perhaps twice."""
    filled = [*bounds, *[_nothing(scope)] * (-len(bounds) % _AT_ONCE)]
    rows: list[RowMapping] = []
    for at in range(0, len(filled), _AT_ONCE):
        chunk = filled[at : at + _AT_ONCE]
        values = {f"{name}_{n}": value for n, one in enumerate(chunk) for name, value in one.items()}
        rows += (await connection.execute(_near(scope), {**values, "most": most})).mappings()
    return rows


async def by_id(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId], rules: Fusion
) -> list[Found]:
    """Those of these incidents that exist and live on in themselves."""
    ids = sorted(set(incident_ids))
    if not ids:
        return []
    rows = await connection.execute(_BY_ID, {"incident_ids": ids})
    return [_found(row, rules) for row in rows.mappings()]


@cache
def _near(scope: Scope) -> Select[tuple[object, ...]]:
    """For `_AT_ONCE` keys of this scope, the incidents reported last; each key is one walk down its index."""
    walks = [select(_walk(scope, number).subquery()) for number in range(_AT_ONCE)]
    return select(union_all(*walks).subquery())


def _walk(scope: Scope, number: int) -> Select[tuple[object, ...]]:
    last = INCIDENTS.c.last_reported_at
    areas = {Scope.TOWNSHIP: INCIDENTS.c.locality, Scope.ANY_FAMILY: INCIDENTS.c.locality}
    areas[Scope.DISTRICT] = INCIDENTS.c.district_code
    walk = select(*_COLUMNS).where(
        last >= bindparam(f"not_before_{number}"),
        last <= bindparam(f"not_long_after_{number}"),
        INCIDENTS.c.first_reported_at <= bindparam(f"not_after_{number}"),
        INCIDENTS.c.status != Status.MERGED.value,
    )
    if scope in areas:
        walk = walk.where(areas[scope] == bindparam(f"area_{number}"))
    if scope is not Scope.ANY_FAMILY:
        walk = walk.where(INCIDENTS.c.family == bindparam(f"family_{number}"))
    return walk.order_by(last.desc()).limit(bindparam("most"))


def _bounds(wanted: Iterable[Wanted], rules: Fusion) -> dict[Scope, list[Row]]:
    """For each key the values of its walk, around all the moments at which it is wanted."""
    moments: dict[Key, tuple[datetime, datetime]] = {}
    for one in wanted:
        first, last = moments.get(one.key, (one.at, one.at))
        moments[one.key] = (min(first, one.at), max(last, one.at))
    bounds: dict[Scope, list[Row]] = {}
    window = timedelta(seconds=rules.wide_reach.window_seconds)
    for key, (first, last) in moments.items():
        bounds.setdefault(key.scope, []).append(_values(key, first - window, last + window))
    return bounds


def _values(key: Key, not_before: datetime, not_after: datetime) -> Row:
    values: Row = {
        "not_before": not_before,
        "not_after": not_after,
        "not_long_after": not_after + _LONGEST,
    }
    if key.scope is not Scope.CITY:
        values["area"] = key.area
    if key.scope is not Scope.ANY_FAMILY:
        values["family"] = key.family
    return values


def _nothing(scope: Scope) -> Row:
    never = datetime(2000, 1, 1, tzinfo=UTC)
    return _values(Key(scope, _NOWHERE, _NOWHERE), never, never)


def _found(row: RowMapping, rules: Fusion) -> Found:
    category = None if row["category"] is None else Category(row["category"])
    return Found(
        incident_id=IncidentId(row["incident_id"]),
        opened_at=row["opened_at"],
        locality=row["locality"],
        district_code=row["district_code"],
        reported_from=row["first_reported_at"],
        reported_to=row["last_reported_at"],
        keys=_all_keys(row["locality"], row["district_code"], category, rules),
        is_open=row["status"] == Status.OPEN.value,
        likeness=row["likeness"],
    )
