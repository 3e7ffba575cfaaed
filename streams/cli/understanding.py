"""`fenghuo understand`: what the engine reads out of a text, and the level that it would give, without an engine.

It brings no broker, no database and no settings with it, and judges by the rulebook that is shipped.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from unicodedata import normalize

import orjson

from models.categories import Category
from models.identifiers import AreaCode
from models.messages.report import Facts
from models.understanding import CategoryFound, Span, Understanding
from models.vocabulary import Nature
from streams.cli.terminal import found_wrong, remark
from workflows.judgement.case import Case, beijing_day
from workflows.judgement.grading import Grade, grade
from workflows.judgement.understanding.kinds import is_named
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.understand import understand as read
from workflows.rulebook_file import default_rulebook

_BEIJING = timezone(timedelta(hours=8))
_CASUALTIES = ("deaths", "missing", "serious", "injured", "trapped")
# The five classes of the Chinese Emergency Corpus; what is of none of them is null. Its traffic accidents are of any
# means of transport, and its terrorist attacks hold armed raids and shootings that we call crimes.
_CEC: Mapping[Category, str] = {
    Category.ROAD_TRAFFIC: "交通事故",
    Category.TRANSPORT: "交通事故",
    Category.FIRE: "火灾",
    Category.FOREST_FIRE: "火灾",
    Category.EARTHQUAKE: "地震",
    Category.TERRORIST_ATTACK: "恐怖袭击",
    Category.CRIME: "恐怖袭击",
    Category.FOOD_POISONING: "食物中毒",
}
_FIRE = "火灾"
# What we call a gas or an industrial accident is a fire of the corpus once something burns: it files works and stores
# that burn under 火灾 whatever lit them. Gas that explodes burns (爆燃, 闪爆 say so outright); a leak or a poisoning
# does not, nor need what explodes at a works.
_BURSTS: Mapping[Category, tuple[str, ...]] = {
    Category.GAS: ("爆燃", "闪爆", "爆炸"),
    Category.INDUSTRIAL: ("爆燃", "闪爆"),
}
# A date, and a time of day if there is one, wherever they stand among the words of a page's head.
_DATED = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s,，]*(?P<hour>\d{1,2})\s*[:时点](?:\s*(?P<minute>\d{1,2}))?(?:\s*[:分]\s*(?P<second>\d{1,2}))?"
    r"(?:\.\d+)?\s*(?P<offset>Z|[+-]\d\d:?\d\d)?)?"
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Unusable(Exception):
    """A line that asks nothing that can be answered. The message says what was expected."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line of input."""

    id: str | int
    title: str | None
    text: str | None
    report_time: str | None


def understand() -> None:
    """Read texts as JSON, one a line, from standard input, and write what they say, one JSON line each.

    In: id, title, text, report_time (as a page writes it; without one it is now). Out: id, category, category_cec,
    deaths, missing, serious, injured, trapped, approx, place, area_codes, time, level, rules, spans. Unknown is null,
    and so is a level where neither a kind nor a number was read; area_codes are [] when the text says that it is
    outside the city. Exit code 1: a line could not be used, and which.

    Example: fenghuo understand < texts.jsonl
    """
    unusable = 0
    for number, line in _numbered(sys.stdin.buffer):
        try:
            asked = _asked(line)
        except _Unusable as why:
            unusable += 1
            remark(f"line {number}: {why}")
        else:
            sys.stdout.buffer.write(orjson.dumps(_answered(asked, datetime.now(UTC))) + b"\n")
            sys.stdout.buffer.flush()
    if unusable:
        found_wrong(f"{unusable} {'lines' if unusable > 1 else 'line'} could not be used")


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, start=1):
        if stripped := line.removeprefix(_BYTE_ORDER_MARK).strip():
            yield number, stripped


