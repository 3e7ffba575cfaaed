"""Character pairs and landmarks: what of a text tells one event from another."""

import pytest

from workflows.judgement.character_pairs import PAIRS_KEPT, pairs_in, shared_ratio, sketch_of, together
from workflows.judgement.landmarks import are_one, landmarks_in

FLAT = "幸福苑居民楼起火浓烟滚滚"
LONG = "".join(chr(0x4E00 + number) for number in range(200, 1_200))


def ratio(one: str, other: str) -> float | None:
    """The share of two plain texts."""
    return shared_ratio(pairs_in(sketch_of("", one)), pairs_in(sketch_of("", other)))


def test_the_same_words_share_all_and_others_none() -> None:
    """A text is like itself, also as part of a longer one, and unlike one of other words."""
    assert ratio(FLAT, FLAT) == 1
    assert ratio(FLAT, f"报告：{FLAT}，请派消防车") == 1
    assert ratio(FLAT, "货车追尾客车侧翻") == 0


def test_too_little_said_is_no_share() -> None:
    """Of a text with hardly a telling pair nobody can say how like another it is."""
    assert ratio("起火", FLAT) is None
    assert ratio("1234567", FLAT) is None


def test_a_sketch_is_bounded_and_an_even_sample() -> None:
    """However much is said, no more pairs are kept; half of a text still shares all that both would have kept."""
    assert len(pairs_in(sketch_of("", LONG)).numbers) == PAIRS_KEPT
    assert ratio(LONG, LONG[:400]) == 1
    assert ratio(LONG, LONG[::-1]) == 0


def test_sketches_add_up_in_any_order() -> None:
    """Two sketches together are the sketch of both texts."""
    one, other = sketch_of("", FLAT), sketch_of("", LONG)
    assert together(one, other) == together(other, one) == sketch_of(FLAT, LONG)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("荣昌安富古桥物流园旁边起火", ("古桥物流园",)),
        ("通安大桥前头路塌了，人在古桥幼儿园", ("通安大桥", "古桥幼儿园")),
        ("桥梁健康监测报警", ()),
        ("这个小区附近有学校", ()),
        ("老旧小区被淹", ()),
        ("送往县人民医院救治", ()),
        ("铜梁区土桥镇发生超市火灾，消防员深入超市搜救", ()),
        ("重庆市大渡口区发现幼儿园食堂问题", ()),
        ("一家酒店起火，火势蔓延到红旗酒店", ("红旗酒店",)),
    ],
)
def test_landmarks_are_read_by_their_endings(text: str, found: tuple[str, ...]) -> None:
    """The two characters before the ending make the name; what is no name is none."""
    assert landmarks_in(text) == found


def test_one_slip_does_not_make_another_landmark() -> None:
    """A wrong character is forgiven, another ending is another place."""
    assert are_one("古桥物流园", "古侨物流园")
    assert not are_one("古桥物流园", "古桥幼儿园")
