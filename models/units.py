"""Units: a department of one area, written `area:department` (`500108:fire`), and who answers for what.

For: the closed set of departments, the tiers at which each has a unit, the way up when a unit is silent or
refuses, and lead and support per category, read once from `reference/`. Must never enter: tasks, deadlines, how
often a unit is asked (rulebook), and people. Departments, tiers, office names and responsibilities are ours: see
`reference/SOURCES.md`.

A unit's code outlives its area: a command to `500112:fire` can still be read after that district is gone.
`unit_for` and `superior` name only units that stand on the given Beijing day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from models.areas import AreaKind, ResolvedArea, UnknownArea, area_tree
from models.categories import Category
from models.identifiers import AreaCode, UnitCode
from models.reference import rows
from models.vocabulary import Tier

_SEPARATOR = ":"


class UnknownUnit(LookupError):
    """No unit has this code: its area never existed, or has no such department. Refuse what carries it."""


class Department(StrEnum):
    """部门. Power and gas are utilities; the township itself is its own command room."""

    EMERGENCY = "emergency"  # 应急管理
    FIRE = "fire"  # 消防救援
    POLICE = "police"  # 公安
    HEALTH = "health"  # 卫生健康
    TRANSPORT = "transport"  # 交通运输
    MARKET_SUPERVISION = "market_supervision"  # 市场监管
    ENVIRONMENT = "environment"  # 生态环境
    WATER = "water"  # 水利
    PLANNING_RESOURCES = "planning_resources"  # 规划自然资源
    METEOROLOGY = "meteorology"  # 气象
    HOUSING = "housing"  # 住房城乡建设
    EDUCATION = "education"  # 教育
    POWER_GAS = "power_gas"  # 电力燃气
    TOWNSHIP = "township"  # 镇街本身

    @property
    def beyond_township(self) -> "Department":
        """The department that answers where there is no township: for `township`, emergency management."""
        return Department.EMERGENCY if self is Department.TOWNSHIP else self


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """`offices_zh` has an entry for each tier at which the department has a unit: that unit's office name."""

    department: Department
    name_zh: str
    name_en: str
    offices_zh: Mapping[Tier, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """One department of one area."""

    code: UnitCode
    area_code: AreaCode
    department: Department
    tier: Tier
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Responsibility:
    """牵头 and 配合 for one category. `source` is the clause, or `ours`."""

    category: Category
    lead: Department
    supports: tuple[Department, ...]
    source: str


@lru_cache(maxsize=1)
def departments() -> Mapping[Department, DepartmentFacts]:
    """All departments in the order of the file. Raises ValueError on an unknown word: stop at start-up."""
    return MappingProxyType({facts.department: facts for facts in map(_facts_of, rows("departments.csv"))})


@lru_cache(maxsize=1)
def responsibilities() -> Mapping[Category, Responsibility]:
    """Who leads and who supports, per category. Raises ValueError on an unknown word: stop at start-up."""
    read = map(_responsibility_of, rows("responsibilities.csv"))
    return MappingProxyType({responsibility.category: responsibility for responsibility in read})


def responsible(category: Category) -> Responsibility:
    """Who leads and who supports when this category happens; every category has a row."""
    return responsibilities()[category]


def unit_code(area_code: str, department: Department) -> UnitCode:
    """Write a unit's code. It is not checked against the tree: `parse_unit` does that."""
    return UnitCode(f"{area_code}{_SEPARATOR}{department.value}")


def parse_unit(code: str) -> Unit:
    """The unit that a code names, whether or not its area still stands.

    Raises UnknownUnit, with the part that is wrong: refuse the message that carries the code.
    """
    area_code, separator, word = code.partition(_SEPARATOR)
    if not separator or word not in Department.__members__.values():
        raise UnknownUnit(f"unit code {code!r}: expected area:department with a known department")
    tree, department = area_tree(), Department(word)
    if area_code not in tree or tree.area(area_code).kind is AreaKind.COMMUNITY:
        raise UnknownUnit(f"unit code {code!r}: no city, district or township ever had that area code")
    tier, facts = tree.tier_of(area_code), departments()[department]
    if tier not in facts.offices_zh:
        raise UnknownUnit(f"unit code {code!r}: {department.value} has no unit at the {tier.value} tier")
    area_name = tree.full_name_zh(area_code)
    return Unit(
        code=UnitCode(code),
        area_code=AreaCode(area_code),
        department=department,
        tier=tier,
        name_zh=area_name + facts.offices_zh[tier],
        name_en=f"{facts.name_en}, {area_name}",
    )


def unit_for(area_code: str, department: Department, tier: Tier, on: date) -> UnitCode:
    """The unit of this department that answers at this tier for this place, on that Beijing day.

    Where the place has no such tier (a district without townships, a code that names only the city) or the
    department has no unit there, the next tier up answers; beyond a township, emergency management answers for
    `township`, so two departments of one plan can come out as one unit. Raises UnknownArea: refuse what carries
    the code.
    """
    place = area_tree().resolve(area_code, on)
    if place is None:
        raise UnknownArea(f"area code {area_code!r} never existed")
    is_low = tier is Tier.TOWNSHIP and place.township_code is not None
    answering = department if is_low else department.beyond_township
    offices = departments()[answering].offices_zh
    return next(unit_code(code, answering) for at, code in _upward(place, tier) if at in offices)


def superior(code: str, on: date) -> UnitCode | None:
    """The unit that takes over when this one is silent or refuses, on that Beijing day; None above the city.

    For a unit of a retired township that is its district of today. Raises UnknownUnit.
    """
    unit = parse_unit(code)
    above = unit.tier.above
    return None if above is None else unit_for(unit.area_code, unit.department, above, on)


def _upward(place: ResolvedArea, tier: Tier) -> Iterator[tuple[Tier, AreaCode]]:
    by_tier = {Tier.TOWNSHIP: place.township_code, Tier.DISTRICT: place.district_code}
    by_tier[Tier.CITY] = area_tree().path(place.code)[0]
    at: Tier | None = tier
    while at is not None:
        if (code := by_tier[at]) is not None:
            yield at, code
        at = at.above


def _facts_of(row: Mapping[str, str]) -> DepartmentFacts:
    offices = {tier: row[f"{tier.value}_office_zh"] for tier in Tier}
    return DepartmentFacts(
        department=Department(row["department"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        offices_zh=MappingProxyType({tier: office for tier, office in offices.items() if office}),
    )


def _responsibility_of(row: Mapping[str, str]) -> Responsibility:
    return Responsibility(
        category=Category(row["category"]),
        lead=Department(row["lead"]),
        supports=tuple(Department(word) for word in row["supports"].split()),
        source=row["source"],
    )
