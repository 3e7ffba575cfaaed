"""Storm: one flood that comes over forty townships of a district, and five other events that happen under its cover.

All six are real, and those five are told by few. One of them, a slope that gives way, is of the flood's own family.
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from models.categories import Category
from models.identifiers import AreaCode
from tests.storm.events import BEGAN, StormEvent, scene_in
from tests.storm.generator import told
from tests.storm.ground import townships_of
from tests.storm.telling import Telling

FLOOD = "flood"
HIDDEN = (
    Category.GEOLOGICAL,
    Category.FIRE,
    Category.ROAD_TRAFFIC,
    Category.FOOD_POISONING,
    Category.CRIME,
)
FULL_REPORTS = 50_000
_DISTRICT = AreaCode("500101")  # 万州区, the only one with well over forty townships
_TOWNSHIPS = 40
_SPOTS_OF_EACH = 5
_LASTS_SECONDS = 7_200


@dataclass(frozen=True, slots=True)
class Storm:
    """`tellings` in the order of arrival; `flooded` are the townships under water."""

    tellings: tuple[Telling, ...]
    flooded: frozenset[AreaCode]


def storm(seed: int, reports: int = FULL_REPORTS, hidden_reports: int = 15) -> Storm:
    """So many reports of the flood in two hours, and so many of each of the five others."""
    random = Random(f"storm {seed}")
    flooded = random.sample(townships_of()[_DISTRICT], _TOWNSHIPS)
    flood = StormEvent(
        event_id=FLOOD,
        category=Category.FLOOD,
        scenes=tuple(
            scene_in(code, Category.FLOOD, random) for code in flooded for _ in range(_SPOTS_OF_EACH)
        ),
        began_at=BEGAN,
        lasts_seconds=_LASTS_SECONDS,
        reports=reports,
    )
    others = (_hidden(category, hidden_reports, flooded, random) for category in HIDDEN)
    return Storm(told(seed, (flood, *others)), frozenset(flooded))


def _hidden(category: Category, reports: int, flooded: list[AreaCode], random: Random) -> StormEvent:
    """One of the others, in a township that is under water like its neighbours."""
    return StormEvent(
        event_id=category.value,
        category=category,
        scenes=(scene_in(random.choice(flooded), category, random),),
        began_at=BEGAN + timedelta(seconds=random.randint(600, _LASTS_SECONDS // 2)),
        lasts_seconds=_LASTS_SECONDS // 3,
        reports=reports,
    )
