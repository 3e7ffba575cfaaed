"""Looking at a topic without a group: everything that is there, and an end, whoever goes on writing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from streams.broker.publishing import Publication, Publisher
from streams.broker.reading import read_tail, read_to_end
from tests.contract.transport.worker import Broker, fill, new_topic

THERE = [b"there %d" % number for number in range(1_000)]
_WITHIN_SECONDS = 30


@asynccontextmanager
async def somebody_writing(broker: Broker, topic: str) -> AsyncIterator[None]:
    """A writer who never pauses for as long as a poll takes."""

    async def write() -> None:
        async with Publisher(broker.brokers) as publisher:
            while True:
                await publisher.publish([Publication(topic, b"k", b"written meanwhile")])
                await asyncio.sleep(0.02)

    writing = asyncio.create_task(write())
    try:
        yield
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing


async def test_reading_comes_to_an_end_while_others_write(broker: Broker) -> None:
    """Everything that was there is read, in order, and the reading ends although the topic grows all the time."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, THERE)
    async with somebody_writing(broker, topic), asyncio.timeout(_WITHIN_SECONDS):
        found = [read.value async for read in read_to_end(broker.brokers, topic)]
    assert found[: len(THERE)] == THERE


async def test_a_tail_comes_to_an_end_while_others_write(broker: Broker) -> None:
    """The last records are told, as many as were asked for, although the topic grows all the time."""
    topic = await new_topic(broker.brokers)
    await fill(broker.brokers, topic, THERE)
    async with somebody_writing(broker, topic), asyncio.timeout(_WITHIN_SECONDS):
        found = [read.value async for read in read_tail(broker.brokers, topic, 20, follows=False)]
    assert len(found) == 20


async def test_a_topic_that_does_not_exist_is_empty(broker: Broker) -> None:
    """Asking for it brings nothing, and does not make it."""
    assert [read async for read in read_to_end(broker.brokers, "no-such-topic")] == []
    assert [read async for read in read_tail(broker.brokers, "no-such-topic", 5, follows=False)] == []
