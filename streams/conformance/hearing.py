"""Hearing: what units say on the topic of feedback, kept in the order in which it came.

Never in here: what it should have been.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson

from streams.broker.access import Brokers
from streams.broker.reading import Read, follow


@dataclass(frozen=True, slots=True)
class Answer:
    """One record that names a command; its fields as they stand, valid or not."""

    record: Read
    command_id: str
    body: dict[str, Any]

    @property
    def kind(self) -> object:
        """What is said: received, acknowledged, ..."""
        return self.body.get("kind")


class Ear:
    """Everything heard since it was opened. `until` waits."""

    def __init__(self) -> None:
        self.heard: list[Answer] = []
        self._came = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    def of(self, command_id: str) -> list[Answer]:
        """What was said about this command, in order."""
        return [answer for answer in self.heard if answer.command_id == command_id]

    async def until(self, is_enough: Callable[[], bool], seconds: float) -> bool:
        """Whether it is enough within that time. Raises KafkaError when the broker is lost."""
        deadline = time.monotonic() + seconds
        while not is_enough():
            if self._listening is not None and self._listening.done():
                self._listening.result()
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), min(1.0, deadline - time.monotonic()))
            except TimeoutError:
                if time.monotonic() >= deadline:
                    return is_enough()
        return True

    async def listen(self, brokers: Brokers, topic: str, begun: asyncio.Event) -> None:
        """Hear what is written from now on, until cancelled; `begun` says that now has come."""
        async with aclosing(follow(brokers, (topic,))) as polls:
            async for records in polls:
                begun.set()
                self._take(records)

    def _take(self, records: Sequence[Read]) -> None:
        for record in records:
            body = _object_in(record.value)
            self.heard.append(Answer(record, str(body.get("command_id", "")), body))
        if records:
            self._came.set()

    @classmethod
    @asynccontextmanager
    async def open(cls, brokers: Brokers, topic: str) -> AsyncIterator["Ear"]:
        """An ear at this topic. Raises KafkaError when no broker answers."""
        ear, begun = cls(), asyncio.Event()
        listening = asyncio.create_task(ear.listen(brokers, topic, begun))
        ear._listening = listening
        begins = asyncio.create_task(begun.wait())
        try:
            await asyncio.wait({listening, begins}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
            yield ear
        finally:
            for task in (begins, listening):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def _object_in(value: bytes) -> dict[str, Any]:
    with suppress(orjson.JSONDecodeError):
        parsed = orjson.loads(value)
        return parsed if isinstance(parsed, dict) else {}
    return {}
