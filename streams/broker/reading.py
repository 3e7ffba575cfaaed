"""Reading a topic without a group: from where one wants, leaving no trace on the broker, beside whoever reads it too.

For people who look (`fenghuo tail`), and for checks. The engine reads through `streams.broker.transport`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker import groups
from streams.broker.access import Brokers, client_settings

_POLL_MS = 500
# Tansu's end offsets may be too low, and one empty answer means nothing: the end is where for this long nothing came
# that was there when the reading began. What others write meanwhile must not keep us reading for ever.
_QUIET_SECONDS = 1.5
_LAST_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Read:
    """One record as it lies on the topic. A tombstone has an empty value."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


async def read_to_end(brokers: Brokers, topic: str) -> AsyncIterator[Read]:
    """Everything on the topic now, each partition in order. Raises KafkaError when no broker answers."""
    async with _consumer(brokers, topic) as consumer, aclosing(_until_end(consumer)) as polls:
        async for records in polls:
            for record in records:
                yield record


async def read_tail(brokers: Brokers, topic: str, last: int, *, follows: bool) -> AsyncIterator[Read]:
    """The last records of the topic by the time they were written, then, if it `follows`, whatever comes."""
    async with _consumer(brokers, topic) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        # Tansu may tell an end that is too low, which only means that more is read.
        for partition, end in ends.items():
            consumer.seek(partition, max(0, end - last))
        found: list[Read] = []
        async with aclosing(_until_end(consumer)) as polls:
            async for records in polls:
                found += records
        found.sort(key=lambda record: (record.at, record.partition, record.offset))
        for record in found[-last:] if last else ():
            yield record
        while follows:
            for record in await _poll(consumer):
                yield record


async def read_last(brokers: Brokers, topic: str, most: int) -> list[Read]:
    """Up to `most` records from the end of each partition, at once: nothing is waited for that may still come.

    An end that Tansu tells too low only means that older records are read. Raises KafkaError when no broker answers.
    """
    async with _consumer(brokers, topic) as consumer:
        first = await _edges(consumer.beginning_offsets, consumer)
        ends = await _edges(consumer.end_offsets, consumer)
        left = {partition for partition, end in ends.items() if end > first[partition]}
        for partition in left:
            consumer.seek(partition, max(first[partition], ends[partition] - most))
        found: list[Read] = []
        async with asyncio.timeout(_LAST_WITHIN_SECONDS):
            while left:
                found += await _poll(consumer)
                left = {one for one in left if await consumer.position(one) < ends[one]}
        return found


async def read_before(brokers: Brokers, next_offsets: Mapping[tuple[str, int], int], most: int) -> list[Read]:
    """Up to `most` records right before each of these offsets, all of them in one reading.

    An offset may not lie beyond the end. What is gone is left out. Raises KafkaError when no broker answers.
    """
    ends = {TopicPartition(*one): at for one, at in next_offsets.items()}
    if not ends:
        return []
    async with _consumer(brokers, partitions=ends) as consumer:
        first = await consumer.beginning_offsets(ends)
        left = {one for one, at in ends.items() if at > first[one]}
        for one, at in ends.items():
            consumer.seek(one, max(first[one], at - most))
        found: list[Read] = []
        async with asyncio.timeout(_LAST_WITHIN_SECONDS):
            while left:
                found += await _poll(consumer)
                left = {one for one in left if await consumer.position(one) < ends[one]}
        return [read for read in found if read.offset < next_offsets[read.topic, read.partition]]


async def read_from(brokers: Brokers, topic: str, next_offsets: Mapping[int, int]) -> list[Read]:
    """Everything on the topic from these offsets on, by partition (0 where none is given), each in order.

    Offsets that are gone are passed over. Raises KafkaError when no broker answers.
    """
    async with _consumer(brokers, topic) as consumer:
        for partition in consumer.assignment():
            consumer.seek(partition, next_offsets.get(partition.partition, 0))
        async with aclosing(_until_end(consumer)) as polls:
            return [record async for records in polls for record in records]


async def first_offsets(
    brokers: Brokers, partitions: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """The offset of the oldest record that each of these still has, or its end. Raises KafkaError."""
    wanted = [TopicPartition(*partition) for partition in partitions]
    async with _consumer(brokers) as consumer:
        found = await consumer.beginning_offsets(wanted) if wanted else {}
    return {(partition.topic, partition.partition): offset for partition, offset in found.items()}


async def end_offsets(brokers: Brokers, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Where the next record of each of these will stand; Tansu may tell one that is too low. Raises KafkaError."""
    wanted = [TopicPartition(*partition) for partition in partitions]
    async with _consumer(brokers) as consumer:
        found = await consumer.end_offsets(wanted) if wanted else {}
    return {(partition.topic, partition.partition): offset for partition, offset in found.items()}


async def committed_offsets(
    brokers: Brokers, group: str, partitions: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """The group's offsets as Kafka has them; a partition without one is left out. Raises KafkaError."""
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        return await groups.committed(admin, group, partitions)
    finally:
        await admin.close()


async def follow(brokers: Brokers, topics: Iterable[str]) -> AsyncGenerator[list[Read], None]:
    """Poll by poll what is written to these topics from now on; the first, empty list says that now has begun.

    Raises KafkaError when the broker is lost: what is written until the next call is not told.
    """
    async with _consumer(brokers, *topics) as consumer:
        await consumer.seek_to_end()
        yield []
        while True:
            yield await _poll(consumer)


@asynccontextmanager
async def _consumer(
    brokers: Brokers, *topics: str, partitions: Iterable[TopicPartition] = ()
) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **client_settings(brokers), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        listed = [one for topic in topics for one in await _partitions(brokers, topic)]
        consumer.assign([*partitions, *listed])
        yield consumer
    finally:
        await consumer.stop()


async def _partitions(brokers: Brokers, topic: str) -> list[TopicPartition]:
    """None when there is no such topic, which is asked of the list: to describe it to Tansu would create it."""
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        if topic not in await admin.list_topics():
            return []
        (described,) = await admin.describe_topics([topic])
        return sorted(TopicPartition(topic, partition["partition"]) for partition in described["partitions"])
    finally:
        await admin.close()


async def _until_end(consumer: AIOKafkaConsumer) -> AsyncGenerator[list[Read], None]:
    """Poll by poll what is there, and what is written meanwhile."""
    if not consumer.assignment():
        return  # there is no such topic
    ends = await consumer.end_offsets(consumer.assignment())
    began, old_at = datetime.now(UTC), time.monotonic()
    while time.monotonic() - old_at < _QUIET_SECONDS:
        records = await _poll(consumer)
        if any(
            one.at <= began or one.offset < ends[TopicPartition(one.topic, one.partition)] for one in records
        ):
            old_at = time.monotonic()
        yield records


Ask = Callable[[Iterable[TopicPartition]], Awaitable[dict[TopicPartition, int]]]


async def _edges(ask: Ask, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    assigned = consumer.assignment()
    return await ask(assigned) if assigned else {}


async def _poll(consumer: AIOKafkaConsumer) -> list[Read]:
    if not consumer.assignment():
        await asyncio.sleep(_POLL_MS / 1_000)
        return []
    found = await consumer.getmany(timeout_ms=_POLL_MS)
    return [
        Read(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            at=datetime.fromtimestamp(record.timestamp / 1_000, UTC),
            key=record.key,
            value=record.value or b"",
            headers=tuple(record.headers),
        )
        for records in found.values()
        for record in records
    ]
