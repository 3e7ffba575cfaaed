"""Watchdog: ends a process that hangs, so that its supervisor starts it again and its partitions go to others.

It looks at the age of the oldest message that nobody acknowledged and at the time since the last fetch, never at
lag: the end offsets of the embedded broker are not to be relied on. A healthy port over a dead consumer is the worst
of both.
"""

import asyncio
from collections.abc import Callable

import structlog

from streams.broker.transport import Progress
from streams.errors import EXIT_CRASHED
from streams.log import LogEvent

_LOOK_EVERY_SECONDS = 1.0
_log = structlog.get_logger()

StopProcess = Callable[[int], None]


class Watchdog:
    """Bites when the consumer has not moved for longer than it may."""

    def __init__(
        self,
        progress: Callable[[], Progress],
        limit_seconds: float,
        stop_process: StopProcess,
        is_standing: Callable[[], bool],
    ) -> None:
        """`is_standing`: a brake holds a consumer on purpose; then only fetching is watched."""
        self._progress = progress
        self._limit_seconds = limit_seconds
        self._stop_process = stop_process
        self._is_standing = is_standing

    async def run(self) -> None:
        """Look once a second until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            self.look()

    def look(self) -> None:
        """End the process (exit 70) if it hangs; nothing is acknowledged then that was not done."""
        progress = self._progress()
        oldest_seconds = 0.0 if self._is_standing() else progress.oldest_unacked_seconds
        if max(oldest_seconds, progress.since_fetch_seconds) > self._limit_seconds:
            _log.error(
                LogEvent.WATCHDOG_BIT,
                oldest_unacked_seconds=round(oldest_seconds, 3),
                since_fetch_seconds=round(progress.since_fetch_seconds, 3),
                limit_seconds=self._limit_seconds,
            )
            self._stop_process(EXIT_CRASHED)
