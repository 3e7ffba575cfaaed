"""Listening: what the engine says on a topic from now on, without a consumer group, as units and screens follow it.

What was said before, or while the broker was away, is not heard: whoever listens also asks the gateway now and then.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from models.topics import Topic
from streams.broker.access import Brokers, client_settings

_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, as bytes."""

    key: bytes
    value: bytes


async def listen(brokers: Brokers, topic: Topic) -> AsyncIterator[Heard]:
    """Every message from now on; connects again, in real time, whenever the broker is lost."""
    while True:
        consumer = AIOKafkaConsumer(
            topic.value, **client_settings(brokers), group_id=None, auto_offset_reset="latest"
        )
        try:
            await consumer.start()
            async for record in consumer:
                yield Heard(record.key or b"", record.value or b"")
        except KafkaError:
            await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            await consumer.stop()
