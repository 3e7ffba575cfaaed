"""Nothing is committed that was not acknowledged, and nothing that was not committed is lost."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from streams.broker.transport import TP, Batch
from tests.brokers.tansu import Tansu
from tests.contract.transport.worker import Broker, Worker, committed, fill, new_group, new_topic, until

VALUES = [b"%d" % number for number in range(100)]


async def test_an_exception_acknowledges_nothing_and_ends_the_app(broker: Broker) -> None:
    """The slice that raised is neither acknowledged nor committed past, not even the very first of a new group."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    await asyncio.gather(*(_fails_at(broker, topic, offset) for offset in (0, 1, 50)))


async def _fails_at(broker: Broker, topic: str, offset: int) -> None:
    group = new_group()
    worker = Worker(broker, group, slice_records=1)

    async def handle(batch: Batch) -> None:
        if worker.offsets[-1] == offset:
            raise RuntimeError("the database is gone")
        batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await asyncio.wait_for(worker.app.wait_until_stopped(), 10)
        assert isinstance(worker.app.crash_reason, RuntimeError)
    assert worker.offsets == list(range(offset + 1))
    assert await committed(broker.brokers, group, TP(topic, 0)) == (offset or None)


async def test_never_commits_past_an_unacknowledged_slice(broker: Broker) -> None:
    """When all slices but one are acknowledged, the committed offset is the one that was left out."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    await asyncio.gather(*(_leaves_out(broker, topic, offset) for offset in (0, 1, 50)))


async def _leaves_out(broker: Broker, topic: str, offset: int) -> None:
    group = new_group()
    worker = Worker(broker, group, slice_records=1)

    async def handle(batch: Batch) -> None:
        if worker.offsets[-1] != offset:
            batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
        assert worker.consumer.oldest_unacked_seconds() > 0
    assert await committed(broker.brokers, group, TP(topic, 0)) == (offset or None)


async def test_what_was_left_out_comes_again_to_the_next_worker(broker: Broker) -> None:
    """A worker that stops with an unacknowledged batch leaves it to its successor."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, VALUES)
    first, second = Worker(broker, group), Worker(broker, group)

    async def never(batch: Batch) -> None:
        await asyncio.Event().wait()

    first.read(topic, never)
    second.read(topic)
    async with first.running():
        await until(lambda: first.batches != [])
    async with second.running():
        await until(lambda: 99 in second.offsets)
    assert second.values == VALUES


async def test_progress_is_zero_when_all_is_acknowledged(broker: Broker) -> None:
    """The watchdog's number falls back to nothing once the agent caught up, and the fetch loop keeps turning."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, VALUES)
    worker = Worker(broker, new_group())
    worker.read(topic)
    async with worker.running():
        await until(lambda: 99 in worker.offsets)
        await until(lambda: worker.consumer.oldest_unacked_seconds() == 0)
        await until(lambda: worker.consumer.since_fetch_seconds() < 1)


async def test_stops_when_the_broker_is_gone() -> None:
    """An app whose broker died can still be stopped in good order; what it could not commit is read again later."""
    doomed = Tansu()
    try:
        topic = await new_topic(doomed.brokers)
        await fill(doomed.brokers, topic, VALUES)
        worker = Worker(Broker(doomed.brokers, 1.0, 10, answers_at_once=False), new_group())
        worker.read(topic)
        async with worker.running():
            await until(lambda: 99 in worker.offsets)
            doomed.stop()
    finally:
        doomed.stop()


async def test_redelivery_after_a_kill(broker: Broker, tmp_path: Path) -> None:
    """A worker killed with kill -9 in the middle of a batch loses none of it: the next one gets it."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, VALUES)
    seen = tmp_path / "seen"
    doomed = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.transport.doomed", *map(str, broker), group, topic, str(seen)]
    )
    try:
        await until(lambda: seen.exists() and len(seen.read_text().split()) >= 20)
    finally:
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    handled = [int(offset) for offset in seen.read_text().split()]
    survivor = Worker(broker, group)
    survivor.next_offsets[TP(topic, 0)] = handled[-1]
    survivor.read(topic)
    async with survivor.running():
        await until(lambda: 99 in survivor.offsets)
    assert survivor.offsets == list(range(handled[-1], 100))
    assert handled == list(range(handled[-1] + 1))
