"""Watchdog: ends a process that hangs, so that its supervisor starts it again and its partitions go to others.

It looks at how long an agent has finished nothing of what it has, at the time since the fetch loop last came round,
and at how long a partition has had more to read while its position did not move. Never at how much there is to
read: a long queue that moves is work. A healthy port over a dead consumer is the worst of both, so readiness says it
before the end comes.
"""

import asyncio
from collections.abc import Callable

import structlog

from streams.broker.transport import Progress
from streams.errors import EXIT_CRASHED
from streams.log import LogEvent
from streams.program.readiness import Component, Readiness

_LOOK_EVERY_SECONDS = 1.0
_TOLD_AT_RATIO = 0.5  # of the limit: from here on it is not ready, and may still come back
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
        readiness: Readiness,
    ) -> None:
        """`is_standing`: a brake holds a consumer on purpose; then only the fetch loop is watched."""
        self._progress = progress
        self._limit_seconds = limit_seconds
        self._stop_process = stop_process
        self._is_standing = is_standing
        self._readiness = readiness
        self._has_told = False

    async def run(self) -> None:
        """Look once a second until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            self.look()

    def look(self) -> None:
        """End the process (exit 70) if it hangs; nothing is acknowledged then that was not done."""
        progress = self._progress()
        hung_seconds = self._hung_seconds(progress)
        self._tell(hung_seconds)
        if hung_seconds > self._limit_seconds:
            _log.error(
                LogEvent.WATCHDOG_BIT,
                unfinished_seconds=round(progress.unfinished_seconds, 3),
                since_fetch_seconds=round(progress.since_fetch_seconds, 3),
                standing_still_seconds=round(progress.standing_still_seconds, 3),
                limit_seconds=self._limit_seconds,
            )
            self._stop_process(EXIT_CRASHED)

    def _hung_seconds(self, progress: Progress) -> float:
        if self._is_standing():
            return progress.since_fetch_seconds
        return max(progress.unfinished_seconds, progress.since_fetch_seconds, progress.standing_still_seconds)

    def _tell(self, hung_seconds: float) -> None:
        if hung_seconds > self._limit_seconds * _TOLD_AT_RATIO:
            reason = f"no progress for {hung_seconds:.0f} s; ends itself at {self._limit_seconds:.0f} s"
            self._readiness.waiting(Component.PARTITIONS, reason)
            self._has_told = True
        elif self._has_told:  # only what was said here is taken back here
            self._readiness.ready(Component.PARTITIONS)
            self._has_told = False
