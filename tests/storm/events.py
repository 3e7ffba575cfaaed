"""Events: what truly happens in a generated day, clusters of the same family close to each other among it.

Two events of a cluster lie in different townships of one district, and begin within the half hour; a few lie in the
same township, told apart by their landmarks alone. Must never enter: how anybody tells of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from models.categories import Category, Family
from models.identifiers import AreaCode
from models.messages.report import Facts
from tests.storm.ground import Spot, spot_in, townships_of
from tests.storm.phrasebook import Phrasebook, phrasebooks

BEGAN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
_CLUSTER_SIZES = (1, 1, 2, 2, 3)
_CLUSTER_SPREAD_SECONDS = 1_800
_LASTS_SECONDS = (1_800, 7_200)
_FELT_WIDELY = frozenset({Family.EARTHQUAKE})  # two at once in one district cannot be told apart by anybody
_FRACTIONAL = frozenset({"magnitude", "burnt_hectares"})


@dataclass(frozen=True, slots=True)
class Scene:
    """One place of an event: where, its totals in the end, and what the things there are called."""

    spot: Spot
    facts: Facts
    details: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class StormEvent:
    """The label. `is_crowded`: another event of the family shares the township, and reports name the landmark."""

    event_id: str
    category: Category
    scenes: tuple[Scene, ...]
    began_at: datetime
    lasts_seconds: int
    reports: int
    is_crowded: bool = False

    @property
    def family(self) -> Family:
        """What witnesses may confuse it with."""
        return self.category.facts.family


@dataclass(frozen=True, slots=True)
class DayPlan:
    """How much happens: events, the reports of each, over how many hours, and the share of crowded clusters."""

    events: int = 24
    reports_of_each: tuple[int, int] = (3, 24)
    hours: float = 6.0
    crowded_ratio: float = 0.05
    categories: tuple[Category, ...] = ()


def events_of_day(plan: DayPlan, random: Random) -> tuple[StormEvent, ...]:
    """All events of the day, cluster by cluster."""
    taken: dict[Family, set[AreaCode]] = defaultdict(set)
    found: list[StormEvent] = []
    while len(found) < plan.events:
        size = min(random.choice(_CLUSTER_SIZES), plan.events - len(found))
        found += _cluster(plan, size, len(found) + 1, taken, random)
    return tuple(found)


def _cluster(
    plan: DayPlan, size: int, number: int, taken: dict[Family, set[AreaCode]], random: Random
) -> Iterator[StormEvent]:
    categories = plan.categories or tuple(phrasebooks())
    family = random.choice(categories).facts.family
    relatives = [category for category in categories if category.facts.family is family]
    if family in _FELT_WIDELY:
        size = 1
    townships = _free_townships(taken[family], size, random)
    if size > 1 and (is_crowded := random.random() < plan.crowded_ratio):
        townships = [townships[0]] * size
    else:
        is_crowded = False
    taken[family].update(townships)
    began_at = BEGAN + timedelta(seconds=random.randint(0, round(plan.hours * 3_600)))
    used: list[Scene] = []
    for offset, township in enumerate(townships):
        category = random.choice(relatives)
        used.append(scene_in(township, category, random, unlike=used))
        yield StormEvent(
            event_id=f"e{number + offset}",
            category=category,
            scenes=(used[-1],),
            began_at=began_at + timedelta(seconds=random.randint(0, _CLUSTER_SPREAD_SECONDS)),
            lasts_seconds=random.randint(*_LASTS_SECONDS),
            reports=random.randint(*plan.reports_of_each),
            is_crowded=is_crowded,
        )


def _free_townships(taken: set[AreaCode], size: int, random: Random) -> list[AreaCode]:
    """Townships of one district where nothing of the family has happened."""
    districts = townships_of()
    while True:
        free = [code for code in districts[random.choice(tuple(districts))] if code not in taken]
        if len(free) >= size:
            return random.sample(free, size)


def scene_in(township: AreaCode, category: Category, random: Random, unlike: Sequence[Scene] = ()) -> Scene:
    """Some scene of this category there, with another landmark and other things than those it must not be like."""
    book = phrasebooks()[category]
    landmarks = {scene.spot.landmark for scene in unlike}
    things = {scene.details["thing"] for scene in unlike}
    while (spot := spot_in(township, random)).landmark in landmarks:
        continue
    return Scene(spot, _totals(category, random), _details(book, things, random))


def _details(
    book: Phrasebook, unlike: Collection[tuple[str, ...]], random: Random
) -> dict[str, tuple[str, ...]]:
    """What the things are called; no `thing` as in the events it must not be like, as far as there are others."""
    rows = book.details["thing"]
    free = [row for row in range(len(rows)) if rows[row] not in unlike] or range(len(rows))
    row = random.choice(free)
    chosen = {
        name: names[row] if book.is_paired else random.choice(names) for name, names in book.details.items()
    }
    return chosen | {"thing": rows[row]}


def _totals(category: Category, random: Random) -> Facts:
    """The totals in the end; most events have few of them. Serious injuries are among the injuries."""
    totals: dict[str, float] = {}
    for name, total in phrasebooks()[category].totals.items():
        if random.random() < total.ratio:
            # Small numbers are the most frequent by far.
            value = total.lowest + (total.highest - total.lowest) * random.random() ** 3
            totals[name] = round(value, 1) if name in _FRACTIONAL else int(value)
    if "direct_loss_yuan" in totals:
        totals["direct_loss_yuan"] = round(totals["direct_loss_yuan"], -4)
    if "serious" in totals:
        totals["injured"] = max(totals.get("injured", 0), totals["serious"])
    return Facts.model_validate(
        {name: value if name in _FRACTIONAL else int(value) for name, value in totals.items()}
    )
