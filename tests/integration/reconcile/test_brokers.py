"""Kafka and the database disagree for real: on Tansu and on Apache Kafka, with a whole engine."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from sqlalchemy import select

from models.tables import DISAGREEMENTS, GAPS, INCIDENTS, PROGRESS, REPORTS
from models.topics import Topic
from streams.access.signing import Keyring
from streams.broker.embedded import EmbeddedBroker, cluster_id
from streams.broker.topics import Scale
from streams.check import Cluster, check
from streams.clock import WallClock
from streams.processing.vouching import Voucher
from streams.program.preparation import prepare_topics
from streams.program.readiness import Readiness
from streams.reconcile import DatabaseIsOlder, KafkaHoldings, Replayer, draw_up
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.unit_of_work import UnitsOfWork, wall_now
from tests.brokers.kafka import KafkaBroker, fetch_kafka
from tests.integration.reconcile.engines import GROUP, Place, count, produce, report, reports_read, until
from tests.servers import ServerUnavailable, skip_unless_ci
from workflows.rulebook_file import default_rulebook


@pytest.fixture(params=["tansu", pytest.param("kafka", marks=[pytest.mark.kafka])])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A broker of the test's own, since topics have the names of the contract."""
    if request.param == "tansu":
        async with EmbeddedBroker() as broker:
            yield Place(broker.brokers, 2.0, tmp_path)
        return
    try:
        fetch_kafka()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    kafka = KafkaBroker(tmp_path / "kafka")
    try:
        kafka.start()
        yield Place(kafka.bootstrap_servers, 6.0, tmp_path)
    finally:
        kafka.stop()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database of this version."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}")
    await upgrade(opened)
    yield opened
    await opened.close()


async def kinds(database: Database) -> list[str]:
    async with database.read() as connection:
        return sorted(await connection.scalars(select(DISAGREEMENTS.c.kind)))


async def partition_in_use(database: Database) -> int:
    async with database.read() as connection:
        used = select(PROGRESS.c.partition).where(
            PROGRESS.c.topic == Topic.REPORTS.value, PROGRESS.c.next_offset > 0
        )
        return int((await connection.scalars(used)).one())


async def set_offset(brokers: str, partition: int, offset: int) -> None:
    """As `kafka-consumer-groups --reset-offsets` does it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, group_id=GROUP, enable_auto_commit=False)
    await consumer.start()
    try:
        where = TopicPartition(Topic.REPORTS.value, partition)
        consumer.assign([where])
        await consumer.commit({where: offset})
    finally:
        await consumer.stop()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("offset", "raised"), [(0, []), (5, ["offsets_ahead"])])
async def test_offsets_that_somebody_set_lose_nothing(
    place: Place, database: Database, offset: int, raised: list[str]
) -> None:
    """To the earliest: no effect. To the latest: the database's word counts, nothing is lost, and it is raised."""

    async def has_read(wanted: int) -> None:
        async def is_so() -> bool:
            return await reports_read(database) == wanted

        await until(is_so)

    await produce_topics(place, database)
    await produce(place.brokers, report(1), report(2))
    async with place.engine(database):
        await has_read(2)
    await produce(place.brokers, *map(report, (3, 4, 5)))
    await set_offset(place.brokers, await partition_in_use(database), offset)
    async with place.engine(database) as registry:
        await has_read(5)
        duplicates = registry.get_sample_value(
            "fenghuo_messages_total", {"topic": "reports", "outcome": "duplicate"}
        )
    assert duplicates in (None, 0)
    assert await kinds(database) == raised
    assert [str(one) async for one in check(database, None)] == []


async def produce_topics(place: Place, database: Database) -> None:
    """The first engine makes the topics."""
    async with place.engine(database):
        pass


