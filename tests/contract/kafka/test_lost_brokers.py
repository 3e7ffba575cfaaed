"""Brokers of three are lost: one is not felt, two stop what would not be safe, and no row is marked that is nowhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from models.tables import OUTBOX
from models.topics import Topic
from streams.broker.publishing import Publication, Publisher, PublishFailed
from streams.broker.reading import read_to_end
from streams.metrics import Metrics
from streams.processing.relay import Relay
from streams.store import outbox
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.publications import Outgoing
from streams.store.unit_of_work import UnitsOfWork, wall_now
from streams.sweepers.outbox import OutboxSweep
from tests.brokers.cluster import KafkaCluster

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]
KEYS = [b"%d" % number for number in range(24)]  # enough for every partition, whichever broker leads it


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}")
    await upgrade(opened)
    yield opened
    await opened.close()


async def waiting(database: Database) -> int:
    """How many rows nobody has marked as published."""
    async with database.read() as connection:
        found = await connection.scalar(
            select(func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None))
        )
    return int(found or 0)


async def write_down(database: Database, value: bytes) -> None:
    """A row for every partition, as a gateway leaves them."""
    rows = [Outgoing(Publication(Topic.REPORTS.value, key, value)) for key in KEYS]
    async with database.write() as connection:
        await outbox.add(connection, rows, wall_now())


async def on_kafka(city: KafkaCluster, value: bytes) -> set[bytes]:
    """The keys under which this value lies on the topic."""
    records = [one async for one in read_to_end(city.access("fenghuo-engine"), Topic.REPORTS.value)]
    return {one.key or b"" for one in records if one.value == value}


async def test_brokers_are_lost_one_after_the_other(city: KafkaCluster, database: Database) -> None:
    """One lost: all is published. Two: publishing fails and no row is marked. Back: the same rows arrive."""
    units = UnitsOfWork(database, "cluster", "gateway")
    async with Publisher(city.access("fenghuo-gateway")) as publisher:
        sweep = OutboxSweep(Relay(publisher.publish, units, Metrics(CollectorRegistry())))
        try:
            city.nodes[1].kill()
            await write_down(database, b"one is lost")
            assert await _swept(sweep) == len(KEYS)
            assert (await waiting(database), await on_kafka(city, b"one is lost")) == (0, set(KEYS))

            city.nodes[2].kill()
            await write_down(database, b"two are lost")
            with pytest.raises(PublishFailed):
                await sweep()
            assert await waiting(database) == len(KEYS)
        finally:
            city.start()
        await _expire(database)
        assert await _swept(sweep) == len(KEYS)
        assert (await waiting(database), await on_kafka(city, b"two are lost")) == (0, set(KEYS))


async def _swept(sweep: OutboxSweep) -> int:
    """Sweep until it succeeds: leaders move to the brokers that are left, and clients learn of it."""
    while True:
        try:
            return await sweep()
        except PublishFailed:
            await _expire(sweep.relay.units.database)


async def _expire(database: Database) -> None:
    """Let the claims of sweeps that failed run out at once."""
    async with database.write() as connection:
        await connection.execute(OUTBOX.update().values(claimed_until=None))
