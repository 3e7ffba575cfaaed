"""Places: what holds for any words at all."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from models.areas import area_tree
from models.understanding import Part
from workflows.judgement.understanding.gazetteer import gazetteer
from workflows.judgement.understanding.places import places
from workflows.judgement.understanding.script import script_of

REPORTED_AT = datetime(2025, 6, 14, 8, tzinfo=UTC)
NAMES = sorted(gazetteer().names)
JOINTS = [
    "",
    "的",
    "、",
    "发生",
    "在",
    "往",
    "方向",
    "人民医院",
    "路",
    "一",
    "，",
    "。",
    "１２",
    "镇",
    "区",
    "市",
    "村",
    "x",
]


@st.composite
def words(draw: st.DrawFn) -> str:
    """Names and what stands between them, in any order."""
    pieces = draw(st.lists(st.sampled_from(NAMES) | st.sampled_from(JOINTS), max_size=12))
    return "".join(pieces)


@given(title=words() | st.text(max_size=20), text=words() | st.text(max_size=60))
def test_whatever_is_read_stands_where_it_says(title: str, text: str) -> None:
    """Spans hold the words as written, codes are of districts and townships, and elsewhere leaves no place."""
    if not (title + text).isprintable():
        return
    found, outside = places(script_of(title, text), REPORTED_AT)
    for span in [*(one.span for one in found), *([outside] if outside else [])]:
        written = title if span.part is Part.TITLE else text
        assert written[span.start : span.end] == span.words
    codes = [code for one in found for code in one.area_codes]
    assert all(code in area_tree() and len(code) in (6, 9) and code != "500000" for code in codes)
    assert not (found and outside)
    assert all(one.area_codes and len(set(one.area_codes)) == len(one.area_codes) for one in found)


@given(title=words(), text=words())
def test_the_same_words_give_the_same_places(title: str, text: str) -> None:
    """Nothing is remembered from one report to the next."""
    once = places(script_of(title, text), REPORTED_AT)
    places(script_of(text, title), REPORTED_AT)
    assert places(script_of(title, text), REPORTED_AT) == once
