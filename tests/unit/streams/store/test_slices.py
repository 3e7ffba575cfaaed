"""A slice of a partition knows which offsets are missing from it."""

import pytest

from streams.store.progress import Slice


@pytest.mark.parametrize(
    ("stored", "offsets", "gaps"),
    [
        (0, (0, 1, 2), ()),
        (0, (2, 3), ((0, 2),)),
        (5, (5, 7, 9), ((6, 7), (8, 9))),
        (5, (3, 4, 5), ()),
        (5, (3, 4, 8), ((5, 8),)),
    ],
)
def test_gaps_are_what_is_missing_from_where_the_partition_stands(
    stored: int, offsets: tuple[int, ...], gaps: tuple[tuple[int, int], ...]
) -> None:
    """Each hole from the stored offset on is told; what lies below was processed and is no hole."""
    assert Slice("reports", 0, offsets).gaps(stored) == gaps
