"""Casualties of any text: never an error, every figure can be pointed at, another way of writing changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from models.understanding import FactFound, Part
from workflows.judgement.understanding.casualties import casualties
from workflows.judgement.understanding.script import script_of

_PIECES = (
    *(
        "死亡",
        "受伤",
        "重伤",
        "轻伤",
        "失踪",
        "被困",
        "中毒",
        "疏散",
        "受灾",
        "救出",
        "送医",
        "死",
        "伤",
        "遗体",
        "伤亡",
    ),
    *(
        "3人",
        "5名",
        "十余人",
        "两",
        "1",
        "至少",
        "约",
        "由",
        "从",
        "升至",
        "降至",
        "人数",
        "其中",
        "另",
        "共",
        "仍有",
        "等",
    ),
    *(
        "司机",
        "男子",
        "夫妻",
        "歹徒",
        "和",
        "、",
        "，",
        "。",
        "（",
        "）",
        "：",
        "没有",
        "无",
        "未",
        "造成",
        "去年",
        "2008年",
        "9日",
    ),
    *("全部", "均", "医院", "当场", "不治", "发生", "可能", "在", "的", "被", "将", "\n", " ", "２", "G42"),
)
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_COUNTS = st.integers(1, 9999)


def _read(title: str, text: str) -> tuple[FactFound, ...]:
    return casualties(script_of(title, text), None)


@given(_TEXTS, _TEXTS)
def test_any_words_are_read_without_error_and_every_figure_has_its_place(title: str, text: str) -> None:
    """Whatever stands there, each fact is found once, is not negative, and its spans show the words as written."""
    found = _read(title, text)
    assert len({fact.fact for fact in found}) == len(found)
    for fact in found:
        assert fact.value >= 0
        assert fact.spans
        for span in fact.spans:
            written = title if span.part is Part.TITLE else text
            assert written[span.start : span.end] == span.words


@given(_TEXTS)
def test_full_width_digits_read_the_same(text: str) -> None:
    """The width of digits changes no figure."""
    assert [(f.fact, f.value) for f in _read("", text)] == [
        (f.fact, f.value) for f in _read("", text.translate(_FULL_WIDTH))
    ]


@given(_TEXTS)
def test_the_same_words_give_the_same_facts(text: str) -> None:
    """Reading has no memory."""
    assert _read(text, text) == _read(text, text)


@given(_COUNTS, _COUNTS)
def test_a_stated_figure_is_the_figure_wherever_it_stands(dead: int, hurt: int) -> None:
    """Before or after its word, in the title or in the text, once or twice: the same totals."""
    expected = {"deaths": dead, "injured": hurt}
    for title, text in (
        ("", f"事故造成{dead}人死亡、{hurt}人受伤。"),
        ("", f"死亡{dead}人，受伤{hurt}人。"),
        (f"车祸致{dead}死{hurt}伤", ""),
        (f"车祸致{dead}死{hurt}伤", f"事故造成{dead}人死亡，另有{hurt}人受伤。"),
    ):
        assert {fact.fact: fact.value for fact in _read(title, text)} == expected


@given(_COUNTS, _COUNTS)
def test_the_dead_at_once_and_in_care_add_up(at_once: int, later: int) -> None:
    """A sum is the sum of its parts and has a span for each."""
    (deaths,) = _read("", f"{at_once}人当场死亡，另{later}人送医后死亡。")
    assert (deaths.value, len(deaths.spans)) == (at_once + later, 2)


@given(_COUNTS, st.integers(0, 9999))
def test_a_share_is_never_added(hurt: int, grave: int) -> None:
    """重伤 among 受伤 leaves the total as it was stated."""
    found = {fact.fact: fact.value for fact in _read("", f"{hurt + grave}人受伤，其中{grave}人重伤。")}
    assert found == {"injured": hurt + grave, "serious": grave}
