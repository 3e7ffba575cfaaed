"""Publishing many messages at once, one request per partition, and knowing that all of them arrived.

The engine publishes through its Faust app, the gateway through a producer of its own; both come here. Never in
here: what is published and when (that is the outbox), or retries beyond those of the Kafka client.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

import faust
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.broker.access import Brokers, client_settings
from streams.broker.partitioner import partition_of

MAX_BATCH_BYTES = 1_000_000
PUBLISH_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Publication:
    """One message on its way to Kafka, as bytes that do not change when it is sent again."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class PublishFailed(Exception):
    """Kafka did not acknowledge all of the messages; some may be there.

    Leave every one of them unpublished in the outbox: the sweeper sends them again, byte for byte, and consumers
    drop what they have.
    """


class PublicationTooLarge(PublishFailed):
    """One message is larger than a batch may be (1,000,000 bytes), and nothing was sent.

    Sending it again cannot help: the writer of this message must make it smaller.
    """


class Publisher:
    """A producer of its own, for a process without Faust: `async with Publisher(brokers) as publisher`."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> "Publisher":
        """Connect. Raises KafkaConnectionError when no broker answers: try later, the outbox keeps the messages."""
        producer = new_producer(self._brokers)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(producer.stop)
            await producer.start()
            on_failure.pop_all()
        self._producer = producer
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what is under way and disconnect."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def publish(self, publications: Sequence[Publication]) -> None:
        """As the function `publish`."""
        if self._producer is None:
            raise PublishFailed("the publisher is not started")
        await publish(self._producer, publications)


def new_producer(brokers: Brokers) -> AIOKafkaProducer:
    """A producer for `publish`, to be started by the caller."""
    return AIOKafkaProducer(
        **client_settings(brokers),
        acks="all",
        linger_ms=0,
        max_batch_size=MAX_BATCH_BYTES,
        request_timeout_ms=int(PUBLISH_WITHIN_SECONDS * 1_000),
    )


async def publish(via: faust.App | AIOKafkaProducer, publications: Sequence[Publication]) -> None:
    """Send all of them and return when every one is acknowledged by all in-sync replicas.

    Messages of one key keep their order. Blocks up to about 30 s when the broker does not answer. Raises
    PublishFailed: the message of the exception says how many partitions failed and why.
    """
    producer = _producer_of(via)
    batches = await _batches(producer, publications)
    outcomes = await asyncio.gather(
        *(_send(producer, topic, partition, packed) for (topic, partition), packed in batches.items()),
        return_exceptions=True,
    )
    failures = [outcome for outcome in outcomes if outcome is not None]
    for unforeseen in failures:
        if not isinstance(unforeseen, KafkaError):
            raise unforeseen
    if failures:
        raise PublishFailed(
            f"{len(failures)} of {len(outcomes)} partitions failed: {failures[0]!r}"
        ) from failures[0]


def _producer_of(via: faust.App | AIOKafkaProducer) -> AIOKafkaProducer:
    if not isinstance(via, faust.App):
        return via
    producer = getattr(via.producer, "_producer", None)
    if producer is None:
        raise PublishFailed("the Faust app is not started")
    return producer


async def _batches(
    producer: AIOKafkaProducer, publications: Iterable[Publication]
) -> dict[tuple[str, int], list[BatchBuilder]]:
    by_partition: dict[tuple[str, int], list[Publication]] = defaultdict(list)
    counts: dict[str, int] = {}
    for publication in publications:
        topic = publication.topic
        if topic not in counts:
            counts[topic] = await _partition_count(producer, topic)
        by_partition[topic, partition_of(publication.key, counts[topic])].append(publication)
    return {target: _pack(producer, group) for target, group in by_partition.items()}


async def _partition_count(producer: AIOKafkaProducer, topic: str) -> int:
    known = producer.client.cluster.partitions_for_topic(topic)
    try:
        return len(known or await producer.partitions_for(topic))
    except KafkaError as failed:
        raise PublishFailed(f"no partitions known of topic {topic!r}: {failed!r}") from failed


def _pack(producer: AIOKafkaProducer, publications: Iterable[Publication]) -> list[BatchBuilder]:
    packed = [producer.create_batch()]
    for publication in publications:
        if not _append(packed[-1], publication):
            packed.append(producer.create_batch())
            _append(packed[-1], publication)
        # An empty batch takes a message of any size, and the broker would refuse it time and again.
        if packed[-1].size() > MAX_BATCH_BYTES:
            size = f"{len(publication.value)} bytes"
            raise PublicationTooLarge(f"{publication.topic!r}, key {publication.key!r}: {size}")
    return packed


def _append(batch: BatchBuilder, publication: Publication) -> bool:
    headers = list(publication.headers)
    return (
        batch.append(key=publication.key, value=publication.value, headers=headers, timestamp=None)
        is not None
    )


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, packed: list[BatchBuilder]) -> None:
    # One after the other: if the first fails, a later one must not arrive before it is sent again.
    for batch in packed:
        batch.close()
        acknowledged = await producer.send_batch(batch, topic, partition=partition)
        await cast("asyncio.Future[object]", acknowledged)
