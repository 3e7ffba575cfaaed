"""Carrier: what an agent needs - the transport that delivers, the loop that handles, and how much at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from models.topics import Topic
from streams.broker.transport import Progress
from streams.processing.loop import CarriedBatch, Loop

Consume = Callable[[AsyncIterator[CarriedBatch]], Awaitable[None]]


class Transport(Protocol):
    """What an engine asks of whatever brings it its batches: the fast lane, or the simulation (decision 0015)."""

    @property
    def crash_reason(self) -> BaseException | None:
        """Once set the process has to end: nothing restarts inside."""
        ...

    def carry(self, name: str, topic: str, max_records: int, consume: Consume) -> None:
        """Let this agent consume this topic; before `start`."""
        ...

    def progress(self) -> Progress:
        """How far behind it is with acknowledging and with fetching; cheap, call it every second."""
        ...

    async def start(self) -> object:
        """Join the group."""
        ...

    async def stop(self) -> None:
        """Finish what is in hand, commit and leave the group."""
        ...


@dataclass(frozen=True, slots=True)
class Carrier:
    """Joins one topic at a time to the loop."""

    transport: Transport
    loop: Loop
    batch_max_records: int

    def carry(self, name: str, topic: Topic) -> None:
        """Let an agent of this name take the topic's batches to the loop."""
        self.transport.carry(name, topic.value, self.batch_max_records, partial(self.loop.consume, topic))
