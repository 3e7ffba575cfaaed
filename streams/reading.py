"""Reading a topic without a group: from where one wants, leaving no trace on the broker, beside whoever reads it too.

For people who look (`fenghuo tail`), and for checks. The engine reads through `streams.transport`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

_POLL_MS = 500
# Tansu's end offsets are not to be trusted, nor is one empty answer: the end is where this many polls brought nothing.
_EMPTY_POLLS_AT_END = 3


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
    async with _consumer(brokers, topic) as consumer:
        await consumer.seek_to_beginning()
        empty = 0
        while empty < _EMPTY_POLLS_AT_END:
            records = await _poll(consumer)
            empty = 0 if records else empty + 1
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
        empty = 0
        while empty < _EMPTY_POLLS_AT_END:
            records = await _poll(consumer)
            empty = 0 if records else empty + 1
            found += records
        found.sort(key=lambda record: (record.at, record.partition, record.offset))
        for record in found[-last:] if last else ():
            yield record
        while follows:
            for record in await _poll(consumer):
                yield record


@asynccontextmanager
async def _consumer(brokers: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        # Asked for all topics: to ask Tansu for one that does not exist would create it.
        known = await consumer.topics()
        partitions = consumer.partitions_for_topic(topic) if topic in known else None
        consumer.assign([TopicPartition(topic, number) for number in sorted(partitions or ())])
        yield consumer
    finally:
        await consumer.stop()


async def _poll(consumer: AIOKafkaConsumer) -> list[Read]:
    if not consumer.assignment():
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
