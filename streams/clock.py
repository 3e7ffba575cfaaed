"""The time that the program lives by: aware UTC, never stepping back, and in tests and demonstrations not the wall's.

Everything that asks for the time or waits for a deadline takes a `Clock`. Never in here: what happens when a deadline
passes. Waiting out a fault (back-off, polling) is real time and does not come through here.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from streams.log import LogEvent

_JUMP_SECONDS = 2.0
# Of a divergence, at most this share of the time that passed is made good: slow enough that no deadline fires for a
# wrongly set clock before somebody was told, quick enough for the drift of any working quartz.
_SLEW_RATIO = 0.05
_log = structlog.get_logger()


class Clock(Protocol):
    """Where the program's time comes from."""

    def now(self) -> datetime:
        """The program's time, aware UTC; never earlier than what it said before."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds of the program's time."""
        ...


def steady_seconds() -> float:
    """Seconds that only grow, time in which the machine was suspended included where the system can tell."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class WallClock:
    """Wall time, anchored to the steady clock: it slews towards the wall and never steps.

    A wall that jumps by more than 2 s is told once (`clock_jumped`): somebody set the machine's clock.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = steady_seconds
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._steady_at = steady()
        self._now_at = wall()
        self._has_told = False

    def now(self) -> datetime:
        """See `Clock`."""
        steady = self._steady()
        passed = max(0.0, steady - self._steady_at)
        behind = self._wall() - (self._now_at + passed)
        self._tell_jump(behind)
        most = _SLEW_RATIO * passed
        self._now_at += passed + min(max(behind, -most), most)
        self._steady_at = steady
        return datetime.fromtimestamp(self._now_at, UTC)

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        await asyncio.sleep(seconds)

    def _tell_jump(self, behind_seconds: float) -> None:
        has_jumped = abs(behind_seconds) > _JUMP_SECONDS
        if has_jumped and not self._has_told:
            _log.warning(LogEvent.CLOCK_JUMPED, behind_seconds=round(behind_seconds, 3))
        self._has_told = has_jumped


class StoppedClock:
    """One moment, for work that is done as of then: all of one batch, or a message that is handled once more."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """See `Clock`."""
        return self._at

    async def sleep(self, seconds: float) -> None:
        """See `Clock`; this one does not move by it."""
        await asyncio.sleep(seconds)


class ScaledClock:
    """`speed` program seconds for each real one, from where the last run stood (embedded profile only).

    The composition root reads `origin` from the database and stores `now()` there each second and at the end, so
    that this time stands still while the program does.
    """

    def __init__(self, origin: datetime, speed: float, steady: Callable[[], float] = steady_seconds) -> None:
        self._origin = origin
        self._speed = speed
        self._steady = steady
        self._started_at = steady()

    def now(self) -> datetime:
        """See `Clock`."""
        return self._origin + timedelta(seconds=(self._steady() - self._started_at) * self._speed)

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        await asyncio.sleep(seconds / self._speed)
