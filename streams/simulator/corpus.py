"""Corpus: the 161 real texts, with their category as ours and their totals as facts (`data/SOURCES.md`)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from models.categories import Category, category_named
from models.messages.report import Facts

_FILE = Path(__file__).parent / "data" / "cec.jsonl"
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
    totals = {name: labels[name] for name in _TOTALS if labels[name]}
    return CorpusText(
        text_id=row["id"],
        category=category,
        title=row["title"],
        text=row["text"],
        kind_zh=labels["kind_detail"],
        facts=Facts(**totals),
        is_approximate=labels["approx"],
    )
