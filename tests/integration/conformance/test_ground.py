"""Where an installation lives, or might, nothing is sent."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from streams.broker.reading import Read, read_to_end
from streams.broker.topics import Scale, apply
from streams.conformance import Ground, GroundRefused, prepare
from streams.conformance.commands import KIT_HEADER
from tests.brokers.kafka import KafkaBroker
from tests.brokers.tansu import Tansu

ENGINE = "fenghuo"
COMMANDS = Topic.DISPOSAL_COMMANDS.value


@pytest.fixture
def own(tansu: Tansu) -> Iterator[Tansu]:
    """A broker of the test's own; that it can be had is the other's to say."""
    broker = Tansu()
    yield broker
    broker.stop()


@asynccontextmanager
async def admin_of(broker: Tansu) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.brokers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def put(broker: Tansu, topic: str, *headers: tuple[str, bytes]) -> None:
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish([Publication(topic, b"k", b"{}", headers)])


async def all_of(broker: Tansu, topic: str) -> list[Read]:
    return [record async for record in read_to_end(broker.brokers, topic)]


async def test_an_empty_broker_gets_the_two_topics(own: Tansu) -> None:
    """What is missing is created; a second time nothing is."""
    for _ in range(2):
        await prepare(Ground(own.brokers), (ENGINE,))
        async with admin_of(own) as admin:
            assert set(await admin.list_topics()) == {COMMANDS, Topic.DISPOSAL_FEEDBACK.value}


async def test_topics_without_a_record_are_nobodys(own: Tansu) -> None:
    """`fenghuo topics apply` on a test broker makes no installation of it."""
    async with admin_of(own) as admin:
        await apply(admin, Scale.EMBEDDED)
    await prepare(Ground(own.brokers), (ENGINE,))


async def test_an_engines_group_is_seen(own: Tansu) -> None:
    """An engine that has not done anything yet is found by its group."""
    await prepare(Ground(own.brokers), (ENGINE,))
    consumer = AIOKafkaConsumer(COMMANDS, bootstrap_servers=own.brokers, group_id=ENGINE)
    await consumer.start()
    await consumer.getmany(timeout_ms=500)
    with pytest.raises(GroundRefused, match="the engine's group 'fenghuo'"):
        await prepare(Ground(own.brokers), ("another", ENGINE))
    await consumer.stop()


@pytest.mark.parametrize("topic", [Topic.REPORTS, Topic.INCIDENT_EVENTS, Topic.DECISIONS])
async def test_a_record_elsewhere_is_seen(topic: Topic, own: Tansu) -> None:
    """One record on any topic of an installation is enough."""
    async with admin_of(own) as admin:
        await apply(admin, Scale.EMBEDDED)
    await put(own, topic.value)
    with pytest.raises(GroundRefused, match=f"'{topic.value}' has records"):
        await prepare(Ground(own.brokers), (ENGINE,))


async def test_a_command_of_an_engine_is_seen(own: Tansu) -> None:
    """Commands of earlier runs are no hindrance; one that no kit sent is."""
    await prepare(Ground(own.brokers), (ENGINE,))
    await put(own, COMMANDS, (KIT_HEADER, b"run"))
    await prepare(Ground(own.brokers), (ENGINE,))
    await put(own, COMMANDS, ("schema_version", b"1"))
    with pytest.raises(GroundRefused, match="a command that no kit sent"):
        await prepare(Ground(own.brokers), (ENGINE,))


async def test_topics_of_its_own_lie_apart(own: Tansu) -> None:
    """With a prefix the run goes on beside an installation, and writes to none of its topics."""
    async with admin_of(own) as admin:
        await apply(admin, Scale.EMBEDDED)
    await put(own, COMMANDS)
    ground = Ground(own.brokers, "try-")
    await prepare(ground, (ENGINE,))
    assert (ground.commands, ground.feedback) == ("try-disposal-commands", "try-disposal-feedback")
    async with admin_of(own) as admin:
        assert {ground.commands, ground.feedback} <= set(await admin.list_topics())
    await put(own, ground.commands)
    with pytest.raises(GroundRefused, match="try-disposal-commands"):
        await prepare(ground, (ENGINE,))


@pytest.mark.kafka
async def test_a_kafka_that_never_had_a_group_is_waited_for(
    kafka_broker: KafkaBroker, tmp_path: Path
) -> None:
    """It answers that nobody looks after groups, and only then begins to: no reason to send a reader away."""
    assert kafka_broker.is_running  # so Kafka can be had here
    fresh = KafkaBroker(tmp_path)
    fresh.start()
    try:
        await prepare(Ground(fresh.bootstrap_servers), (ENGINE,))
    finally:
        fresh.stop()
