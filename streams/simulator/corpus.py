"""Corpus: the 161 real texts, with their category as ours and their totals as facts (`data/SOURCES.md`).

The labels have one word for every fire; ours tell a burning forest from a burning house, and say how much of it burnt.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from models.categories import Category, category_named
from models.messages.report import Facts

_FILE = Path(__file__).parent / "data" / "cec.jsonl"
_FORESTS = ("森林", "山林", "山火", "林火", "草原")
# Read by hand in the four texts that say it: 200 mu, 25,000 ha, 91 mu, 200 km2.
_BURNT_HECTARES = {"25f8e8b97f": 13.3, "91e66b70fe": 25_000.0, "6b84377d6b": 6.1, "964b0df347": 20_000.0}
_TOTALS = ("deaths", "missing", "serious", "injured", "trapped")


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One text as it was published. `kind_zh` says in a few words what happened."""

    text_id: str
    category: Category
    title: str
    text: str
    kind_zh: str
    facts: Facts
    is_approximate: bool


@lru_cache(maxsize=1)
def corpus() -> tuple[CorpusText, ...]:
    """All texts in the file's order. Raises KeyError or ValueError on a broken line: stop at start-up."""
    return tuple(_text_of(line) for line in _FILE.read_bytes().splitlines())


def _text_of(line: bytes) -> CorpusText:
    row = orjson.loads(line)
    labels = row["labels"]
    category = category_named(row["category"])
    if category is None:
        raise ValueError(f"text {row['id']}: no category of ours is called {row['category']!r}")
    # A label of 0 also stands for "the text says nothing", and unknown is never zero.
    totals: dict[str, int | float] = {name: labels[name] for name in _TOTALS if labels[name]}
    if row["id"] in _BURNT_HECTARES:
        totals["burnt_hectares"] = _BURNT_HECTARES[row["id"]]
    return CorpusText(
        text_id=row["id"],
        category=Category.FOREST_FIRE if _is_forest_fire(category, labels["kind_detail"]) else category,
        title=row["title"],
        text=row["text"],
        kind_zh=labels["kind_detail"],
        facts=Facts.model_validate(totals),
        is_approximate=labels["approx"],
    )


def _is_forest_fire(category: Category, kind_zh: str) -> bool:
    return category is Category.FIRE and any(word in kind_zh for word in _FORESTS)
