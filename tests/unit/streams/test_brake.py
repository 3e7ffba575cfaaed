"""Too many dead letters stop a partition; a few never do."""

import pytest

from streams.processing.brake import Brake, BrakeLimits

GOOD, DEAD = False, True
LIMITS = BrakeLimits(ratio=0.01, window=1_000, in_a_row=100)


def reasons(*batches: list[bool]) -> list[str | None]:
    brake = Brake(LIMITS)
    return [brake.pull_reason(batch) for batch in batches]


def test_a_hundred_in_a_row_stop_it() -> None:
    """The hundredth dead letter without a good message between stops the partition, across batches too."""
    assert reasons([DEAD] * 60, [DEAD] * 39, [DEAD]) == [None, None, "100 dead letters in a row"]


def test_one_good_message_ends_the_row() -> None:
    """Ninety-nine, a good one, ninety-nine: a few early dead letters are no share of a window yet."""
    assert reasons([DEAD] * 99 + [GOOD] + [DEAD] * 99) == [None]


def test_a_row_inside_a_batch_is_seen() -> None:
    """A hundred dead letters in the middle of a batch stop it although the batch ends well."""
    assert reasons([GOOD] * 10 + [DEAD] * 100 + [GOOD] * 10) == ["100 dead letters in a row"]


def test_more_than_the_share_stops_it() -> None:
    """One in a hundred is borne; one more than that in a full window is not."""
    one_percent = ([DEAD] + [GOOD] * 99) * 10
    assert reasons(one_percent) == [None]
    assert reasons([DEAD, *one_percent]) == ["11 dead letters among the last 1001 messages"]


def test_what_is_long_past_is_forgotten() -> None:
    """Dead letters before the window do not count against what comes later."""
    assert reasons([DEAD] * 9 + [GOOD] * 91, *[[GOOD] * 100] * 9, [DEAD] * 2 + [GOOD] * 98) == [None] * 11


@pytest.mark.parametrize("size", [1, 7, 500])
def test_the_size_of_batches_does_not_matter(size: int) -> None:
    """Every second message dead: stopped by its share in the batch that fills the window, however it is cut."""
    brake = Brake(LIMITS)
    messages = [GOOD, DEAD] * 600
    for start in range(0, len(messages), size):
        if brake.pull_reason(messages[start : start + size]):
            assert start < 1_000 <= start + size
            return
    pytest.fail("the brake was never pulled")
