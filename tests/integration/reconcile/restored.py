"""Restored: a world whose broker notes when things were written, a backup of its database, and what that becomes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select

from models.tables import metadata
from models.topics import Topic
from streams.broker.reading import Read
from streams.clock import Clock
from streams.processing.vouching import Voucher
from streams.reconcile import Plan, Replayed, Replayer, draw_up
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.progress import Partition
from streams.store.unit_of_work import UnitsOfWork, wall_now
from tests.fakes.batches import FakeRecord
from tests.fakes.signing import KEYRING
from tests.stored.broker import MemoryBroker
from tests.stored.process import RULES
from tests.stored.world import StoreWorld

Rows = dict[str, list[dict[str, object]]]
# How a message travelled is not what became of it; claims and deliveries are of a life, not of an incident.
_MEANT = {
    "events": (),
    "incidents": (),
    "reports": (),
    "deadlines": (),
    "outcomes": ("outcome_id",),
    "commands": ("deliveries", "last_sent_at"),
    "inbox": (),
}


class TimedBroker(MemoryBroker):
    """Notes of each record when it was written, by the clock of the world."""

    def __init__(self, cluster_id: str, clock: Clock) -> None:
        super().__init__(cluster_id)
        self._clock = clock
        self.written: defaultdict[Partition, dict[int, datetime]] = defaultdict(dict)

    def append(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        partition: int | None = None,
        headers: tuple[tuple[str, bytes], ...] = (),
    ) -> None:
        """As every broker."""
        super().append(topic, key, value, partition, headers)
        for (name, number), log in self.logs.items():
            if name == topic and log:
                self.written[name, number].setdefault(log[-1].offset, self._clock.now())


class TimedWorld(StoreWorld):
    """A world on such a broker."""

    def __init__(self) -> None:
        super().__init__()
        self.timed = TimedBroker("cluster-1", self.clock)
        self.broker = self.timed
        self.process = self._born()


class MemoryHoldings:
    """What a broker in memory holds; see `streams.reconcile.Holdings`."""

    def __init__(self, broker: TimedBroker) -> None:
        self._broker = broker
        self.groups: dict[Partition, int] = {}

    async def newest(self, topic: Topic, most: int) -> list[Read]:
        return [
            self._read(topic, record)
            for (name, _), log in sorted(self._broker.logs.items())
            if name == topic
            for record in log[-most:]
        ]

    async def since(self, topic: Topic, next_offsets: Mapping[int, int]) -> list[Read]:
        return [
            self._read(topic, record)
            for (name, number), log in sorted(self._broker.logs.items())
            if name == topic
            for record in log
            if record.offset >= next_offsets.get(number, 0)
        ]

    async def before(self, next_offsets: Mapping[Partition, int], most: int) -> list[Read]:
        return [
            self._read(Topic(name), record)
            for (name, number), at in sorted(next_offsets.items())
            for record in self._broker.logs[name, number]
            if at - most <= record.offset < at
        ]

    async def first(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        return {one: self._broker.first_offset(*one) for one in partitions}

    async def ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        return {one: self._broker.end_offset(*one) for one in partitions}

    async def committed(self, group: str, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        return {one: at for one, at in self.groups.items() if one in partitions}

    def _read(self, topic: Topic, record: FakeRecord) -> Read:
        at = self._broker.written[topic, record.partition][record.offset]
        return Read(
            topic, record.partition, record.offset, at, record.key, record.value or b"", record.headers
        )


async def put_back(backup: Path, database: Database) -> None:
    """Everything that the file of an SQLite database holds, into a database of any kind."""
    await upgrade(database)
    source = Database(f"sqlite+aiosqlite:///{backup}")
    try:
        async with source.read() as held, database.write() as connection:
            for table in metadata.sorted_tables:
                counted = table.autoincrement_column  # counts on by itself
                wanted = [column for column in table.columns if column is not counted]
                rows = [dict(row._mapping) for row in await held.execute(select(*wanted))]
                if rows:
                    await connection.execute(insert(table), rows)
    finally:
        await source.close()


async def plan_of(database: Database, broker: TimedBroker) -> Plan:
    """What `fenghuo reconcile --dry-run` would tell."""
    return await draw_up(database, broker.cluster_id, MemoryHoldings(broker))


async def reconcile(database: Database, broker: TimedBroker) -> Replayed:
    """As `fenghuo reconcile` does it."""
    replayer = Replayer(
        units=UnitsOfWork(database, broker.cluster_id, "reconcile"),
        rulebooks={RULES.digest: RULES},
        in_force=RULES,
        voucher=lambda clock: Voucher(KEYRING, clock, trusts_unsigned=False),
    )
    return await replayer.replay(await plan_of(database, broker), wall_now())


async def what_was_meant(database: Database) -> Rows:
    """Every row that says what happened, in an order that does not hang on how it came about."""
    kept: Rows = {}
    async with database.read() as connection:
        for name, left_out in _MEANT.items():
            rows = [dict(row._mapping) for row in await connection.execute(select(metadata.tables[name]))]
            plain = [{key: value for key, value in row.items() if key not in left_out} for row in rows]
            kept[name] = sorted(plain, key=repr)
    return kept