def _asked(line: bytes) -> _Asked:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _Unusable(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise _Unusable("a JSON object was expected")
    known_as = found.get("id")
    if isinstance(known_as, bool) or not isinstance(known_as, str | int):
        raise _Unusable("id: text or a whole number was expected")
    title, text = _words(found, "title"), _words(found, "text")
    if title is None and text is None:
        raise _Unusable("a title or a text was expected")
    return _Asked(known_as, title, text, _words(found, "report_time"))


def _words(found: Mapping[str, object], name: str) -> str | None:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise _Unusable(f"{name}: text was expected")
    return value


def _answered(asked: _Asked, now: datetime) -> dict[str, object]:
    reported = reported_at(asked.report_time, now)
    found = read(asked.title, asked.text, reported)
    facts = {one.fact: one for one in found.facts}
    graded = _graded(found, reported)
    return {
        "id": asked.id,
        "category": None if found.category is None else found.category.category.value,
        "category_cec": class_of_corpus(found.category, asked.title, asked.text),
        **{name: facts[name].value if name in facts else None for name in _CASUALTIES},
        "approx": any(facts[name].approximate for name in _CASUALTIES if name in facts),
        "place": _place(found),
        "area_codes": _area_codes(found),
        "time": None if found.time is None else found.time.moment.astimezone(_BEIJING).isoformat(),
        "level": None if graded is None else graded.level.value,
        "rules": [] if graded is None else [fired.model_dump(mode="json") for fired in graded.fired],
        "spans": dict(_spans(found)),
    }


def class_of_corpus(read_as: CategoryFound | None, title: str | None, text: str | None) -> str | None:
    """Which of the corpus' five classes this is, None for none of them; `read_as` is what title and text gave."""
    if read_as is None:
        return None
    kind = read_as.category
    if kind in _BURSTS and (
        any(burst in span.words for span in read_as.spans for burst in _BURSTS[kind])
        or is_named(script_of(title, text), Category.FIRE)
    ):
        return _FIRE
    return _CEC.get(kind)


def _graded(found: Understanding, reported: datetime) -> Grade | None:
    """The level by the lines alone: nothing sensitive raises it, and a magnitude gives way to a stated toll.

    None where neither a kind nor a number was read: nothing was held against any line. A kind without numbers is
    level IV, as no line holds.
    """
    if found.category is None and not found.facts:
        return None
    facts = {one.fact: one.value for one in found.facts}
    if "deaths" in facts:
        facts.pop("magnitude", None)
    districts = {code[:6] for code in found.places[0].area_codes} if found.places else set()
    case = Case(
        category=None if found.category is None else found.category.category,
        nature=Nature.EMERGENCY,
        facts=Facts.model_validate(facts),
        origins={},
        happened_on=beijing_day(reported if found.time is None else found.time.moment),
        district_code=AreaCode(districts.pop()) if len(districts) == 1 else None,
        sensitive=(),
    )
    return grade(case, default_rulebook())


def _place(found: Understanding) -> str | None:
    """The words that name the place of the event, in the city or outside it."""
    if found.places:
        return found.places[0].span.words
    return None if found.outside is None else found.outside.words


def _area_codes(found: Understanding) -> list[str] | None:
    """The codes that the most likely place may mean; several: nothing decides between them."""
    if found.places:
        return list(found.places[0].area_codes)
    return None if found.outside is None else []


def _spans(found: Understanding) -> Iterator[tuple[str, list[dict[str, object]]]]:
    if found.category is not None:
        yield "category", _shown(found.category.spans)
    for fact in found.facts:
        yield fact.fact, _shown(fact.spans)
    if found.places:
        yield "place", _shown([place.span for place in found.places])
    for name, span in (("outside", found.outside), ("correction", found.correction)):
        if span is not None:
            yield name, _shown([span])
    if found.time is not None:
        yield "time", _shown([found.time.span])
    if found.sensitive:
        yield "sensitive", _shown([one.span for one in found.sensitive])


def _shown(spans: Iterable[Span]) -> list[dict[str, object]]:
    return [span.model_dump(mode="json") for span in spans]


def reported_at(written: str | None, now: datetime) -> datetime:
    """The moment that a page's head means, Beijing time unless it says otherwise; `now` where it names none.

    A day without a time of day is taken at its end: the report was written before that, and so was what it tells.
    """
    for found in _DATED.finditer(normalize("NFKC", written or "")):
        parts = found.groupdict()
        clock = (23, 59, 59) if parts["hour"] is None else _clock(parts)
        try:
            day = (int(parts["year"]), int(parts["month"]), int(parts["day"]))
            return datetime(*day, *clock, tzinfo=_zone(parts["offset"]))
        except ValueError:  # a 31 February, or 25 o'clock: it names no moment, another part of the head may
            continue
    return now


def _clock(parts: Mapping[str, str | None]) -> tuple[int, int, int]:
    return int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0)


def _zone(offset: str | None) -> timezone:
    if offset is None:
        return _BEIJING
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))
