"""Understanding never raises, shows the very words, and reads the same whatever the width of digits."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.understanding import Part, Span, Understanding
from tests.unit.workflows.understanding.kind_sentences import SENTENCES
from workflows.judgement.understanding.understand import understand

REPORTED_AT = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}

# Pieces that rooms look for, so that chance puts numbers, units, words and marks side by side.
PIECES = (
    *(word for sentences in SENTENCES.values() for sentence in sentences for word in sentence.split("，")),
    *"一二三四五六七八九十百千万亿余多近约数几两零〇点半年月日时分级人名死伤亡元亩，。；、（）：“”0123456789.-:/ \n",
    "直接经济损失", "过火面积", "万元", "亿元", "公顷", "里氏", "震级", "昨日凌晨", "当天", "上周五", "30日", "2月",
    "死亡", "受伤", "失踪", "其中", "至少", "无人员伤亡", "更正", "由12人更新为", "余震", "M5.0", "9" * 20, "零" * 9,
    "24时", "60分", "渝北区", "江北", "被困", "疏散", "名学生", "重伤",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60) | TEXTS


def spans(found: Understanding) -> list[Span]:
    """Every span of every finding."""
    return [
        *(found.category.spans if found.category else ()),
        *(span for fact in found.facts for span in fact.spans),
        *(place.span for place in found.places),
        *([found.outside] if found.outside else ()),
        *([found.time.span] if found.time else ()),
        *(one.span for one in found.sensitive),
        *([found.correction] if found.correction else ()),
    ]


@given(title=st.none() | st.text(max_size=40), text=st.text(max_size=200) | TEXTS)
@example(title="\x00\ud800", text="直接经济损失\x1c5\x0b万元，此前通报\x00有误")
@example(title=None, text="9" * 400 + "人死亡，直接经济损失" + "9" * 400 + "亿元")
@example(title=None, text="1976年7月28日3时42分发生7.8级地震")
@example(title="二月三十日", text="0年0月0日0时99分，十十日")
def test_no_text_makes_it_fail(title: str | None, text: str) -> None:
    """Whatever stands in a report, understanding answers."""
    assert isinstance(understand(title, text, REPORTED_AT), Understanding)


@given(title=PRINTABLE, text=PRINTABLE)
def test_every_span_holds_the_words_that_stand_there(title: str, text: str) -> None:
    """A span's words are the slice of what was written, in the part that it names."""
    written = {Part.TITLE: title, Part.TEXT: text}
    found = spans(understand(title, text, REPORTED_AT))
    assert [span.words for span in found] == [written[span.part][span.start : span.end] for span in found]
    assert all(span.words for span in found)


@given(text=TEXTS)
def test_the_width_of_digits_changes_nothing(text: str) -> None:
    """Full-width and half-width digits give the same facts, times and category at the same places."""
    half, full = (understand(None, one, REPORTED_AT) for one in (text, text.translate(FULL_WIDTH)))
    assert [(f.fact, f.value, f.approximate) for f in half.facts] == [
        (f.fact, f.value, f.approximate) for f in full.facts
    ]
    assert (half.time and half.time.moment) == (full.time and full.time.moment)
    assert (half.category and half.category.category) == (full.category and full.category.category)
    assert [(s.start, s.end) for s in spans(half)] == [(s.start, s.end) for s in spans(full)]


@given(title=PRINTABLE, text=PRINTABLE)
def test_the_same_words_are_understood_alike(title: str, text: str) -> None:
    """Nothing but the words and the time of the report counts."""
    assert understand(title, text, REPORTED_AT) == understand(title, text, REPORTED_AT)


@given(text=TEXTS)
def test_no_event_is_after_its_report(text: str) -> None:
    """What cannot have happened yet is not the time of the event."""
    found = understand(None, text, REPORTED_AT)
    assert found.time is None or found.time.moment <= REPORTED_AT


@pytest.mark.parametrize("words", [None, ""])
def test_no_words_say_nothing(words: str | None) -> None:
    """An absent part is an empty one."""
    assert understand(words, words, REPORTED_AT) == Understanding()