@pytest.mark.timeout(240)
@pytest.mark.kafka
@pytest.mark.parametrize("place", ["kafka"], indirect=True)
async def test_a_truncated_topic_is_noticed_without_a_further_record(
    place: Place, database: Database
) -> None:
    """Retention takes three reports that nobody has handled: a gap with nothing behind it, raised at the start."""
    await produce_topics(place, database)
    await produce(place.brokers, report(1))

    async def one_is_read() -> bool:
        return await reports_read(database) == 1

    async with place.engine(database):
        await until(one_is_read)
    await produce(place.brokers, *map(report, (2, 3, 4)))
    where = TopicPartition(Topic.REPORTS.value, await partition_in_use(database))
    admin = AIOKafkaAdminClient(bootstrap_servers=place.brokers)
    await admin.start()
    try:
        await admin.delete_records({where: RecordsToDelete(before_offset=4)})
    finally:
        await admin.close()

    async def is_raised() -> bool:
        return await kinds(database) == ["truncated"]

    async with place.engine(database):
        await until(is_raised)
    async with database.read() as connection:
        gaps = (await connection.execute(select(GAPS.c.from_offset, GAPS.c.to_offset))).all()
    assert [tuple(gap) for gap in gaps] == [(1, 4)]
    assert [str(one) async for one in check(database, None)] == []


@pytest.mark.timeout(240)
@pytest.mark.kafka
@pytest.mark.parametrize("place", ["kafka"], indirect=True)
@pytest.mark.parametrize("new", [1, 5])
async def test_a_topic_that_was_made_anew_is_read(place: Place, database: Database, new: int) -> None:
    """Its new reports stand at offsets that were handled before; all are handled, even where it has grown past them."""
    await produce_topics(place, database)
    await produce(place.brokers, *map(report, (1, 2, 3)))

    async def has_reports(wanted: int) -> None:
        async def are_there() -> bool:
            return await count(database, REPORTS) == wanted

        await until(are_there)

    async with place.engine(database):
        await has_reports(3)
    admin = AIOKafkaAdminClient(bootstrap_servers=place.brokers)
    await admin.start()
    try:
        await admin.delete_topics([Topic.REPORTS.value])
        await until_gone(admin)
    finally:
        await admin.close()
    await make_topics(place)
    await produce(place.brokers, *map(report, range(4, 4 + new)))
    async with place.engine(database):
        await has_reports(3 + new)
    assert await kinds(database) == ["rewound"]
    assert [str(one) async for one in check(database, None)] == []


async def until_gone(admin: AIOKafkaAdminClient) -> None:
    async def is_gone() -> bool:
        return Topic.REPORTS.value not in await admin.list_topics()

    await until(is_gone)


async def make_topics(place: Place) -> None:
    await prepare_topics(place.brokers, Readiness(()), scale=Scale.EMBEDDED)


@pytest.mark.timeout(240)
async def test_an_engine_refuses_a_restored_database_until_it_is_reconciled(
    place: Place, database: Database, tmp_path: Path
) -> None:
    """Put back to what it was after the first report it is refused; reconciled, every invariant holds, on Kafka too."""
    await produce_topics(place, database)
    await produce(place.brokers, report(1, urgent=True, channel="119"))

    async def incidents(wanted: int) -> None:
        async def are_there() -> bool:
            return await count(database, INCIDENTS) == wanted

        await until(are_there)

    backup = tmp_path / "backup.db"
    async with place.engine(database):
        await incidents(1)
        with sqlite3.connect(tmp_path / "fenghuo.db") as source:
            source.execute(f"VACUUM INTO '{backup}'")
        other = {"category": "accident.gas", "title": "燃气泄漏", "area_code": "500101"}
        await produce(place.brokers, report(2, **other))
        await incidents(2)
    restored = Database(f"sqlite+aiosqlite:///{backup}")
    try:
        with pytest.raises(DatabaseIsOlder):
            async with place.engine(restored):
                pass
        await reconciled(restored, place)
        async with place.engine(restored):
            assert await count(restored, INCIDENTS) == 2
        here = Cluster(place.brokers, await cluster_id(place.brokers))
        assert [str(one) async for one in check(restored, here)] == []
    finally:
        await restored.close()


async def reconciled(database: Database, place: Place) -> None:
    """As `fenghuo reconcile`; nothing comes out otherwise."""
    cluster, rules = await cluster_id(place.brokers), default_rulebook()
    replayer = Replayer(
        UnitsOfWork(database, cluster, "reconcile"),
        {rules.digest: rules},
        rules,
        lambda _: Voucher(Keyring(), WallClock(), trusts_unsigned=True),
    )
    plan = await draw_up(database, cluster, KafkaHoldings(place.brokers))
    assert plan.facts
    done = await replayer.replay(plan, wall_now())
    assert [one.detail for one in done.found] == []
