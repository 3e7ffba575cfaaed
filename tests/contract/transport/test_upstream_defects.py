"""Where Faust 0.15.3 is at fault, as small as it can be shown, and what the fast lane does in the same place.

When one of these fails, upstream has mended it: read what changed, and see whether our override is still needed.
"""

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from faust.transport.consumer import Consumer
from intervaltree import IntervalTree  # type: ignore[import-untyped]  # Faust keeps its gaps in one

from streams.broker.transport import TP, Slice
from streams.broker.transport.tracker import OffsetTracker

PARTITION = TP("reports", 0)


def upstream_commits(acknowledged: Sequence[int], committed: int | None) -> int | None:
    """What Faust's own consumer would commit next, with nothing of it but the state that it decides by."""
    state = SimpleNamespace(
        _acked=defaultdict(list, {PARTITION: list(acknowledged)}),
        _acked_index=defaultdict(set, {PARTITION: set(acknowledged)}),
        _gap=defaultdict(IntervalTree),
        _committed_offset=defaultdict(lambda: None, {PARTITION: committed}),
    )
    return Consumer._new_offset(cast("Consumer", state), PARTITION)


def ours_commits(acknowledged: Sequence[int], first: int) -> int | None:
    """What the fast lane would commit, of records delivered one by one from `first`."""
    tracker = OffsetTracker()
    for offset in range(first, max(acknowledged) + 1):
        delivered = Slice(PARTITION, 1, offset, offset + 1, delivered_at_seconds=0.0)
        delivered.is_acked = offset in acknowledged
        tracker.deliver(delivered)
    return tracker.committable().get(PARTITION)


@pytest.mark.parametrize(
    ("committed", "acknowledged", "passed_over"),
    [
        # A committed offset is the next one to read: 2585 itself was never acknowledged, and is committed past.
        (2585, range(2586, 2590), 2585),
        # A group that has committed nothing, and one at the beginning: no gap at the head is looked for at all.
        (None, range(20, 40), 0),
        (0, range(1, 5), 0),
    ],
)
def test_issue_606_a_gap_at_the_head_is_committed_past(
    committed: int | None, acknowledged: range, passed_over: int
) -> None:
    """faust-streaming/faust#606: upstream commits past what nobody acknowledged; ours commits nothing."""
    assert upstream_commits(acknowledged, committed) == acknowledged.stop
    assert passed_over not in acknowledged
    assert ours_commits(acknowledged, passed_over) is None


def test_a_wider_gap_is_seen_by_both() -> None:
    """Two records short is a gap to upstream too: its test is off by one, not absent."""
    assert upstream_commits(range(2587, 2590), 2585) is None
    assert ours_commits(range(2587, 2590), 2585) is None
