"""A consumer that hangs in silence is seen, however it hangs, and one that works is not (reliability rule 5)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from streams.broker.transport import TP, Batch, Progress
from streams.broker.transport.stillness import Stillness
from streams.program.readiness import Component, Readiness
from streams.program.watchdog import Watchdog
from tests.contract.transport.worker import Broker, Worker, fill, new_group, new_topic, until

VALUES = [b"%d" % number for number in range(20)]
LIMIT_SECONDS = 2.0  # an idle fetch loop comes round every second
PARTITION = TP("reports", 0)


@asynccontextmanager
async def watched(worker: Worker) -> AsyncIterator[list[int]]:
    """A worker under a watchdog; what the process would have ended with."""
    codes: list[int] = []
    readiness = Readiness([Component.PARTITIONS])
    dog = Watchdog(worker.app.progress, LIMIT_SECONDS, codes.append, lambda: False, readiness)

    async def look() -> None:
        while True:
            dog.look()
            await asyncio.sleep(0.05)

    async with worker.running():
        await until(lambda: worker.asked != [])
        looking = asyncio.create_task(look())
        try:
            yield codes
        finally:
            looking.cancel()


async def is_seen(
    worker: Worker,
    broker: Broker,
    freeze: Callable[[], None],
    sign: Callable[[Progress], float],
    thaw: Callable[[], None] = lambda: None,
) -> None:
    """Read the first values, freeze, write more: it does not arrive, and the watchdog bites for this sign."""
    topic = await new_topic(broker.brokers)
    worker.read(topic)
    await fill(broker.brokers, topic, VALUES)
    async with watched(worker) as codes:
        await until(lambda: len(worker.values) == len(VALUES))
        freeze()
        for value in VALUES:  # one at a time: Tansu tells the end only up to where the last batch begins
            await fill(broker.brokers, topic, [value])
        await until(lambda: sign(worker.app.progress()) > LIMIT_SECONDS)
        codes.clear()
        await until(lambda: codes != [])
        assert set(codes) == {70}
        assert len(worker.values) < 2 * len(VALUES)  # a fetch that was on its way may still have come
        thaw()


async def test_a_handler_that_never_returns_is_seen(broker: Broker) -> None:
    """An agent that sits in its handler for ever finishes nothing."""
    topic = await new_topic(broker.brokers)
    worker = Worker(broker, new_group())

    async def never(batch: Batch) -> None:
        await asyncio.Event().wait()

    worker.read(topic, never)
    await fill(broker.brokers, topic, VALUES)
    async with watched(worker) as codes:
        await until(lambda: worker.values != [])
        await until(lambda: worker.app.progress().unfinished_seconds > LIMIT_SECONDS)
        await until(lambda: codes != [])


async def test_a_consumer_thread_that_stops_is_seen(broker: Broker) -> None:
    """The thread of the Kafka client blocks: the fetch loop comes round no more."""
    worker, release = Worker(broker, new_group(), ends_asked_every_seconds=0.05), threading.Event()

    def freeze() -> None:
        worker.consumer._thread.thread_loop.call_soon_threadsafe(release.wait)

    emergency = threading.Timer(20.0, release.set)  # or an app of a test that fails could not be stopped
    emergency.start()
    await is_seen(worker, broker, freeze, lambda stood: stood.since_fetch_seconds, thaw=release.set)
    emergency.cancel()


async def test_a_fetcher_that_is_dead_is_seen(broker: Broker) -> None:
    """The client's fetcher asks for nothing any more and says so to nobody: loop and agents look as if idle."""
    worker = Worker(broker, new_group(), ends_asked_every_seconds=0.05)

    def freeze() -> None:
        thread = worker.consumer._thread
        thread.thread_loop.call_soon_threadsafe(thread._ensure_consumer()._fetcher._fetch_task.cancel)

    await is_seen(worker, broker, freeze, lambda stood: stood.standing_still_seconds)


async def test_a_partition_that_is_forgotten_is_seen(broker: Broker) -> None:
    """Assigned, and in nobody's book of what to fetch: the others go on, this one never."""
    worker = Worker(broker, new_group(), ends_asked_every_seconds=0.05)

    def freeze() -> None:
        worker.consumer._epochs.clear()

    await is_seen(worker, broker, freeze, lambda stood: stood.standing_still_seconds)


@pytest.mark.parametrize("positions", [{PARTITION: 5}, {PARTITION: 9}])
def test_a_partition_that_is_read_on_or_to_its_end_does_not_stand(positions: dict[TP, int]) -> None:
    """Only the same place twice, with more behind it, is standing still."""
    stillness = Stillness()
    stillness.look({PARTITION: 4}, {PARTITION: 9}, 0.0)
    assert stillness.seconds(10.0) == 10.0
    stillness.look(positions, {PARTITION: 9}, 10.0)
    assert stillness.seconds(10.0) == 0.0


def test_time_counts_from_the_first_look_at_a_place() -> None:
    """More that arrives makes it no younger; another place does, and what nobody could tell is forgotten."""
    stillness = Stillness()
    for now_seconds, end in ((0.0, 9), (5.0, 12)):
        stillness.look({PARTITION: 4}, {PARTITION: end}, now_seconds)
    assert stillness.seconds(7.0) == 7.0
    stillness.forget()
    assert stillness.seconds(7.0) == 0.0
