"""Guidance 防范指引: what people are told to do, by category, else by class; the texts are in `guidance.csv`.

Every text there is ours. CAP's words for what to do (`responses`) stand beside each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from models.categories import Category
from models.reference import rows
from models.vocabulary import Nature


class Response(StrEnum):
    """CAP's closed list of what to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to do, in two languages and in CAP's words."""

    instruction_zh: str
    instruction_en: str
    responses: tuple[Response, ...]


def guidance_for(category: Category, nature: Nature) -> Guidance:
    """Guidance for a category that may be warned of. Raises KeyError where the table has none: stop at start-up."""
    table = _table()
    own = table.get((category.value, nature))
    return own or table[category.facts.category_class.value, nature]


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, Nature], Guidance]:
    return {
        (row["applies_to"], Nature(row["nature"])): Guidance(
            instruction_zh=row["instruction_zh"],
            instruction_en=row["instruction_en"],
            responses=tuple(map(Response, row["responses"].split())),
        )
        for row in rows("guidance.csv")
    }
