"""The order of acknowledgements never decides more than what may be committed, whatever that order is."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.broker.transport import TP, Slice
from streams.broker.transport.tracker import OffsetTracker

PARTITION, OTHER = TP("reports", 0), TP("reports", 1)


def delivered(tracker: OffsetTracker, *bounds: int, partition: TP = PARTITION) -> list[Slice]:
    """Neighbouring slices between the bounds, delivered a second apart."""
    slices = [
        Slice(partition, 1, first, after, delivered_at_seconds=float(position))
        for position, (first, after) in enumerate(pairwise(bounds))
    ]
    for each in slices:
        tracker.deliver(each)
    return slices


@given(count=st.integers(1, 40), seed=st.integers(0, 10_000))
def test_committable_is_the_end_of_the_acknowledged_front(count: int, seed: int) -> None:
    """After every single acknowledgement the committable offset is where the first unacknowledged slice begins."""
    tracker = OffsetTracker()
    slices = delivered(tracker, *range(0, 10 * count + 1, 10))
    for each in random.Random(seed).sample(slices, count):
        each.is_acked = True
        front = next((other.first_offset for other in slices if not other.is_acked), 10 * count)
        assert tracker.committable().get(PARTITION, 0) == front


def test_what_is_committed_is_not_committed_again() -> None:
    """Only progress made since the last commit is offered for the next."""
    tracker = OffsetTracker()
    first, second = delivered(tracker, 0, 10, 20)
    first.is_acked = True
    tracker.committed(tracker.committable())
    assert tracker.committable() == {}
    second.is_acked = True
    assert tracker.committable() == {PARTITION: 20}


def test_an_acknowledgement_during_a_commit_is_not_forgotten() -> None:
    """What is acknowledged between asking for the offsets and committing them is committed next time."""
    tracker = OffsetTracker()
    first, second = delivered(tracker, 0, 10, 20)
    first.is_acked = True
    offsets = tracker.committable()
    second.is_acked = True
    tracker.committable()
    tracker.committed(offsets)
    assert tracker.committable() == {PARTITION: 20}


def test_partitions_do_not_wait_for_each_other() -> None:
    """An unacknowledged slice holds back its own partition alone."""
    tracker = OffsetTracker()
    delivered(tracker, 0, 10)
    (other,) = delivered(tracker, 5, 7, partition=OTHER)
    other.is_acked = True
    assert tracker.committable() == {OTHER: 7}


def test_a_forgotten_partition_commits_nothing() -> None:
    """After a revocation or a seek neither earlier nor late acknowledgements count."""
    tracker = OffsetTracker()
    first, second = delivered(tracker, 0, 10, 20)
    first.is_acked = True
    tracker.forget([PARTITION, OTHER])
    second.is_acked = True
    assert tracker.committable() == {}
    assert tracker.oldest_unacked_seconds(100.0) == 0.0


def test_age_is_that_of_the_oldest_unacknowledged() -> None:
    """Slices that are acknowledged out of order do not make the oldest look younger, nor older."""
    tracker = OffsetTracker()
    first, second, third = delivered(tracker, 0, 10, 20, 30)
    second.is_acked = True
    assert tracker.oldest_unacked_seconds(10.0) == 10.0
    first.is_acked = True
    assert tracker.oldest_unacked_seconds(10.0) == 8.0
    third.is_acked = True
    assert tracker.oldest_unacked_seconds(10.0) == 0.0


def test_what_waits_behind_work_that_is_done_does_not_hang() -> None:
    """A slice in a queue is as old as it is, but counts from when its agent last finished something of its topic."""
    tracker = OffsetTracker()
    first, _ = delivered(tracker, 0, 10, 20)
    delivered(tracker, 0, 10, partition=OTHER)
    assert tracker.unfinished_seconds(5.0) == 5.0
    tracker.finish(first, 90.0)
    assert (tracker.oldest_unacked_seconds(91.0), tracker.unfinished_seconds(91.0)) == (91.0, 1.0)


def test_what_is_in_hand_counts_from_when_it_was_taken() -> None:
    """However busy its agent is with others since: what was taken and is never finished was dropped."""
    tracker = OffsetTracker()
    first, second = delivered(tracker, 0, 10, 20)
    first.is_taken, first.taken_at_seconds = True, 50.0
    tracker.finish(second, 90.0)
    assert tracker.unfinished_seconds(91.0) == 41.0
    tracker.finish(first, 91.0)
    assert tracker.unfinished_seconds(91.0) == 0.0


def test_in_hand_is_taken_and_not_acknowledged() -> None:
    """What waits in a queue is not in hand; what was taken is, until it is acknowledged."""
    tracker = OffsetTracker()
    first, _ = delivered(tracker, 0, 10, 20)
    assert not tracker.is_in_hand()
    first.is_taken = True
    assert tracker.is_in_hand()
    first.is_acked = True
    assert not tracker.is_in_hand()
