"""One Faust app on the fast lane with a small database of its own, to see what it reads, acknowledges and commits."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition
from faust.types import StreamT

from streams.broker.partitioner import partition_of
from streams.broker.publishing import Publication, Publisher
from streams.broker.transport import TP, Batch, FastLane, FastLaneApp, batches, make_app
from streams.broker.transport.app import Positions
from streams.broker.transport.consumer import FastLaneConsumer

_NUMBERS = itertools.count(1)

Handle = Callable[[Batch], Awaitable[None]]


async def until(condition: Callable[[], bool], within_seconds: float = 15.0) -> None:
    """Return once the condition holds; the limit only ends a test that hangs."""
    async with asyncio.timeout(within_seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def new_topic(brokers: str, partitions: int = 1) -> str:
    """A fresh topic under a name of its own."""
    name = f"transport-{next(_NUMBERS)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(name, partitions, 1)])
    finally:
        await admin.close()
    assert [code for _, code, *_ in answer.topic_errors] == [0]
    return name


def new_group() -> str:
    """A consumer group that nobody used before."""
    return f"group-{next(_NUMBERS)}"


async def fill(brokers: str, topic: str, values: Sequence[bytes], partitions: int = 1) -> None:
    """Publish the values in order to each of the partitions."""
    async with Publisher(brokers) as publisher:
        for key in keys_of_partitions(partitions):
            await publisher.publish([Publication(topic, key, value) for value in values])


def keys_of_partitions(partitions: int) -> list[bytes]:
    """One key for each partition."""
    candidates = [b"%d" % number for number in range(100 * partitions)]
    return [
        next(key for key in candidates if partition_of(key, partitions) == number)
        for number in range(partitions)
    ]


async def committed(brokers: str, group: str, partition: TP) -> int | None:
    """What Kafka has as the group's offset."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, group_id=group, enable_auto_commit=False)
    try:
        await consumer.start()
        return cast("int | None", await consumer.committed(TopicPartition(*partition)))
    finally:
        await consumer.stop()


async def commit(brokers: str, group: str, offsets: Mapping[TP, int]) -> None:
    """Set the group's offsets, as an operator or a reset would."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, group_id=group, enable_auto_commit=False)
    try:
        await consumer.start()
        consumer.assign([TopicPartition(*partition) for partition in offsets])
        await consumer.commit({TopicPartition(*partition): offset for partition, offset in offsets.items()})
    finally:
        await consumer.stop()


class Broker(NamedTuple):
    """Where a broker is, and the settings that suit it."""

    brokers: str
    session_timeout_seconds: float
    fetch_max_wait_ms: int
    answers_at_once: bool  # or only at the end of the fetch wait


class Worker:
    """An app whose agents record what they get; `next_offsets` stands for the database's progress table."""

    def __init__(self, broker: Broker, group: str, **changes: object) -> None:
        self.next_offsets: dict[TP, int] = {}
        self.ask_instead: Positions | None = None
        self.asked: list[frozenset[TP]] = []
        self.batches: list[Batch] = []
        settings: dict[str, object] = {
            "session_timeout_seconds": broker.session_timeout_seconds,
            "heartbeat_seconds": 0.2,
            "fetch_max_wait_ms": broker.fetch_max_wait_ms,
            "commit_interval_seconds": 0.2,
            "release_within_seconds": 0.5,
        }
        self.app: FastLaneApp = make_app(
            FastLane(brokers=broker.brokers, app_id=group, positions=self._positions, **(settings | changes))  # type: ignore[arg-type]
        )

    @property
    def consumer(self) -> FastLaneConsumer:
        return cast(FastLaneConsumer, self.app.consumer)

    @property
    def values(self) -> list[bytes | None]:
        """Every value seen, in the order of delivery."""
        return [record.value for batch in self.batches for record in batch.records]

    @property
    def offsets(self) -> list[int]:
        return [record.offset for batch in self.batches for record in batch.records]

    def unacked_offsets(self, partition: TP) -> list[int]:
        """Where the slices begin that were delivered and not acknowledged."""
        return [
            held.first_offset for held in self.consumer.tracker._open.get(partition, ()) if not held.is_acked
        ]

    def read(self, topic: str, handle: Handle | None = None, max_records: int = 500) -> None:
        """Add an agent; without a handler it acknowledges everything."""

        async def agent(stream: StreamT[list[object]]) -> None:
            async for batch in batches(stream, max_records):
                self.batches.append(batch)
                if handle is None:
                    batch.ack()
                else:
                    await handle(batch)

        agent.__name__ = f"agent_{topic.replace('-', '_')}"
        self.app.agent(self.app.topic(topic), name=agent.__name__)(agent)

    async def _positions(self, partitions: frozenset[TP]) -> Mapping[TP, int]:
        self.asked.append(partitions)
        if self.ask_instead is not None:
            return await self.ask_instead(partitions)
        return {tp: offset for tp, offset in self.next_offsets.items() if tp in partitions}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Worker"]:
        """Started, and stopped whatever happens."""
        try:
            await self.app.start()
            yield self
        finally:
            async with asyncio.timeout(20):
                await self.app.stop()
