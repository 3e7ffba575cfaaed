"""Where the fast lane begins to read, in what pieces, and what makes it read again."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer

from streams.broker.transport import TP, Batch
from streams.broker.transport.consumer_thread import Fetched
from tests.brokers.kafka import KafkaBroker
from tests.contract.transport.worker import Broker, Worker, commit, fill, new_group, new_topic, until

VALUES = [b"%d" % number for number in range(100)]


async def test_delivers_everything_in_order(broker: Broker) -> None:
    """Every record of a partition arrives once, in order, in slices no larger than the setting."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group(), slice_records=7)
    worker.read(topic, max_records=20)
    async with worker.running():
        await until(lambda: len(worker.values) >= len(VALUES))
    assert worker.values == VALUES
    assert max(len(batch.records) for batch in worker.batches) <= 20 + 7 - 1


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_compressed_records_are_read(broker: Broker, codec: str) -> None:
    """A producer compresses as its client does by default; a codec that we lacked would stop the partition."""
    topic = await new_topic(broker.brokers)
    producer = AIOKafkaProducer(bootstrap_servers=broker.brokers, compression_type=codec)
    async with producer:
        await asyncio.gather(*[await producer.send(topic, value * 50) for value in VALUES])
    worker = Worker(broker, new_group())
    worker.read(topic)
    async with worker.running():
        await until(lambda: len(worker.values) >= len(VALUES))
    assert worker.values == [value * 50 for value in VALUES]


async def test_reading_starts_where_the_database_says(broker: Broker) -> None:
    """Whatever offset Kafka has for the group, the first record is the one that the callback names."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    await asyncio.gather(*(_starts_at_40(broker, topic, group_offset) for group_offset in (None, 0, 10, 90)))


async def _starts_at_40(broker: Broker, topic: str, group_offset: int | None) -> None:
    worker = Worker(broker, await _group_at(broker, topic, group_offset))
    worker.next_offsets[TP(topic, 0)] = 40
    worker.read(topic)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
    assert worker.offsets == list(range(40, 100))
    assert worker.asked == [frozenset({TP(topic, 0)})]


async def test_a_partition_unknown_to_the_database_is_read_from_its_beginning(broker: Broker) -> None:
    """No position means all of it, even when the group has an offset far ahead."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, await _group_at(broker, topic, 77))
    worker.read(topic)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
    assert worker.offsets == list(range(100))


async def _group_at(broker: Broker, topic: str, offset: int | None) -> str:
    group = new_group()
    if offset is not None:
        await commit(broker.brokers, group, {TP(topic, 0): offset})
    return group


async def test_a_batch_given_back_comes_again(broker: Broker) -> None:
    """`give_back` makes the batch stale and delivers its partition anew from the offset asked for."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group(), slice_records=10)
    is_current: list[bool] = []

    async def handle(batch: Batch) -> None:
        if len(worker.batches) == 3:
            await until(
                lambda: len(worker.unacked_offsets(TP(topic, 0))) > 5
            )  # more of it waits in the queue
            await batch.give_back({TP(topic, 0): 5})
            is_current.append(batch.is_current())
        else:
            batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await until(lambda: worker.offsets.count(99) == 1)
    assert is_current == [False]
    assert worker.offsets == [*range(30), *range(5, 100)]


async def test_what_was_fetched_before_a_seek_is_dropped(broker: Broker) -> None:
    """Records that are on their way from aiokafka's thread while their partition is sought are not delivered."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group())
    worker.read(topic)
    fetch, fetched, gate = worker.consumer._thread.fetch, asyncio.Event(), asyncio.Event()

    async def late(wanted: frozenset[TP], patience_seconds: float) -> dict[TP, Fetched]:
        found = await fetch(wanted, patience_seconds)
        if found:
            fetched.set()
            await gate.wait()
        return found

    worker.consumer._thread.fetch = late  # type: ignore[method-assign]  # a loop that is late, nothing else changed
    async with worker.running():
        await fetched.wait()
        await worker.consumer.seek(TP(topic, 0), 50)
        gate.set()
        await until(lambda: 99 in worker.offsets)
        await until(lambda: worker.consumer.oldest_unacked_seconds() == 0)
    assert worker.offsets == list(range(50, 100))


async def test_nothing_flows_before_the_positions_are_known(broker: Broker) -> None:
    """The flow is stopped while the database is asked, on the very first assignment too."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group())
    worker.read(topic)
    was_flowing: list[bool] = []

    async def positions(partitions: frozenset[TP]) -> dict[TP, int]:
        was_flowing.append(worker.consumer.flow_active)
        return {}

    worker.ask_instead = positions
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
    assert was_flowing == [False]


async def test_without_positions_nothing_is_read(broker: Broker) -> None:
    """When the database cannot be asked the app ends, having delivered nothing."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group())
    worker.read(topic)

    async def positions(partitions: frozenset[TP]) -> dict[TP, int]:
        raise ConnectionError("the database is gone")

    worker.ask_instead = positions
    async with worker.running():
        await asyncio.wait_for(worker.app.wait_until_stopped(), 10)
        assert isinstance(worker.app.crash_reason, ConnectionError)
    assert worker.batches == []


@pytest.mark.kafka
async def test_a_topic_that_is_made_later_is_read(kafka_broker: KafkaBroker) -> None:
    """A worker that joined before its topic was there gets its partitions soon after, and not in five minutes."""
    worker = Worker(
        Broker(kafka_broker.bootstrap_servers, 6.0, 100, answers_at_once=True),
        new_group(),
        topics_asked_every_seconds=0.5,
    )
    worker.read("made-later")
    async with worker.running():
        await until(lambda: worker.app.consumer_generation_id > 0)
        assert worker.asked == []
        await kafka_broker.create_topics({"made-later": 1})
        await until(lambda: worker.asked == [{TP("made-later", 0)}])
        await fill(kafka_broker.bootstrap_servers, "made-later", [b"read"])
        await until(lambda: worker.values == [b"read"])
