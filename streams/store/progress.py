"""Progress: moving a partition's next offset by compare-and-set, which is what keeps a zombie worker out.

The row stays locked until the transaction ends: of two workers that move one partition at once the second waits,
updates nothing and is told so; one that comes later finds its records processed and skips them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import DEAD_LETTERS, GAPS, INBOX, PROGRESS
from streams.errors import Fenced, OffsetGap
from streams.store.statements import insert, insert_new

Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Slice:
    """What a batch holds of one partition: offsets in order, at least one."""

    topic: str
    partition: int
    offsets: tuple[int, ...]

    def gaps(self, stored: int) -> tuple[tuple[int, int], ...]:
        """Runs of offsets that are missing from `stored` on, each as (first missing, first there again)."""
        found, expected = [], stored
        for offset in self.offsets:
            if offset > expected:
                found.append((expected, offset))
            expected = max(expected, offset + 1)
        return tuple(found)


@dataclass(slots=True)
class PartitionCounts:
    """What became of the records of one partition in this batch."""

    processed: int = 0
    duplicate: int = 0
    dead: int = 0


_WHERE = (
    PROGRESS.c.cluster_id == bindparam("in_cluster"),
    PROGRESS.c.topic == bindparam("in_topic"),
    PROGRESS.c.partition == bindparam("in_partition"),
)
_STORED = select(PROGRESS.c.next_offset).where(*_WHERE)
_ALL = select(PROGRESS).where(PROGRESS.c.cluster_id == bindparam("in_cluster"))
_ADVANCE = (
    update(PROGRESS)
    .where(*_WHERE, PROGRESS.c.next_offset == bindparam("from_offset"))
    .values(next_offset=bindparam("to_offset"), updated_at=bindparam("at"))
)
_COUNT = (
    update(PROGRESS)
    .where(*_WHERE)
    .values(
        processed=PROGRESS.c.processed + bindparam("more_processed"),
        duplicate=PROGRESS.c.duplicate + bindparam("more_duplicate"),
        dead=PROGRESS.c.dead + bindparam("more_dead"),
    )
)


async def next_offsets(connection: AsyncConnection, cluster_id: str) -> dict[Partition, int]:
    """Where every partition of this cluster goes on; a partition that is missing begins at 0."""
    rows = await connection.execute(_ALL, {"in_cluster": cluster_id})
    return {(row.topic, row.partition): row.next_offset for row in rows}


async def advance(
    connection: AsyncConnection, cluster_id: str, slices: Sequence[Slice], now: datetime, *, accept_gap: bool
) -> dict[Partition, int]:
    """Move each partition past its slice, and say from which offset on its records are new.

    What lies below was processed before: the caller skips it. Raises Fenced when another worker moves the partition
    at this moment, OffsetGap (unless `accept_gap`, which records it) when offsets are missing; the caller's
    transaction must roll back.
    """
    stood: dict[Partition, int] = {}
    # In one order for every worker, so that two of them never wait for one another in a circle.
    for piece in sorted(slices, key=lambda piece: (piece.topic, piece.partition)):
        where = {"in_cluster": cluster_id, "in_topic": piece.topic, "in_partition": piece.partition}
        stored = await _stands_at(connection, where, now)
        stood[piece.topic, piece.partition] = stored
        following = piece.offsets[-1] + 1
        if following <= stored:
            continue
        await _record_gaps(connection, cluster_id, piece, stored, now, accept_gap=accept_gap)
        move = {**where, "from_offset": stored, "to_offset": following, "at": now}
        if (await connection.execute(_ADVANCE, move)).rowcount != 1:
            raise Fenced(f"{piece.topic}[{piece.partition}]: another worker has moved it on from {stored}")
    return stood


async def skip(
    connection: AsyncConnection, cluster_id: str, partition: Partition, to_offset: int, now: datetime
) -> None:
    """Move a partition on to the oldest record that there is; what is gone before it is recorded as a gap.

    Does nothing where it stands there already. Raises Fenced when another worker moves it at this moment.
    """
    where: dict[str, object] = {
        "in_cluster": cluster_id,
        "in_topic": partition[0],
        "in_partition": partition[1],
    }
    stored = await _stands_at(connection, where, now)
    if stored >= to_offset:
        return
    move = {**where, "from_offset": stored, "to_offset": to_offset, "at": now}
    if (await connection.execute(_ADVANCE, move)).rowcount != 1:
        raise Fenced(f"{partition[0]}[{partition[1]}]: another worker has moved it on from {stored}")
    key = {"cluster_id": cluster_id, "topic": partition[0], "partition": partition[1], "recorded_at": now}
    await insert(connection, GAPS, [{**key, "from_offset": stored, "to_offset": to_offset}])


async def begin_anew(
    connection: AsyncConnection, cluster_id: str, partition: Partition, until: datetime
) -> None:
    """What was read of a partition that is another one now is kept under a name of its own; reading begins at 0.

    Its messages stay in the inbox, so that none of them is handled twice. `until` is real time.
    """
    was = f"{cluster_id} until {until.isoformat(timespec='seconds')}"
    for table in (PROGRESS, GAPS, INBOX, DEAD_LETTERS):
        of_partition = (
            table.c.cluster_id == cluster_id,
            table.c.topic == partition[0],
            table.c.partition == partition[1],
        )
        await connection.execute(update(table).where(*of_partition).values(cluster_id=was))


async def count(
    connection: AsyncConnection, cluster_id: str, counts: Mapping[Partition, PartitionCounts]
) -> None:
    """Add what became of the batch's records to each partition's counts."""
    rows = [
        {
            "in_cluster": cluster_id,
            "in_topic": topic,
            "in_partition": partition,
            "more_processed": counted.processed,
            "more_duplicate": counted.duplicate,
            "more_dead": counted.dead,
        }
        for (topic, partition), counted in sorted(counts.items())
    ]
    if rows:
        await connection.execute(_COUNT, rows)


async def _stands_at(connection: AsyncConnection, where: dict[str, object], now: datetime) -> int:
    stored = (await connection.execute(_STORED, where)).scalar_one_or_none()
    if stored is not None:
        return int(stored)
    new = {"cluster_id": where["in_cluster"], "topic": where["in_topic"], "partition": where["in_partition"]}
    zero = {"next_offset": 0, "processed": 0, "duplicate": 0, "dead": 0, "updated_at": now}
    await insert_new(connection, PROGRESS, [{**new, **zero}])
    return int((await connection.execute(_STORED, where)).scalar_one())


async def _record_gaps(
    connection: AsyncConnection,
    cluster_id: str,
    piece: Slice,
    stored: int,
    now: datetime,
    *,
    accept_gap: bool,
) -> None:
    gaps = piece.gaps(stored)
    if gaps and not accept_gap:
        # Sought from where the partition stands, since what lies before the gap was not handled either.
        raise OffsetGap(piece.topic, piece.partition, stored, gaps[0][1])
    key = {"cluster_id": cluster_id, "topic": piece.topic, "partition": piece.partition, "recorded_at": now}
    await insert(connection, GAPS, [{**key, "from_offset": first, "to_offset": end} for first, end in gaps])
