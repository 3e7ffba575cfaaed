"""Reading a topic without a group: from where one wants, leaving no trace on the broker, beside whoever reads it too.

For people who look (`fenghuo tail`), and for checks. The engine reads through `streams.broker.transport`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

_POLL_MS = 500
# Tansu's end offsets may be too low, and one empty answer means nothing: the end is where for this long nothing came
# that was there when the reading began. What others write meanwhile must not keep us reading for ever.
_QUIET_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Read:
    """One record as it lies on the topic. A tombstone has an empty value."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes


async def read_to_end(brokers: str, topic: str) -> AsyncIterator[Read]:
    """Everything on the topic now, each partition in order. Raises KafkaError when no broker answers."""
    async with _consumer(brokers, topic) as consumer, aclosing(_until_end(consumer)) as polls:
        async for records in polls:
            for record in records:
                yield record


async def read_tail(brokers: str, topic: str, last: int, *, follows: bool) -> AsyncIterator[Read]:
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


async def follow(brokers: str, topics: Iterable[str]) -> AsyncGenerator[list[Read], None]:
    """Poll by poll what is written to these topics from now on; the first, empty list says that now has begun.

    Raises KafkaError when the broker is lost: what is written until the next call is not told.
    """
    async with _consumer(brokers, *topics) as consumer:
        await consumer.seek_to_end()
        yield []
        while True:
            yield await _poll(consumer)


@asynccontextmanager
async def _consumer(brokers: str, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        consumer.assign([one for topic in topics for one in await _partitions(brokers, topic)])
        yield consumer
    finally:
        await consumer.stop()


async def _partitions(brokers: str, topic: str) -> list[TopicPartition]:
    """None when there is no such topic, which is asked of the list: to describe it to Tansu would create it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
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
        )
        for records in found.values()
        for record in records
    ]
