"""Kinds and times: how often category and time of the event are those that people read.

For: the figures of `workflows.judgement.understanding.kinds` and `times`. Must never enter: rules of reading. The
words were chosen on half A of the corpus and on sentences of our own; half B was never looked at. Short calls come
from the storm generator with a seed that nothing was tuned on; many of them name no kind at all, and then silence is
right where a wrong kind is not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final

import orjson

from models.categories import Category
from models.vocabulary import Claim
from streams.cli.understanding import class_of_corpus
from tests.evaluation.figure import Figure
from tests.storm.events import DayPlan, events_of_day
from tests.storm.generator import told
from tests.unit.workflows.understanding.kind_sentences import SENTENCES
from workflows.judgement.understanding.dates import BEIJING, expressions
from workflows.judgement.understanding.kinds import category
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.times import event_time

CORPUS: Final = Path(__file__).parents[2] / "streams" / "simulator" / "data" / "cec.jsonl"
HALVES: Final = ("A", "B")
GOAL: Final = 0.99
CALLS_SEED: Final = 3107  # of the generator; not one that words were chosen on
_MISS_CHARACTERS: Final = 120
_DATED: Final = re.compile(r"(20\d{2})\D+(\d{1,2})\D+(\d{1,2})(?:\D*?(\d{1,2}):(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the corpus. `reported_at` None: its head gives no day."""

    text_id: str
    half: str
    category: str
    title: str
    text: str
    reported_at: datetime | None
    labels: Mapping[str, Any]


def rows() -> tuple[Row, ...]:
    """The whole corpus."""
    return tuple(_row(orjson.loads(line)) for line in CORPUS.read_bytes().splitlines())


def figures() -> Iterator[Figure]:
    """Category on the corpus, whole and by halves, on our own sentences and on short calls; and the time."""
    texts = rows()
    yield _categories("category: corpus", texts, GOAL)
    for half in HALVES:
        told_of = _categories(f"category: corpus, half {half}", [t for t in texts if t.half == half], None)
        yield Figure(told_of.name, told_of.right, told_of.of, None, ())
    yield _sentences()
    yield from _calls()
    yield _times([text for text in texts if text.reported_at is not None and text.labels["event_time"]])


def confusion() -> Iterator[str]:
    """One line for each pair of labelled and understood category of the corpus, with how often."""
    pairs = Counter((text.category, _read(text.title, text.text)) for text in rows())
    for (expected, found), times in sorted(pairs.items(), key=lambda pair: (pair[0][0], -pair[1])):
        yield f"{expected} -> {found or 'nothing'}: {times}"


def _row(row: dict[str, Any]) -> Row:
    half = HALVES[sha256(row["id"].encode()).digest()[-1] % 2]
    head = _DATED.search(row["report_time"])
    parts = [int(part) for part in head.groups() if part] if head else []
    # without a clock it is the end of the day: what happened that day is not ahead of it
    at = datetime(*(parts if len(parts) > 3 else [*parts, 23, 59]), tzinfo=BEIJING) if parts else None  # type: ignore[arg-type,misc]  # year to minute
    return Row(row["id"], half, row["category"], row["title"], row["text"], at, row["labels"])


def _read(title: str | None, text: str | None) -> Category | None:
    found = category(script_of(title, text))
    return found.category if found else None


def _class_read(text: Row) -> str | None:
    return class_of_corpus(category(script_of(text.title, text.text)), text.title, text.text)


def _categories(name: str, texts: Iterable[Row], goal: float | None) -> Figure:
    read = [(text, _class_read(text)) for text in texts]
    misses = tuple(
        f"{text.text_id} {text.category}, got {found} | {text.title} | {text.text[:_MISS_CHARACTERS]}"
        for text, found in read
        if found != text.category
    )
    return Figure(name, len(read) - len(misses), len(read), goal, misses)


def _sentences() -> Figure:
    read = [
        (expected, sentence, _read(*(part or None for part in sentence.rpartition(" | ")[::2])))
        for expected, sentences in SENTENCES.items()
        for sentence in sentences
    ]
    misses = tuple(
        f"{expected}, got {found} | {words}" for expected, words, found in read if found != expected
    )
    return Figure("category: our own sentences, 31 kinds", len(read) - len(misses), len(read), GOAL, misses)


def _calls() -> Iterator[Figure]:
    """Of short calls: how many are given their kind; of those given one at all, how many are given its family."""
    events = events_of_day(
        DayPlan(events=300, reports_of_each=(3, 6), hours=150), Random(f"day {CALLS_SEED}")
    )
    kinds = {event.event_id: event.category for event in events}
    calls = [call for call in told(CALLS_SEED, events) if call.report.claim is Claim.AFFIRM]
    read = [(kinds[call.event_id], _read(call.report.title, call.report.text)) for call in calls]
    yield Figure("category: short calls", sum(want is found for want, found in read), len(read), None, ())
    named = [(want, found) for want, found in read if found is not None]
    right = sum(want.facts.family is found.facts.family for want, found in named)
    yield Figure("category: short calls, family if any", right, len(named), None, ())


def _times(texts: Iterable[Row]) -> Figure:
    """Right is a moment within what the label says: its minute, its part of the day (six hours), or its day."""
    of, misses = 0, []
    for text in texts:
        assert text.reported_at is not None
        label = text.labels["event_time"]
        said = next(expressions(script_of(None, label).plain_text, text.reported_at), None)
        if said is None:
            continue
        of += 1
        found = event_time(script_of(text.title, text.text), text.reported_at)
        width = (
            timedelta(minutes=1) if said.exact else timedelta(days=1) if said.coarse else timedelta(hours=6)
        )
        if found is None or not timedelta(0) <= found.moment - said.moment < width:
            got = f"{found.span.words} ({found.moment:%m-%d %H:%M}Z)" if found else "nothing"
            misses.append(f"{text.text_id} {label}, got {got} | {text.text[:_MISS_CHARACTERS]}")
    return Figure("time of the event", of - len(misses), of, None, tuple(misses))
