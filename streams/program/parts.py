"""Parts: the tasks that make up the running program. None of them may end by itself; the first that does ends it all.

A gateway that answers while its engine is dead would be a healthy face on a dead body.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

import structlog

from streams.log import LogEvent

_log = structlog.get_logger()


class Parts:
    """The tasks of one process, by name."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.crashed: str | None = None
        self.has_ended = asyncio.Event()

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Run it as a task of this name."""
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(self._ended)

    async def stop(self, *names: str) -> None:
        """Cancel these parts, all if none is named, and wait until they are gone."""
        for name in names or tuple(self._tasks):
            task = self._tasks.pop(name, None)
            if task is None:
                continue
            task.remove_done_callback(self._ended)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])

    async def finish(self, name: str, within_seconds: float) -> None:
        """Let a part that was told to stop come to its end; cancel it when it takes longer."""
        task = self._tasks.get(name)
        if task is not None:
            task.remove_done_callback(self._ended)
            await asyncio.wait([task], timeout=within_seconds)
        await self.stop(name)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        _log.error(LogEvent.PART_CRASHED, part=task.get_name(), exc_info=error)
        self.crashed = self.crashed or task.get_name()
        self.has_ended.set()
