"""Publishing: everything arrives, in order per key, with its headers, where a Java client would put it."""

import struct

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.structs import TopicPartition

from streams.broker.partitioner import partition_of
from streams.broker.publishing import (
    MAX_BATCH_BYTES,
    Publication,
    PublicationTooLarge,
    Publisher,
    PublishFailed,
    new_producer,
    publish,
)
from tests.brokers.tansu import Tansu
from tests.contract.transport.worker import Broker, Worker, new_group, new_topic, until

# From UtilsTest.testMurmur2 of Apache Kafka's Java client.
JAVA_VECTORS = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), JAVA_VECTORS.items())
@pytest.mark.parametrize("partitions", [1, 4, 12])
def test_partition_is_that_of_kafka_s_java_client(key: bytes, hashed: int, partitions: int) -> None:
    """The published test vectors of the Java client lead to the same partition here."""
    unsigned = struct.unpack(">I", struct.pack(">i", hashed))[0]
    assert partition_of(key, partitions) == (unsigned & 0x7FFFFFFF) % partitions


async def test_everything_arrives_in_order_with_its_headers(broker: Broker) -> None:
    """Messages to two topics arrive once; those of one key keep their order and sit on one partition."""
    topics = [await new_topic(broker.brokers, partitions=4), await new_topic(broker.brokers)]
    keys = [f"key-{number}".encode() for number in range(10)]
    sent = [
        Publication(topic, key, b"%d" % number, (("message_id", b"m-%d" % number), ("empty", b"")))
        for number in range(50)
        for topic in topics
        for key in keys
    ]
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish(sent)
    for topic, partitions in zip(topics, (4, 1), strict=True):
        records = await _read(broker, topic, partitions, 500)
        for key in keys:
            of_key = [record for record in records if record.key == key]
            assert [record.value for record in of_key] == [b"%d" % number for number in range(50)]
            assert {record.partition for record in of_key} == {partition_of(key, partitions)}
            assert of_key[7].headers == (("message_id", b"m-7"), ("empty", b""))


async def test_more_than_one_request_keeps_its_order(broker: Broker) -> None:
    """What does not fit into one batch goes in several, in order."""
    topic = await new_topic(broker.brokers)
    sent = [Publication(topic, b"key", b"%04d" % number + bytes(300_000)) for number in range(10)]
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish(sent)
    records = await _read(broker, topic, 1, 10)
    assert [record.value and record.value[:4] for record in records] == [
        b"%04d" % number for number in range(10)
    ]


async def test_nothing_to_publish_is_nothing_done(broker: Broker) -> None:
    """An empty sequence returns at once."""
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish([])


async def test_a_message_too_large_for_any_batch_is_named(broker: Broker) -> None:
    """It is refused before anything is sent, with its topic and key."""
    topic = await new_topic(broker.brokers)
    fits, too_large = Publication(topic, b"a", b"x"), Publication(topic, b"big-one", bytes(MAX_BATCH_BYTES))
    async with Publisher(broker.brokers) as publisher:
        with pytest.raises(PublicationTooLarge, match="big-one"):
            await publisher.publish([fits, too_large])
        await publisher.publish([Publication(topic, b"a", b"later")])
    assert [record.value for record in await _read(broker, topic, 1, 1)] == [b"later"]


async def test_a_dead_broker_is_a_failure_to_publish() -> None:
    """When Kafka does not acknowledge, the caller is told; nothing is silently dropped."""
    doomed = Tansu()
    try:
        topic = await new_topic(doomed.brokers)
        producer = new_producer(doomed.brokers)
        producer._request_timeout_ms = 500
        producer._message_accumulator._batch_ttl = 0.5
        await producer.start()
        try:
            await publish(producer, [Publication(topic, b"key", b"arrives")])
            doomed.stop()
            with pytest.raises(PublishFailed):
                await publish(producer, [Publication(topic, b"key", b"does not")])
        finally:
            await producer.stop()
    finally:
        doomed.stop()


async def test_a_publisher_that_is_not_started_fails() -> None:
    """Publishing outside of `async with` says so."""
    with pytest.raises(PublishFailed, match="not started"):
        await Publisher("127.0.0.1:1").publish([Publication("topic", b"key", b"value")])


async def test_an_app_publishes_what_another_agent_reads(broker: Broker) -> None:
    """The Faust app's own producer serves `publish`; before its start it refuses."""
    topic = await new_topic(broker.brokers)
    worker = Worker(broker, new_group())
    worker.read(topic)
    sent = [Publication(topic, b"key", b"%d" % number) for number in range(10)]
    with pytest.raises(PublishFailed, match="not started"):
        await publish(worker.app, sent)
    async with worker.running():
        await publish(worker.app, sent)
        await until(lambda: worker.values == [publication.value for publication in sent])


async def _read(
    broker: Broker, topic: str, partitions: int, count: int
) -> list[ConsumerRecord[bytes | None, bytes | None]]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.brokers, auto_offset_reset="earliest", fetch_max_wait_ms=10
    )
    async with consumer:
        consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
        return [await consumer.getone() for _ in range(count)]
