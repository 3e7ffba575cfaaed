"""The arithmetic and the file of the benches; what they measure is theirs to tell."""

import csv
from pathlib import Path

import pytest

from tests.bench.harness import HEADER, Row, Stamp, append, percentile, ratio, side_by_side, turned

STAMP = Stamp(date="2026-11-22", commit="abc1234", machine="A Processor, 2 cores", python="3.11.7")


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 1.0), (50, 50.0), (99, 99.0), (99.5, 100.0), (100, 100.0)]
)
def test_a_percentile_is_a_value_that_was_seen(percent: float, expected: float) -> None:
    """Of one to a hundred, whatever their order, the p-th percentile is p, and never lies between two values."""
    assert percentile([float(value) for value in range(100, 0, -1)], percent) == expected


def test_one_value_is_every_percentile() -> None:
    """A single value is its own median and its own worst case."""
    assert [percentile([7.0], percent) for percent in (0.1, 50, 99.9)] == [7.0, 7.0, 7.0]


def test_no_values_have_no_percentile() -> None:
    """A bench that measured nothing must not report a number."""
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_ratio_is_taken_inside_each_round() -> None:
    """A round in which the whole machine was slow counts like any other; rounds that miss a variant are refused."""
    assert ratio([10.0, 1.0, 30.0], [5.0, 0.5, 10.0]) == 2.0
    with pytest.raises(ValueError, match="shorter"):
        ratio([10.0, 20.0], [5.0])


def test_ours_is_compared_with_every_other() -> None:
    """The first variant is ours; ratios above 1 mean that it is faster, or needs less CPU time, than the other."""
    found = {
        "ours": [{"per_second": 20.0, "cpu_seconds_per_100k": 2.0}],
        "theirs": [{"per_second": 10.0, "cpu_seconds_per_100k": 3.0}],
    }
    assert side_by_side("transport", "messages", found, {"ours": "", "theirs": "goal 1"}) == [
        Row("transport", "ours", 20.0, "messages/s", None, "1 rounds, 20 to 20"),
        Row("transport", "ours", 2.0, "CPU s/100k messages"),
        Row("transport", "theirs", 10.0, "messages/s", 2.0, "ratio: ours / this; goal 1; 1 rounds, 10 to 10"),
        Row("transport", "theirs", 3.0, "CPU s/100k messages", 1.5),
    ]


def test_the_order_turns_round_each_round() -> None:
    """No variant always runs first, when the machine may be warmer or colder."""
    assert [turned(["a", "b", "c"], number) for number in range(3)] == [
        ["a", "b", "c"],
        ["c", "b", "a"],
        ["a", "b", "c"],
    ]


def test_rows_are_added_under_one_header(tmp_path: Path) -> None:
    """A second run adds below the first, with where it was measured on every row; commas in notes do no harm."""
    file = tmp_path / "results.csv"
    append([Row("transport", "aiokafka", 17_123.456, "messages/s", 1.0349, "3 rounds, quiet")], STAMP, file)
    append([Row("transport", "fast_lane", 5.2, "CPU s/100k messages")], STAMP, file)
    stamped = ["2026-11-22", "abc1234", "A Processor, 2 cores", "3.11.7"]
    with file.open(newline="") as opened:
        assert list(csv.reader(opened)) == [
            list(HEADER),
            [*stamped, "transport", "aiokafka", "17120", "messages/s", "1.03", "3 rounds, quiet"],
            [*stamped, "transport", "fast_lane", "5.2", "CPU s/100k messages", "", ""],
        ]
