"""Pairs, by which fusion is measured, and numerals, in which the reports that measure it are written."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storm.numerals import about_zh, count_zh, numeral_zh, yuan_zh
from tests.storm.pairs import Pairs, pairs_of


def test_a_perfect_grouping_has_every_pair() -> None:
    """Two events in two incidents of their own: all that was joined is right, and nothing is missing."""
    found = pairs_of([("fire", 1), ("fire", 1), ("fire", 1), ("flood", 2), ("flood", 2)])
    assert found == Pairs(joined=4, true=4, right=4)
    assert (found.precision, found.recall) == (1.0, 1.0)


def test_a_stranger_costs_precision_and_a_split_costs_recall() -> None:
    """Four of a fire in two incidents by halves, one of them with a stranger: counted by hand."""
    found = pairs_of([("fire", 1), ("fire", 1), ("flood", 1), ("fire", 2), ("fire", 2)])
    assert found == Pairs(joined=4, true=6, right=2)
    assert (found.precision, found.recall) == (0.5, 2 / 6)


def test_days_add_up() -> None:
    """Two days are measured by the pairs of both, and a day without any pair changes nothing."""
    day = pairs_of([("fire", 1), ("fire", 1)])
    assert day + pairs_of([("fire", 1)]) == day
    assert (day + day).joined == 2


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (3_040, "三千零四十"),
    ],
)
def test_numerals_are_those_that_people_write(number: int, words: str) -> None:
    """Tens without a leading one, and one zero for a gap however wide."""
    assert numeral_zh(number) == words


@given(number=st.integers(1, 99_999), seed=st.integers(0, 100))
def test_a_rounded_number_is_near_and_says_so(number: int, seed: int) -> None:
    """What is about so many lies within a tenth or the last digit, and has a word for it."""
    words, told = about_zh(number, Random(seed))
    assert str(told) in words
    assert words != str(told)
    assert abs(told - number) <= max(number / 5, 10)


@given(number=st.integers(1, 99_999), seed=st.integers(0, 100))
def test_two_of_something_are_not_written_as_the_numeral(number: int, seed: int) -> None:
    """Before a measure word two is 两; nobody writes 二人."""
    assert count_zh(number, Random(seed)) != "二"


@pytest.mark.parametrize(("yuan", "words"), [(9_999, "9999元"), (120_000, "12万"), (150_000_000, "1.5亿元")])
def test_money_is_written_in_its_unit(yuan: int, words: str) -> None:
    """Below ten thousand in yuan, then in 万, then in 亿."""
    assert yuan_zh(yuan, Random(1)).startswith(words)
