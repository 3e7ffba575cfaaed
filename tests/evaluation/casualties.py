"""Casualties: how often the totals read out of the labelled corpus are those that people read there.

For: the figures of `workflows.judgement.understanding.casualties`. Must never enter: rules of reading. Texts whose
labels are uncertain are left out and absent counts as 0, as the labels have it. The rules were developed on the misses
of half A, an arbitrary half by the digest of each id; half B shows how they fare on texts that they were not made for.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from models.categories import Category, category_named
from models.understanding import FactFound
from tests.evaluation.figure import Figure, lines
from workflows.judgement.understanding.casualties import casualties
from workflows.judgement.understanding.script import script_of

_CORPUS: Final = Path(__file__).parents[2] / "streams" / "simulator" / "data" / "cec.jsonl"
GOALS: Final[dict[str, float | None]] = {
    "deaths": 0.95,
    "injured": 0.88,
    "serious": 0.95,
    "missing": None,
    "trapped": None,
}
HALVES: Final = ("A", "B")


@dataclass(frozen=True, slots=True)
class Read:
    """One text with its labels and what was read out of it."""

    text_id: str
    half: str
    title: str
    text: str
    labels: dict[str, Any]
    found: dict[str, FactFound]

    def value(self, fact: str) -> int | float:
        """What was read, 0 where nothing was."""
        return self.found[fact].value if fact in self.found else 0


def half_of(text_id: str) -> str:
    """The half that a text belongs to, for good."""
    return HALVES[sha256(text_id.encode()).digest()[0] % 2]


def evaluate() -> tuple[Read, ...]:
    """Every certain text of the corpus, read with its own category."""
    rows = (orjson.loads(line) for line in _CORPUS.read_bytes().splitlines())
    return tuple(
        _read(row, category_named(row["category"])) for row in rows if not row["labels"]["uncertain"]
    )


def figures() -> Iterable[Figure]:
    """For each fact the share read exactly, in the whole corpus and in each half; each miss with its text."""
    texts = evaluate()
    for fact, goal in GOALS.items():
        yield _figure(f"casualties: {fact}", fact, texts, goal)
        for half in HALVES:
            told = _figure(
                f"casualties: {fact}, half {half}", fact, [t for t in texts if t.half == half], None
            )
            yield Figure(told.name, told.right, told.of, None, ())
    vague = [
        t for t in texts if t.labels["approx"] != any(t.found[f].approximate for f in GOALS if f in t.found)
    ]
    misses = tuple(f"{t.text_id} {t.title} | labelled {t.labels['approx']}" for t in vague)
    yield Figure("casualties: approximate or not", len(texts) - len(vague), len(texts), None, misses)


def _figure(name: str, fact: str, texts: Iterable[Read], goal: float | None) -> Figure:
    told = list(texts)
    misses = [text for text in told if text.value(fact) != text.labels[fact]]
    return Figure(name, len(told) - len(misses), len(told), goal, tuple(_miss(text, fact) for text in misses))


def _miss(text: Read, fact: str) -> str:
    words = " + ".join(span.words for span in text.found[fact].spans) if fact in text.found else "nothing"
    return f"{text.text_id} expected {text.labels[fact]}, got {text.value(fact)} ({words}) | {text.title} | {text.text}"


def _read(row: dict[str, Any], category: Category | None) -> Read:
    found = {fact.fact: fact for fact in casualties(script_of(row["title"], row["text"]), category)}
    return Read(row["id"], half_of(row["id"]), row["title"], row["text"], row["labels"], found)


def _lines() -> Iterator[str]:
    for figure in figures():
        yield from lines(figure)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in _lines())
