"""Engines: one at work on a real broker and an SQLite file, stopped in order, as often as a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry
from sqlalchemy import Table, select

from models.tables import PROGRESS
from models.topics import Topic
from streams.access.signing import Keyring
from streams.broker.publishing import Publication, Publisher
from streams.broker.topics import Scale
from streams.clock import WallClock
from streams.engine import Engine, Ground
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.program.parts import Parts
from streams.program.preparation import cluster_of, prepare_topics
from streams.program.readiness import Component, Readiness
from streams.program.rules_in_force import RulesInForce
from streams.settings import load_settings
from streams.store.database import Database

GROUP = "fenghuo"
WITHIN_SECONDS = 60.0


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return once it is so; the limit only ends a test that hangs."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await is_so():
            await asyncio.sleep(0.05)


def report(number: int, **changes: object) -> bytes:
    """A fire in a township, each of another reporter."""
    body = {
        "report_id": f"r-{number}",
        "source_id": f"grid-{number}",
        "channel": "grid",
        "kind": "initial",
        "category": "accident.fire",
        "title": "仓库起火",
        "area_code": "500153",
        "reported_at": datetime.now(UTC).isoformat(),
    }
    return json.dumps({**body, **changes}).encode()


async def produce(brokers: str, *values: bytes, topic: Topic = Topic.REPORTS) -> None:
    """Put these on the topic as any producer could, all on one partition."""
    async with Publisher(brokers) as publisher:
        await publisher.publish([Publication(topic, b"500153", value) for value in values])


async def count(database: Database, table: Table) -> int:
    """How many rows the table has."""
    async with database.read() as connection:
        return len((await connection.execute(select(table))).all())


async def reports_read(database: Database) -> int:
    """Records of `reports` that were handled or are a gap."""
    async with database.read() as connection:
        rows = await connection.execute(
            select(PROGRESS.c.next_offset).where(PROGRESS.c.topic == Topic.REPORTS.value)
        )
        return sum(row.next_offset for row in rows)


@dataclass(frozen=True, slots=True)
class Place:
    """Where engines run: a broker, the seconds that suit it, and a data folder."""

    brokers: str
    session_timeout_seconds: float
    folder: Path

    @asynccontextmanager
    async def engine(self, database: Database) -> AsyncIterator[CollectorRegistry]:
        """An engine in the group, its sweepers at work; stopped in order afterwards."""
        settings = load_settings(
            None,
            data_dir=self.folder,
            simulate=False,
            consumer_group=GROUP,
            session_timeout_seconds=self.session_timeout_seconds,
            heartbeat_seconds=0.5,
        )
        registry, wall = CollectorRegistry(), WallClock()
        metrics, readiness = Metrics(registry), Readiness([Component.DEAD_LETTERS])
        rules = RulesInForce(database, wall)
        await rules.settle()
        cluster_id = await cluster_of(self.brokers, readiness)
        await prepare_topics(self.brokers, readiness, scale=Scale.EMBEDDED)
        ground = Ground(
            settings, database, wall, wall, rules, metrics, Bookkeeper(metrics), readiness, Keyring()
        )
        parts = Parts()
        async with AsyncExitStack() as stack:
            publisher = await stack.enter_async_context(Publisher(self.brokers))
            engine = Engine(ground, cluster_id, self.brokers, publisher)
            stack.push_async_callback(engine.stop)
            await engine.start()
            stack.push_async_callback(parts.stop)
            for name, work in engine.work().items():
                parts.start(name, work())
            yield registry
            assert parts.crashed is None
