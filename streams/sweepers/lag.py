"""Lag sweeper: shows how far the engine's group is behind on Kafka, topic by topic. Reads only.

Every worker shows the lag of the whole group: whoever adds them up counts it several times, take the largest.
"""

import asyncio
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from models.topics import ENGINE_READ
from streams.broker.access import Brokers
from streams.broker.lag import measure
from streams.errors import Transient
from streams.metrics import Metrics

LAG_EVERY_SECONDS = 15.0
_TOLD_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LagSweep:
    """The work of one process."""

    brokers: Brokers
    group: str
    metrics: Metrics

    async def __call__(self) -> int:
        """Ask once; always 0, since nothing is ever left to do. Raises Transient when no broker answers."""
        topics = sorted(topic.value for topic in ENGINE_READ)
        try:
            async with asyncio.timeout(_TOLD_WITHIN_SECONDS):
                found = await measure(self.brokers, self.group, topics)
        except (KafkaError, TimeoutError) as away:
            raise Transient(f"no broker tells the lag: {type(away).__name__}") from away
        for topic, records in found.items():
            self.metrics.messages.lag.labels(topic).set(records)
        return 0
