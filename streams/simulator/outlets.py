"""Outlets: the two ways by which the field reaches the engine: the gateway, or straight to the topics.

Over the topics garbage can be sent too, and a memory broker that dies takes with it what nobody has read; whoever
kills brokers uses the gateway. Either way a message is sent again, byte for byte, until it is in.
"""

import asyncio
from typing import Protocol

from aiokafka.errors import KafkaError

from models.messages.feedback import Feedback
from models.topics import Topic
from streams.access.signing import Signer, speakers_of
from streams.broker.publishing import Publication, PublishFailed
from streams.simulator.door import Door, Outcome
from streams.simulator.happening import Expectation, Happening
from streams.store.publications import HEADERS, Headers

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
    """Everything straight to Kafka, keyed as the contract says, and feedback signed where there is a `signer`."""

    def __init__(self, publisher: Publishes, signer: Signer | None = None) -> None:
        self._publisher = publisher
        self._signer = signer

    async def report(self, happening: Happening, value: bytes) -> None:
        """See `Outlet`."""
        await self._send(happening.topic, happening.area_code, value)

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """See `Outlet`. What the engine makes of it is not known here."""
        value = feedback.model_dump_json(exclude_none=True).encode()
        headers = HEADERS if self._signer is None else self._signer.headers(value, speakers_of(feedback))
        await self._send(Topic.DISPOSAL_FEEDBACK, feedback.incident_id, value, headers)
        return Outcome.PENDING

    async def _send(self, topic: Topic, key: str, value: bytes, headers: Headers = HEADERS) -> None:
        publication = Publication(topic, key.encode(), value, headers)
        while True:
            try:
                await self._publisher.publish((publication,))
            except (PublishFailed, KafkaError):
                await asyncio.sleep(_PAUSE_SECONDS)  # real time: a broker comes back when it does
            else:
                return
