"""What kind of event a report is about: our own stable ids, their classes, names and families.

For: the closed set that stands in messages, plans and heat boards, and the facts about each member, read once
from `reference/categories.csv`. Must never enter: levels, thresholds, plans (rulebook) and who is responsible
(`models.units`). The four statutory classes and their sub-classes are the general plan's; the splits needed to
tell fires, gas and road accidents apart, the ids and the families are ours. `reference/SOURCES.md` says which is
which.

The ids are no code of any national standard. The five-character warning codes that deployed software uses stand
in a table of their own, `reference/warning_codes.csv`, to be replaced without touching an id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from models.reference import rows


class CategoryClass(StrEnum):
    """The four statutory classes, and what belongs to none."""

    NATURE = "nature"  # 自然灾害
    ACCIDENT = "accident"  # 事故灾难
    HEALTH = "health"  # 公共卫生事件
    SOCIETY = "society"  # 社会安全事件
    OTHER = "other"  # 其他

    @property
    def name_zh(self) -> str:
        """The statutory name."""
        return _CLASS_NAMES[self][0]

    @property
    def name_en(self) -> str:
        """The English name that screen and documents use."""
        return _CLASS_NAMES[self][1]


_CLASS_NAMES: Mapping[CategoryClass, tuple[str, str]] = MappingProxyType(
    {
        CategoryClass.NATURE: ("自然灾害", "Natural disaster"),
        CategoryClass.ACCIDENT: ("事故灾难", "Accident"),
        CategoryClass.HEALTH: ("公共卫生事件", "Public health event"),
        CategoryClass.SOCIETY: ("社会安全事件", "Social security incident"),
        CategoryClass.OTHER: ("其他", "Other"),
    }
)


class Category(StrEnum):
    """`class.sub`, stable for ever; the meaning of each stands in categories.csv."""

    FLOOD = "nature.flood"  # 洪涝
    DROUGHT = "nature.drought"  # 干旱
    WEATHER = "nature.weather"  # 气象
    EARTHQUAKE = "nature.earthquake"  # 地震
    GEOLOGICAL = "nature.geological"  # 地质
    OCEAN = "nature.ocean"  # 海洋
    BIOLOGICAL = "nature.biological"  # 生物
    FOREST_FIRE = "nature.forest_fire"  # 森林草原火灾
    NATURE_OTHER = "nature.other"
    INDUSTRIAL = "accident.industrial"  # 工矿商贸
    ROAD_TRAFFIC = "accident.road_traffic"  # 道路交通
    TRANSPORT = "accident.transport"  # 铁路、水上、航空
    FIRE = "accident.fire"  # 火灾
    GAS = "accident.gas"  # 燃气
    PUBLIC_FACILITY = "accident.public_facility"  # 公共设施和设备
    NUCLEAR_RADIATION = "accident.nuclear_radiation"  # 核与辐射
    ENVIRONMENT = "accident.environment"  # 环境污染和生态破坏
    ACCIDENT_OTHER = "accident.other"
    EPIDEMIC = "health.epidemic"  # 传染病
    UNEXPLAINED_ILLNESS = "health.unexplained_illness"  # 群体性不明原因疾病
    FOOD_POISONING = "health.food_poisoning"  # 食品安全
    OCCUPATIONAL = "health.occupational"  # 职业危害
    ANIMAL_EPIDEMIC = "health.animal_epidemic"  # 动物疫情
    HEALTH_OTHER = "health.other"
    CRIME = "society.crime"  # 重大刑事案件
    TERRORIST_ATTACK = "society.terrorist_attack"  # 恐怖袭击
    ETHNIC_RELIGIOUS = "society.ethnic_religious"  # 民族宗教
    ECONOMIC_SECURITY = "society.economic_security"  # 经济安全
    FOREIGN_RELATED = "society.foreign_related"  # 涉外
    MASS_INCIDENT = "society.mass_incident"  # 群体性
    SOCIETY_OTHER = "society.other"
    OTHER = "other"  # of no class: what a report without a category is

    @property
    def is_vague(self) -> bool:
        """It says of what class it is, or not even that."""
        return self.rpartition(".")[2] == "other"

    @property
    def facts(self) -> "CategoryFacts":
        """What categories.csv says about it."""
        return category_facts()[self]


class Family(StrEnum):
    """Categories that two witnesses of one event may well confuse; fusion compares within one family only."""

    STORM = "storm"  # flood, weather and the slope that gives way
    DROUGHT = "drought"
    EARTHQUAKE = "earthquake"
    OCEAN = "ocean"
    BIOLOGICAL = "biological"  # pests and animal epidemics
    FIRE = "fire"  # fire, gas, industry, forest
    TRAFFIC = "traffic"
    FACILITY = "facility"
    POLLUTION = "pollution"
    ILLNESS = "illness"
    ATTACK = "attack"  # crime and terror
    UNREST = "unrest"
    ECONOMIC = "economic"
    FOREIGN = "foreign"
    NATURE_OTHER = "nature_other"
    ACCIDENT_OTHER = "accident_other"
    HEALTH_OTHER = "health_other"
    SOCIETY_OTHER = "society_other"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """`may_warn`: a statutory warning colour exists; society has one only by reference, so it may not."""

    category: Category
    name_zh: str
    name_en: str
    category_class: CategoryClass
    family: Family
    may_warn: bool
    aliases_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WarningCode:
    """A five-character code of deployed national warning software and the category it falls under."""

    code: str
    name_zh: str
    category: Category


@lru_cache(maxsize=1)
def category_facts() -> Mapping[Category, CategoryFacts]:
    """All categories, in the file's order. Raises ValueError or KeyError on an unknown word: stop at start-up."""
    return MappingProxyType({facts.category: facts for facts in map(_facts_of, rows("categories.csv"))})


@lru_cache(maxsize=1)
def warning_codes() -> Mapping[str, WarningCode]:
    """The verified warning codes; most categories have none, and none may be invented for them."""
    codes = (WarningCode(r["code"], r["name_zh"], Category(r["category"])) for r in rows("warning_codes.csv"))
    return MappingProxyType({code.code: code for code in codes})


def category_named(name_zh: str) -> Category | None:
    """The category with exactly this Chinese name or alias (交通事故, 食物中毒); None when there is none."""
    return _by_name_zh().get(name_zh)


@lru_cache(maxsize=1)
def _by_name_zh() -> Mapping[str, Category]:
    return {name: f.category for f in category_facts().values() for name in (f.name_zh, *f.aliases_zh)}


def _facts_of(row: Mapping[str, str]) -> CategoryFacts:
    return CategoryFacts(
        category=Category(row["category"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category_class=CategoryClass(row["class"]),
        family=Family(row["family"]),
        may_warn={"yes": True, "no": False}[row["may_warn"]],
        aliases_zh=tuple(row["aliases_zh"].split(";")) if row["aliases_zh"] else (),
    )
