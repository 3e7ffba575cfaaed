"""Numerals read back what was written, whatever the number and whatever stands around it."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.judgement.understanding.numerals import numbers

_SIGNS = "零一二三四五六七八九"
_AROUND = st.text(alphabet="，。的了在车伤亡省市县村于对其将被", max_size=6)
_ANY = st.text(
    alphabet="0123456789,.-:点零一二两三四五六七八九十百千万亿数几余多近约上至到人名第GA，。", max_size=24
)


def _section(value: int) -> str:
    """A number below ten thousand in Chinese signs, 零 where a place is empty."""
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            words += ("零" if gap and words else "") + _SIGNS[digit] + name
        gap = not digit
    return words


def _chinese(value: int) -> str:
    high, low = divmod(value, 10_000)
    words = f"{_section(high)}万" if high else ""
    if high and low and low < 1000:
        words += "零"
    words += _section(low)
    return words.removeprefix("一") if 10 <= value < 20 else words


@given(st.integers(1, 99_999_999), _AROUND, _AROUND)
def test_chinese_number_reads_back(value: int, before: str, after: str) -> None:
    """Any whole number written in Chinese signs is read to its value, at its place."""
    words = _chinese(value)
    (found,) = numbers(f"{before}{words}{after}")
    assert (found.value, found.start, found.end) == (value, len(before), len(before) + len(words))


@given(st.integers(0, 99_999_999), _AROUND, _AROUND, st.booleans())
def test_digits_read_back(value: int, before: str, after: str, commas: bool) -> None:
    """Any whole number in digits is read to its value, with thousands marked or not."""
    words = f"{value:,}" if commas else str(value)
    (found,) = numbers(f"{before}{words}{after}")
    assert (found.value, found.start, found.end) == (value, len(before), len(before) + len(words))


@given(st.integers(0, 9_999), st.sampled_from(["万", "亿"]))
def test_unit_multiplies_exactly(tenths: int, unit: str) -> None:
    """A decimal before 万 or 亿 is multiplied without a binary remainder."""
    (found,) = numbers(f"{tenths // 10}.{tenths % 10}{unit}元")
    assert found.value == tenths * {"万": 1_000, "亿": 10_000_000}[unit]
    assert isinstance(found.value, int)


@given(_ANY)
def test_any_text_is_read_without_error_and_in_order(text: str) -> None:
    """Numbers never overlap, lie inside the text, and never have a range upside down."""
    found = numbers(text)
    ends = [0]
    for number in found:
        assert ends[-1] <= number.start < number.end <= len(text)
        assert number.value >= 0
        assert number.upper is None or number.upper > number.value
        ends.append(number.end)
