"""Progress: the database says where a partition stands, and holes in it are sought once and then recorded."""

import pytest

from models.topics import Topic
from streams.errors import OffsetGap
from tests.contract.store.worker import Worker, decoded, fates, report


async def test_a_gap_is_told_and_nothing_is_kept(worker: Worker) -> None:
    """Missing offsets roll the batch back and say from where to read again."""
    await worker.take(Topic.REPORTS, report("r-0"))
    late = decoded(Topic.REPORTS, 5, report("r-5", source="b"))
    with pytest.raises(OffsetGap) as told:
        await worker.handle(late)
    assert (told.value.expected, told.value.found) == (1, 5)
    assert await worker.count("inbox") == 1
    assert await worker.count("gaps") == 0


async def test_a_gap_inside_a_batch_is_sought_from_where_the_partition_stands(worker: Worker) -> None:
    """What lies before the hole was rolled back too, so reading again begins there."""
    arrivals = [decoded(Topic.REPORTS, offset, report(f"r-{offset}")) for offset in (0, 1, 4)]
    with pytest.raises(OffsetGap) as told:
        await worker.handle(*arrivals)
    assert (told.value.expected, told.value.found) == (0, 4)


async def test_a_gap_that_is_real_is_recorded(worker: Worker) -> None:
    """Accepted, the hole is a row, and offsets still add up (I8)."""
    arrivals = [decoded(Topic.REPORTS, offset, report(f"r-{offset}")) for offset in (2, 3, 7)]
    result = await worker.handle(*arrivals, accept_gap=True)
    gaps = [(row["from_offset"], row["to_offset"]) for row in await worker.rows("gaps")]
    (row,) = await worker.rows("progress")
    assert fates(result.handled) == ["applied"] * 3
    assert gaps == [(0, 2), (4, 7)]
    assert (row["next_offset"], row["processed"]) == (8, 3)


async def test_a_batch_that_begins_too_early_goes_on_where_the_partition_stands(worker: Worker) -> None:
    """Records below the stored offset are skipped, those above are handled."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-0"), report("r-1"), report("r-2"))
    await worker.handle(*arrivals[:2])
    result = await worker.handle(*arrivals)
    assert [one.record.offset for one in result.handled] == [2]


async def test_clusters_are_counted_apart(worker: Worker, rival: Worker) -> None:
    """A new broker begins at 0; what the inbox knows from the old one is a duplicate there."""
    await worker.take(Topic.REPORTS, report("r-0"))
    rival.cluster_id = "cluster-2"
    rival.__post_init__()
    result = await rival.take(Topic.REPORTS, report("r-0"), report("r-1"))
    assert fates(result.handled) == ["duplicate", "applied"]
    assert [row["next_offset"] for row in await worker.rows("progress")] == [1, 2]
