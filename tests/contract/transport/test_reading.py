"""Where the fast lane begins to read, in what pieces, and what makes it read again."""

import asyncio

import pytest

from streams.transport import TP, Batch
from tests.brokers.tansu import Tansu
from tests.contract.transport.worker import Worker, commit, fill, new_group, new_topic, until

VALUES = [b"%d" % number for number in range(100)]


async def test_delivers_everything_in_order(tansu: Tansu) -> None:
    """Every record of a partition arrives once, in order, in slices no larger than the setting."""
    topic = await new_topic(tansu.brokers)
    await fill(tansu.brokers, topic, VALUES)
    worker = Worker(tansu.brokers, new_group(), slice_records=7)
    worker.read(topic, max_records=20)
    async with worker.running():
        await until(lambda: len(worker.values) >= len(VALUES))
    assert worker.values == VALUES
    assert max(len(batch.records) for batch in worker.batches) <= 20 + 7 - 1


@pytest.mark.parametrize("group_offset", [None, 0, 10, 90])
async def test_reading_starts_where_the_database_says(tansu: Tansu, group_offset: int | None) -> None:
    """Whatever offset Kafka has for the group, the first record is the one that the callback names."""
    topic, group = await new_topic(tansu.brokers), new_group()
    await fill(tansu.brokers, topic, VALUES)
    if group_offset is not None:
        await commit(tansu.brokers, group, {TP(topic, 0): group_offset})
    worker = Worker(tansu.brokers, group)
    worker.next_offsets[TP(topic, 0)] = 40
    worker.read(topic)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
    assert worker.offsets == list(range(40, 100))
    assert worker.asked == [frozenset({TP(topic, 0)})]


async def test_a_partition_unknown_to_the_database_is_read_from_its_beginning(tansu: Tansu) -> None:
    """No position means all of it, even when the group has an offset far ahead."""
    topic, group = await new_topic(tansu.brokers), new_group()
    await fill(tansu.brokers, topic, VALUES)
    await commit(tansu.brokers, group, {TP(topic, 0): 77})
    worker = Worker(tansu.brokers, group)
    worker.read(topic)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
    assert worker.offsets == list(range(100))


async def test_a_batch_given_back_comes_again(tansu: Tansu) -> None:
    """`give_back` makes the batch stale and delivers its partition anew from the offset asked for."""
    topic = await new_topic(tansu.brokers)
    await fill(tansu.brokers, topic, VALUES)
    worker = Worker(tansu.brokers, new_group(), slice_records=10)
    is_current: list[bool] = []

    async def handle(batch: Batch) -> None:
        if len(worker.batches) == 3:
            await batch.give_back({TP(topic, 0): 5})
            is_current.append(batch.is_current())
        else:
            batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await until(lambda: worker.offsets.count(99) == 1)
    assert is_current == [False]
    assert worker.offsets == [*range(30), *range(5, 100)]


async def test_first_offsets_name_the_start_of_each_partition(tansu: Tansu) -> None:
    """A batch of several slices says for each of its partitions where it began."""
    topic = await new_topic(tansu.brokers)
    await fill(tansu.brokers, topic, VALUES)
    worker = Worker(tansu.brokers, new_group(), slice_records=10)
    worker.next_offsets[TP(topic, 0)] = 12
    gate = asyncio.Event()

    async def handle(batch: Batch) -> None:
        await gate.wait()
        batch.ack()

    worker.read(topic, handle)
    async with worker.running():
        await until(lambda: worker.batches != [])
        await until(lambda: worker.consumer.oldest_unacked_seconds() > 0)
        gate.set()
        await until(lambda: 99 in worker.offsets)
    assert [batch.first_offsets for batch in worker.batches][:1] == [{TP(topic, 0): 12}]
    assert all(batch.first_offsets[TP(topic, 0)] == batch.records[0].offset for batch in worker.batches)
