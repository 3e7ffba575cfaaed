"""Numbers are read as people write them: digits, Chinese signs, vague words, ranges; codes and ordinals are none."""

import pytest

from workflows.judgement.understanding.numerals import NUMBER, Number, number_at, numbers

EXACT = {
    "3人": 3,
    "0人": 0,
    "1,234人": 1234,
    "1,234,567人": 1_234_567,
    "1.5级": 1.5,
    "3.2万元": 32_000,
    "1.1万人": 11_000,
    "999.9万元": 9_999_000,
    "3百人": 300,
    "5千人": 5000,
    "3万5千人": 35_000,
    "3万亿元": 3_000_000_000_000,
    "1亿2000万元": 120_000_000,
    "十人": 10,
    "十二人": 12,
    "二十人": 20,
    "一百零三人": 103,
    "一百一十人": 110,
    "一百二": 120,
    "三万五": 35_000,
    "一千三百五十四人": 1354,
    "一万零二十人": 10_020,
    "两人": 2,
    "两百五十人": 250,
    "兄弟俩": 2,
    "姐妹仨": 3,
    "二〇〇八年": 2008,
    "二00二年": 2002,
    "六点一级": 6.1,
    "三点五亿元": 350_000_000,
    "二九": 29,
}
VAGUE = {
    "十余人": 12,
    "十多人": 12,
    "十几人": 12,
    "近百人": 95,
    "将近100人": 95,
    "接近千人": 950,
    "近万人": 9500,
    "近500人": 500,
    "20余人": 20,
    "20多人": 20,
    "二十几人": 20,
    "三千多人": 3000,
    "百余人": 100,
    "一百多人": 100,
    "上百人": 100,
    "过百人": 100,
    "逾万人": 10_000,
    "百人疏散": 100,
    "数十人": 30,
    "几十人": 30,
    "数百人": 300,
    "数万人": 30_000,
    "几名": 3,
    "数人": 3,
    "十余万人": 120_000,
    "十几万人": 120_000,
    "三千多万元": 30_000_000,
    "3.2万余人": 32_000,
    "约30人": 30,
    "大约30人": 30,
    "至少40人": 40,
    "至少已有40人": 40,
    "超过200人": 200,
    "逾300人": 300,
    "突破300人": 300,
    "不少于7人": 7,
    "30左右": 30,
}
RANGES = {
    "3至5人": (3, 5),
    "3到5人": (3, 5),
    "3-5人": (3, 5),
    "3~5万元": (30_000, 50_000),
    "三五人": (3, 5),
    "两三个人": (2, 3),
    "两三百人": (200, 300),
    "十三四岁": (13, 14),
    "三四十人": (30, 40),
    "五六千人": (5000, 6000),
    "十至十五人": (10, 15),
}
NONE = (
    *(
        "第3名",
        "第三名",
        "G42",
        "S206线",
        "2014-03-19",
        "2014/3/19",
        "12:30",
        "16：45",
        "百分之五",
        "138-0000",
    ),
    *("万州区", "百货", "千元", "数据", "几乎", "亿元", "没有数字"),
)


@pytest.mark.parametrize(("words", "value"), EXACT.items())
def test_exact_number_is_read_to_its_value(words: str, value: float) -> None:
    """Digits, Chinese signs and units give their value, and nothing makes it approximate."""
    (found,) = numbers(words)
    assert (found.value, found.approximate, found.upper) == (value, False, None)


@pytest.mark.parametrize(("words", "value"), VAGUE.items())
def test_vague_number_has_the_value_of_the_labels_and_is_approximate(words: str, value: int) -> None:
    """十余 is 12, 近百 95, 数十 30, N余 N; a hedge makes any number approximate."""
    (found,) = numbers(words)
    assert (found.value, found.approximate) == (value, True)


@pytest.mark.parametrize(("words", "ends"), RANGES.items())
def test_range_gives_its_lower_end_and_keeps_the_upper(words: str, ends: tuple[int, int]) -> None:
    """A range vouches for its lower end; both ends carry the unit that is said once."""
    (found,) = numbers(words)
    assert (found.value, found.upper, found.approximate) == (*ends, True)


@pytest.mark.parametrize("words", NONE)
def test_code_ordinal_and_part_of_a_word_are_no_numbers(words: str) -> None:
    """Road numbers, ordinals, dates with signs, telephone numbers and names that hold a unit give nothing."""
    assert numbers(words) == ()


def test_number_stands_where_its_words_stand() -> None:
    """The place covers the hedge before and the vague sign after, not the unit."""
    (found,) = numbers("造成大约30余人受伤")
    assert found == Number(30, approximate=True, start=2, end=7)


@pytest.mark.parametrize("words", ["最近3年", "附近3人", "车上3人", "临近5人"])
def test_words_that_only_end_like_a_hedge_are_none(words: str) -> None:
    """最近, 附近 and 车上 say nothing about the number after them."""
    (found,) = numbers(words)
    assert not found.approximate
    assert found.start == 2


def test_several_numbers_come_left_to_right() -> None:
    """A clock time told in words is no decimal, and each number keeps its own place."""
    found = numbers("下午三点一辆车撞上5人")
    assert [(number.value, number.start) for number in found] == [(3, 2), (1, 4), (5, 9)]


def test_number_at_reads_what_another_room_matched() -> None:
    """A room that looks for number and unit at once gets the same number."""
    assert number_at("死亡12人", 2, 4) == Number(12, approximate=False, start=2, end=4)
    assert number_at("G42路", 1, 3) is None
    assert "(" not in NUMBER.replace("(?", "")
