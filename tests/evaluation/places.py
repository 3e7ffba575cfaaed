"""Places: how often the right township or district is found, and how often an event elsewhere is known as such.

For: the figures of `workflows.judgement.understanding.places` on generated texts and on the labelled corpus. Must never
enter: tuning; the generated texts of the figure have a seed of their own.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.evaluation.figure import Figure
from tests.evaluation.place_texts import FIGURE_SEED, PlaceText, place_texts
from workflows.judgement.understanding.places import places
from workflows.judgement.understanding.script import script_of

CORPUS = Path(__file__).parents[2] / "streams" / "simulator" / "data" / "cec.jsonl"
REPORTED_AT = datetime(2025, 6, 14, 8, tzinfo=UTC)
GENERATED = 4_000

# Read one by one. By rule, a text whose event_place (or text) names a district of the city happened here; all others
# happened elsewhere.
IN_THE_CITY = frozenset({
    "1cb6c7613d",  # 重庆财富中心
    "29e79ebf02",  # 汶川地震致重庆4名学生死亡: 梁平县
    "162e8b9b56",  # 合川区柏树街
})  # fmt: skip
# Their words name no place that anybody could know without knowing the town: nothing is right, but no place of ours.
NO_TELLING = frozenset({
    "06367bf4e0",  # 市区勤俭东路
    "69319239d2",  # 市区接官亭小区
    "d0d6eae37b",  # 八里街第三工业园区
})  # fmt: skip


def figures() -> Iterator[Figure]:
    """The figures of this room: generated texts, those of them that happened elsewhere, and the corpus."""
    texts = list(place_texts(FIGURE_SEED, GENERATED))
    yield _found("place: right township or district", [text for text in texts if not text.is_outside], 0.95)
    yield _found("place: generated texts of elsewhere", [text for text in texts if text.is_outside], 0.97)
    yield _of_corpus()


def is_right(text: PlaceText) -> bool:
    """The first place has exactly the codes that fit; or no place and the words that say elsewhere."""
    found, outside = places(script_of(text.title, text.text), REPORTED_AT)
    if text.is_outside:
        return outside is not None
    return outside is None and bool(found) and frozenset(found[0].area_codes) == text.codes


def _found(name: str, texts: list[PlaceText], goal: float) -> Figure:
    misses = tuple(_miss(text) for text in texts if not is_right(text))
    return Figure(name, len(texts) - len(misses), len(texts), goal, misses)


def _miss(text: PlaceText) -> str:
    found, outside = places(script_of(text.title, text.text), REPORTED_AT)
    said = f"outside {outside.words}" if outside else [(one.span.words, *one.area_codes) for one in found]
    return (
        f"{text.number} {text.manner}: {text.title} | {text.text} | right {sorted(text.codes)} | found {said}"
    )


def _of_corpus() -> Figure:
    misses, of = [], 0
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        found, outside = places(script_of(report["title"], report["text"]), REPORTED_AT)
        of += 1
        is_told = report["id"] not in IN_THE_CITY | NO_TELLING
        if (outside is not None) != is_told or (report["id"] in NO_TELLING and found):
            words = outside.words if outside else [one.span.words for one in found]
            misses.append(
                f"{report['id']} {report['title']} | {report['labels']['event_place']} | found {words}"
            )
    return Figure("place: outside the city, corpus", of - len(misses), of, 0.97, tuple(misses))
