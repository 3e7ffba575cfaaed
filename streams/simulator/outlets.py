"""Outlets: the two ways by which the field reaches the engine: the gateway, or straight to the topics.

Over the topics garbage can be sent too, and a memory broker that dies takes with it what nobody has read; whoever
kills brokers uses the gateway. Either way a message is sent again, byte for byte, until it is in.
"""

import asyncio
from typing import Protocol

from aiokafka.errors import KafkaError

from models.messages.feedback import Feedback
from models.topics import Topic
from streams.broker.publishing import Publication, PublishFailed
from streams.simulator.door import Door, Outcome
from streams.simulator.happening import Expectation, Happening

_PAUSE_SECONDS = 1.0


class Outlet(Protocol):
    """How reporters and units are heard."""

    async def report(self, happening: Happening, value: bytes) -> None:
        """Send it; back when it is in, or was refused for good."""
        ...

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """Send it; back when it is in, or was refused for good."""
        ...


class GatewayOutlet:
    """Everything over HTTP. What is no message at all cannot be sent this way and is left out."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def report(self, happening: Happening, value: bytes) -> None:
        """See `Outlet`."""
        if happening.expectation is not Expectation.UNREADABLE:
            await self._door.report(value)

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """See `Outlet`."""
        return await self._door.feed_back(feedback)


class Publishes(Protocol):
    """What is used of `streams.broker.publishing.Publisher`."""

    async def publish(self, publications: tuple[Publication, ...]) -> None: ...


class TopicOutlet:
    """Everything straight to Kafka, keyed as the contract says."""

    def __init__(self, publisher: Publishes) -> None:
        self._publisher = publisher

    async def report(self, happening: Happening, value: bytes) -> None:
        """See `Outlet`."""
        await self._send(happening.topic, happening.area_code, value)

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """See `Outlet`. What the engine makes of it is not known here."""
        value = feedback.model_dump_json(exclude_none=True).encode()
        await self._send(Topic.DISPOSAL_FEEDBACK, feedback.incident_id, value)
        return Outcome.PENDING

    async def _send(self, topic: Topic, key: str, value: bytes) -> None:
        publication = Publication(topic, key.encode(), value)
        while True:
            try:
                await self._publisher.publish((publication,))
            except (PublishFailed, KafkaError):
                await asyncio.sleep(_PAUSE_SECONDS)  # real time: a broker comes back when it does
            else:
                return
