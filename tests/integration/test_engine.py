"""One engine on a real broker and a real database: what goes in on a topic, what stands in tables, what comes out."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, cast

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Table, select

from models.messages.event import Event
from models.tables import DEAD_LETTERS, INCIDENTS, OUTBOX, PROGRESS
from models.topics import Topic
from streams.access.signing import Keyring
from streams.broker.embedded import EmbeddedBroker
from streams.broker.publishing import Publication, Publisher
from streams.broker.reading import read_to_end
from streams.broker.topics import Scale
from streams.broker.transport.app import FastLaneApp
from streams.broker.transport.consumer import FastLaneConsumer
from streams.clock import WallClock
from streams.engine import THE_MACHINE, Edges, Engine, Ground
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.program.parts import Parts
from streams.program.preparation import cluster_of, prepare_topics
from streams.program.readiness import Component, Readiness
from streams.program.rules_in_force import RulesInForce
from streams.settings import load_settings
from streams.store import outbox
from streams.store.database import Database
from streams.store.publications import Outgoing
from streams.store.unit_of_work import wall_now
from tests.brokers.kafka import KafkaBroker, delete_topics

WITHIN_SECONDS = 60.0
_SWEPT_WITHIN_SECONDS = 20.0  # a sweep comes every second
GARBAGE = b"\xffgarbage"
NO_KEYS = Keyring()


def report(number: int, **changes: object) -> bytes:
    body = {
        "report_id": f"r-{number}",
        "source_id": "grid-500153",
        "channel": "grid",
        "kind": "initial",
        "category": "accident.fire",
        "title": "仓库起火",
        "area_code": "500153",
        "reported_at": datetime.now(UTC).isoformat(),
    }
    return json.dumps({**body, **changes}).encode()


@dataclass
class Running:
    """An engine at work, with what a test needs to look at."""

    database: Database
    brokers: str
    publisher: Publisher
    readiness: Readiness
    registry: CollectorRegistry
    engine: Engine = field(repr=False)

    async def produce(self, *values: bytes, topic: Topic = Topic.REPORTS) -> None:
        """Put these on the topic as any producer could, all on one partition."""
        await self.publisher.publish([Publication(topic, b"500153", value) for value in values])

    async def count(self, table: Table) -> int:
        async with self.database.read() as connection:
            return len((await connection.execute(select(table))).all())

    async def processed(self) -> int:
        """Records of `reports` that were handled, whatever became of them."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(PROGRESS).where(PROGRESS.c.topic == Topic.REPORTS.value))
            return sum(row.processed + row.duplicate + row.dead for row in rows)

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return once it is so; the limit only ends a test that hangs."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await is_so():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def engine_on(
    database: Database,
    brokers: str,
    folder: Path,
    keyring: Keyring = NO_KEYS,
    edges: Edges = THE_MACHINE,
    **settings_of_test: object,
) -> AsyncIterator[Running]:
    """An engine in the group, its sweepers at work; stopped in order afterwards."""
    settings = load_settings(
        None,
        data_dir=folder,
        simulate=False,
        session_timeout_seconds=2,
        heartbeat_seconds=0.5,
        **settings_of_test,
    )
    registry, wall = CollectorRegistry(), WallClock()
    metrics, readiness = Metrics(registry), Readiness([Component.DEAD_LETTERS, Component.PARTITIONS])
    rules = RulesInForce(database, wall)
    await rules.settle()
    cluster_id = await cluster_of(brokers, readiness)
    await prepare_topics(brokers, readiness, scale=Scale.EMBEDDED)
    ground = Ground(settings, database, wall, wall, rules, metrics, Bookkeeper(metrics), readiness, keyring)
    parts = Parts()
    async with AsyncExitStack() as stack:
        publisher = await stack.enter_async_context(Publisher(brokers))
        engine = Engine(ground, cluster_id, brokers, publisher, edges)
        stack.push_async_callback(engine.stop)
        await engine.start()
        stack.push_async_callback(parts.stop)
        for name, work in engine.work().items():
            parts.start(name, work())
        yield Running(database, brokers, publisher, readiness, registry, engine)
        assert parts.crashed is None


