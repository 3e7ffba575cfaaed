"""Words: the names that a screen writes for codes: areas, categories and departments, Chinese and English."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from models.areas import area_tree
from models.categories import category_facts
from models.units import departments
from workflows.rulebook_packs import GradingPack

_CITY_AND_BELOW = ("city", "district", "township")


@lru_cache(maxsize=4)
def words(on: date) -> Mapping[str, Any]:
    """By code: [name, code of the area above, in force on that day]; by category and department: [zh, en]."""
    tree = area_tree()
    return {
        "areas": {
            area.code: [area.name, area.parent_code, area.is_in_force(on)]
            for area in tree
            if area.kind in _CITY_AND_BELOW
        },
        "categories": {
            facts.category.value: [facts.name_zh, facts.name_en] for facts in category_facts().values()
        },
        "departments": {
            facts.department.value: [facts.name_zh, facts.name_en] for facts in departments().values()
        },
    }


def sources_of(packs: Iterable[GradingPack]) -> dict[str, str]:
    """What each source of grading is called in Chinese, by the English words that the log has for it."""
    told: dict[str, str] = {}
    for pack in packs:
        told |= {line.source: line.source_zh for line in pack.lines}
        told |= {line.source: line.source_zh for line in pack.expert_lines}
    return told
