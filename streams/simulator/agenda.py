"""Agenda: what is to be looked at when, in program time, each thing at most once. Nothing on it is worth keeping.

Officers and units each have one. Must never enter: what is done when a thing is due.
"""

import asyncio
from collections.abc import Hashable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from streams.clock import Clock

K = TypeVar("K", bound=Hashable)


class Agenda(Generic[K]):
    """Things by the time when they are due; several may wait for the next one at the same time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[K, datetime] = {}
        self._queue: list[tuple[datetime, int, K]] = []
        self._order = count()
        self._changed = asyncio.Event()

    def __contains__(self, thing: K) -> bool:
        return thing in self._due

    def put(self, thing: K, due_at: datetime) -> None:
        """Look at it then; what stood there for it before no longer counts."""
        self._due[thing] = due_at
        heappush(self._queue, (due_at, next(self._order), thing))
        self._changed.set()

    def put_sooner(self, thing: K, due_at: datetime) -> None:
        """Look at it then, unless it is due earlier anyway."""
        if thing not in self._due or due_at < self._due[thing]:
            self.put(thing, due_at)

    def drop(self, thing: K) -> None:
        """Do not look at it."""
        self._due.pop(thing, None)

    async def next_due(self) -> K:
        """Wait until something is due and take it off."""
        while True:
            wait_seconds = self._seconds_to_next()
            if wait_seconds is not None and wait_seconds <= 0:
                thing = heappop(self._queue)[2]
                del self._due[thing]
                return thing
            self._changed.clear()
            await self._wait(wait_seconds)

    def _seconds_to_next(self) -> float | None:
        while self._queue and self._due.get(self._queue[0][2]) != self._queue[0][0]:
            heappop(self._queue)
        if not self._queue:
            return None
        return (self._queue[0][0] - self._clock.now()).total_seconds()

    async def _wait(self, seconds: float | None) -> None:
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._until_changed())]
        if seconds is not None:
            waits.append(asyncio.create_task(self._until_passed(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _until_changed(self) -> object:
        return await self._changed.wait()

    async def _until_passed(self, seconds: float) -> object:
        await self._clock.sleep(seconds)
        return None