@pytest.fixture(params=["tansu", pytest.param("kafka", marks=pytest.mark.kafka)])
async def brokers(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A broker without topics: a Tansu of the test's own, or the Kafka that this folder's tests take turns on."""
    if request.param == "tansu":
        async with EmbeddedBroker() as broker:
            yield broker.brokers
        return
    kafka: KafkaBroker = request.getfixturevalue("engines_kafka")
    await delete_topics(kafka.bootstrap_servers)
    yield kafka.bootstrap_servers


@pytest.fixture
async def running(database: Database, brokers: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with engine_on(database, brokers, tmp_path) as engine:
        yield engine


async def events_on_topic(brokers: str) -> list[Event]:
    return [
        Event.model_validate_json(read.value) async for read in read_to_end(brokers, Topic.INCIDENT_EVENTS)
    ]


async def test_a_report_becomes_an_incident_with_its_log_on_kafka(running: Running) -> None:
    """An urgent fire is a row of its own, goes on to disposal while unverified, and its whole log is on the topic."""
    await running.produce(report(1, channel="119", urgent=True))

    async def has_commands() -> bool:
        return running.metric("fenghuo_commands_total", status="issued") > 0

    await until(has_commands)
    async with running.database.read() as connection:
        (incident,) = (await connection.execute(select(INCIDENTS))).all()
    assert (incident.category, incident.area_code, incident.reports) == ("accident.fire", "500153", 1)

    async def is_published() -> bool:
        return [e.seq for e in await events_on_topic(running.brokers)] == list(range(1, await seq() + 1))

    async def seq() -> int:
        async with running.database.read() as connection:
            return int((await connection.scalars(select(INCIDENTS.c.seq))).one())

    await until(is_published)
    log = await events_on_topic(running.brokers)
    assert log[0].type == "incident_opened"
    assert {event.incident_id for event in log} == {incident.incident_id}
    assert running.metric("fenghuo_reports_total", channel="119", outcome="accepted") == 1


async def test_garbage_becomes_a_dead_letter_and_the_stream_goes_on(running: Running) -> None:
    """Between two good reports stand garbage, an oversized one and a tombstone: all kept whole, both reports count."""
    oversized = b"x" * 300_000
    await running.produce(
        report(1), GARBAGE, oversized, b"", report(2, category="accident.gas", title="燃气泄漏")
    )

    async def all_done() -> bool:
        return await running.processed() == 5

    await until(all_done)
    async with running.database.read() as connection:
        rows = (await connection.execute(select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.offset))).all()
    assert [(row.offset, row.reason, row.value) for row in rows] == [
        (1, "unreadable", GARBAGE),
        (2, "oversized", oversized),
        (3, "unreadable", b""),
    ]
    assert await running.count(INCIDENTS) == 2
    assert running.metric("fenghuo_dead_letters_total", topic="reports", reason="unreadable") == 2

    async def are_told() -> bool:
        told = [json.loads(read.value) async for read in read_to_end(running.brokers, Topic.DEAD_LETTERS)]
        return [letter["reason"] for letter in told] == ["unreadable", "oversized", "unreadable"]

    await until(are_told)
    assert running.readiness.is_ready()


async def test_the_largest_record_that_kafka_takes_blocks_nothing(running: Running) -> None:
    """Its dead letter is whole in the database and cut on the topic, where base64 would be too large to publish."""
    largest = b"x" * 990_000
    await running.produce(largest)
    await running.produce(report(1))

    async def is_in() -> bool:
        return await running.count(INCIDENTS) == 1

    await until(is_in)
    async with running.database.read() as connection:
        assert (await connection.scalars(select(DEAD_LETTERS.c.value))).all() == [largest]

    async def told() -> list[dict[str, str]]:
        return [json.loads(read.value) async for read in read_to_end(running.brokers, Topic.DEAD_LETTERS)]

    async def is_told() -> bool:
        return len(await told()) == 1

    await until(is_told)
    (letter,) = await told()
    assert base64.b64decode(letter["value_base64"]) == largest[:600_000]
    assert "first 600000 bytes" in letter["detail"]


async def test_the_outbox_is_swept_all_the_time(running: Running) -> None:
    """What a dead process left is published without a restart and without a nudge, time and again."""
    left = Outgoing(Publication(Topic.DEAD_LETTERS, b"", b"{}"))

    async def is_out() -> bool:
        async with running.database.read() as connection:
            waiting = await connection.scalars(select(OUTBOX.c.id).where(OUTBOX.c.published_at.is_(None)))
            return waiting.first() is None

    for _ in range(2):
        async with running.database.write() as connection:
            await outbox.add(connection, [left], wall_now())
        async with asyncio.timeout(_SWEPT_WITHIN_SECONDS):
            await until(is_out)


async def test_a_hundred_garbage_in_a_row_stop_the_topic(running: Running) -> None:
    """The consumer of `reports` stands still and readiness says why; the urgent lane goes on."""
    for _ in range(2):
        await running.produce(*[GARBAGE] * 60)

    async def is_red() -> bool:
        return not running.readiness.is_ready()

    await until(is_red)
    reason = running.readiness.components()["dead_letters"] or ""
    assert reason.startswith("reports[")
    assert "dead letters in a row" in reason
    dead = await running.count(DEAD_LETTERS)
    await running.produce(report(1))
    await running.produce(report(2), topic=Topic.REPORTS_URGENT)

    async def urgent_is_in() -> bool:
        return await running.count(INCIDENTS) == 1

    await until(urgent_is_in)
    assert await running.count(DEAD_LETTERS) == dead


async def test_the_next_engine_goes_on_where_the_database_stands(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """A second engine on the same cluster reads neither again nor past what came while none was there."""
    async with engine_on(database, brokers, tmp_path) as first:
        await first.produce(report(1))

        async def one_is_in() -> bool:
            return await first.processed() == 1

        await until(one_is_in)
    async with Publisher(brokers) as publisher:
        await publisher.publish(
            [Publication(Topic.REPORTS, b"500153", report(2, category="accident.gas", title="燃气泄漏"))]
        )
    async with engine_on(database, brokers, tmp_path) as second:

        async def both_are_in() -> bool:
            return await second.processed() == 2

        await until(both_are_in)
        assert await second.count(INCIDENTS) == 2
        assert second.metric("fenghuo_messages_total", topic="reports", outcome="duplicate") == 0


@pytest.mark.slow
async def test_an_engine_that_hangs_in_silence_says_so_and_ends(
    database: Database, brokers: str, tmp_path: Path
) -> None:
    """When its Kafka client fetches no more, readiness turns red with the reason, and then the process ends with 70."""
    ended_with: list[int] = []
    edges = Edges(end_process=cast("Callable[[int], NoReturn]", ended_with.append))
    async with engine_on(
        database, brokers, tmp_path, edges=edges, watchdog_seconds=5, retry_budget_seconds=4
    ) as running:
        await running.produce(report(1))

        async def is_done() -> bool:
            return await running.processed() == 1

        await until(is_done)
        assert running.readiness.is_ready()
        thread = cast(FastLaneConsumer, cast(FastLaneApp, running.engine._app).consumer)._thread
        thread.thread_loop.call_soon_threadsafe(thread._ensure_consumer()._fetcher._fetch_task.cancel)
        for number in range(2, 6):
            await running.produce(report(number))

        async def has_told() -> bool:
            return (running.readiness.components()["partitions"] or "").startswith("no progress for ")

        await until(has_told)

        async def has_ended() -> bool:
            return bool(ended_with)

        await until(has_ended)
        assert set(ended_with) == {70}
