"""Laws of masking: no number of a person is left, nothing else is lost, and every position stays where it was."""

import re

from hypothesis import given
from hypothesis import strategies as st

from workflows.masking import mask

_digits = st.text("0123456789", min_size=1)


def _so_many(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


_mobiles = st.tuples(st.sampled_from([f"1{second}" for second in range(3, 10)]), _so_many(9)).map("".join)
_gaps = st.sampled_from(["", " ", "-", ".", "  ", " - "])
_written_mobiles = st.tuples(_mobiles, _gaps, st.sampled_from(["", "+86", "86", "0086-", "+86 "])).map(
    lambda told: told[2] + told[1].join((told[0][:3], told[0][3:7], told[0][7:]))
)
_births = st.dates().map(lambda day: f"{19 + day.year % 2}{day.year % 100:02d}{day.month:02d}{day.day:02d}")
_identities = st.tuples(_so_many(6), _births, _so_many(3), st.sampled_from("0123456789Xx")).map("".join)
_words = st.text("某处起火有人被困请速来救援，。、： （）万州区栋楼报警联系电话ab", max_size=12)
_wide = str.maketrans("0123456789", "０１２３４５６７８９")


def _told(text: str) -> str:
    """The letters and digits of a text, as a reader would dial them."""
    narrow = text.translate({0xFF10 + digit: 0x30 + digit for digit in range(10)})
    return re.sub(r"[^0-9A-Za-z*]", "", narrow)


@given(_words, _written_mobiles, _words, st.booleans())
def test_no_mobile_number_is_left(before: str, number: str, after: str, is_wide: bool) -> None:
    """However it is grouped, prefixed or widened, and whatever stands beside it."""
    masked = mask(before + (number.translate(_wide) if is_wide else number) + after)
    assert re.search(r"1[3-9][0-9]{9}", _told(masked)) is None
    assert len(masked) == len(before + number + after)


@given(_words, _identities, _words)
def test_no_identity_number_is_left(before: str, number: str, after: str) -> None:
    """Neither whole nor the day of birth in it."""
    masked = mask(before + number + after)
    assert number not in masked
    assert number[6:14] not in masked


@given(st.text(max_size=200))
def test_positions_hold_and_masking_again_adds_little(text: str) -> None:
    """Each character is itself or a star, so that a span points at the same words in both."""
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(now in (was, "*") for was, now in zip(text, masked, strict=True))


_counts = st.integers(0, 99_999)
_facts = st.one_of(
    st.tuples(st.sampled_from(["死亡", "重伤", "被困", "转移"]), _counts).map(
        lambda told: f"{told[0]}{told[1]}人"
    ),
    st.integers(0, 9_999_999_999).map(lambda yuan: f"损失{yuan}元"),
    st.integers(1, 9_999).map(lambda amount: f"损失{amount}万元"),
    st.datetimes().map(lambda at: f"{at.month}月{at.day}日{at.hour}时{at.minute}分"),
    st.datetimes().map(lambda at: at.strftime("%m-%d %H:%M")),
    st.tuples(st.sampled_from("GSX"), st.integers(1, 9_999)).map(lambda road: f"{road[0]}{road[1]}高速"),
    st.tuples(st.integers(1, 999), st.integers(0, 999)).map(lambda stake: f"K{stake[0]}+{stake[1]}"),
    st.tuples(st.integers(1, 99), st.integers(1, 9_999)).map(lambda home: f"{home[0]}栋{home[1]}号"),
)


@given(st.lists(_facts, min_size=1, max_size=6).map("，".join))
def test_what_the_report_is_about_stays(text: str) -> None:
    """Casualties, amounts of up to ten digits, times, roads and addresses are read as they were written."""
    assert mask(text) == text
