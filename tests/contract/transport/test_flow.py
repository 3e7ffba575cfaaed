"""Back-pressure: bounded buffers, no pause longer than needed, and no topic that holds up another."""

import asyncio

from streams.broker.publishing import Publication, Publisher
from streams.broker.transport import TP, Batch
from tests.contract.transport.worker import Broker, Worker, fill, new_group, new_topic, until


async def test_an_urgent_topic_passes_a_flooded_one(broker: Broker) -> None:
    """While the agent of one topic does not take anything more, every record of another topic still arrives."""
    flooded, urgent = await new_topic(broker.brokers), await new_topic(broker.brokers)
    worker = Worker(broker, new_group(), slice_records=1, buffered_slices=4)
    gate = asyncio.Event()
    arrived: list[bytes | None] = []

    async def hold(batch: Batch) -> None:
        await gate.wait()
        batch.ack()

    async def note(batch: Batch) -> None:
        arrived.extend(record.value for record in batch.records)
        batch.ack()

    worker.read(flooded, hold, max_records=1)
    worker.read(urgent, note)
    flood = [b"%d" % number for number in range(500)]
    await fill(broker.brokers, flooded, flood)
    async with worker.running():
        await until(lambda: worker.batches != [])
        for number in range(20):
            await fill(broker.brokers, urgent, [b"%d" % number])
            await until(lambda number=number: len(arrived) == number + 1)  # type: ignore[misc]
        assert worker.values == [b"0", *arrived]
        gate.set()
        await until(lambda: len(worker.values) == 520)
    assert [
        value for batch in worker.batches if batch.records[0].topic == flooded for value in _values(batch)
    ] == flood


async def test_quiet_topics_do_not_wait_for_each_other_s_fetches(broker: Broker) -> None:
    """Records that come one by one arrive without waiting out the fetch that the other topic is in."""
    topics = [await new_topic(broker.brokers) for _ in range(2)]
    # 40 records at three seconds each would not end in time; Tansu always waits to the end, so there it is short
    worker = Worker(broker, new_group(), fetch_max_wait_ms=3_000 if broker.answers_at_once else 10)
    for topic in topics:
        worker.read(topic)
    async with worker.running(), Publisher(broker.brokers) as publisher:
        for number in range(40):
            await publisher.publish([Publication(topics[number % 2], b"key", b"x")])
            await until(lambda number=number: len(worker.values) == number + 1)  # type: ignore[misc]


async def test_the_buffer_is_bounded(broker: Broker) -> None:
    """An agent that takes nothing has at most `buffered_slices` slices before it, whatever waits on the broker."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, [b"x"] * 1_000)
    worker = Worker(broker, new_group(), slice_records=10, buffered_slices=4)
    gate = asyncio.Event()

    async def hold(batch: Batch) -> None:
        await gate.wait()
        batch.ack()

    worker.read(topic, hold, max_records=1)
    async with worker.running():
        await until(lambda: worker.batches != [] and len(worker.unacked_offsets(TP(topic, 0))) == 5)
        await asyncio.sleep(0.1)
        assert len(worker.unacked_offsets(TP(topic, 0))) == 5  # one in hand, four waiting
        gate.set()
        await until(lambda: len(worker.values) == 1_000)


async def test_room_is_noticed_without_a_pause(broker: Broker) -> None:
    """With every partition held back, two hundred refills of a small buffer do not cost a second each."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, [b"x"] * 200)
    worker = Worker(broker, new_group(), slice_records=1, buffered_slices=1)

    async def work(batch: Batch) -> None:
        await asyncio.sleep(0.001)
        batch.ack()

    worker.read(topic, work, max_records=1)
    async with worker.running():
        # stock Faust sleeps 1 s whenever all partitions are under pressure: 200 s for this
        await until(lambda: len(worker.values) == 200, within_seconds=20)


def _values(batch: Batch) -> list[bytes | None]:
    return [record.value for record in batch.records]
