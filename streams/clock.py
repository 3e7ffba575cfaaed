"""The time that the program lives by: aware UTC, never stepping back, and in tests and demonstrations not the wall's.

Everything that asks for the time or waits for a deadline takes a `Clock`. Never in here: what happens when a deadline
passes. Waiting out a fault (back-off, polling) is real time and does not come through here.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from streams.log import LogEvent

JUMP_SECONDS = 2.0  # by so much two clocks may differ before it is told
# Of a divergence, at most this share of the time that passed is made good: a clock of a quarter of an hour passes less
# than 5 s early or late for it, however wrong somebody set the machine, and no working quartz drifts by a hundredth
# of that. Who wants it made good sooner starts the program again.
_SLEW_RATIO = 0.005
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


class Whose(StrEnum):
    """Whose clock it is that the program's time is compared with."""

    MACHINE = "machine"
    DATABASE = "database"


class WallClock:
    """Wall time, anchored to the steady clock: it slews towards the wall and never steps.

    The wall is the machine's clock or, once it was told to `follow` it, the database's, which all workers share. One
    of them that is off by more than 2 s is told once (`clock_jumped`), until it is right again: somebody set it.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_seconds,
        jumped: Callable[[Whose], None] = lambda _: None,
    ) -> None:
        """`wall` counts seconds since 1970, `steady` from anywhere; `jumped` hears of each jump that is told."""
        self._wall = wall
        self._steady = steady
        self._jumped = jumped
        self._steady_at = steady()
        self._now_at = wall()
        self._theirs_from_steady: float | None = None
        self._ahead: dict[Whose, float] = {}
        self._told: set[Whose] = set()

    def now(self) -> datetime:
        """See `Clock`."""
        steady = self._steady()
        passed = max(0.0, steady - self._steady_at)
        behind = self._compare(self._now_at + passed, steady)
        most = _SLEW_RATIO * passed
        self._now_at += passed + min(max(behind, -most), most)
        self._steady_at = steady
        return datetime.fromtimestamp(self._now_at, UTC)

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        await asyncio.sleep(seconds)

    def follow(self, theirs_at_steady_zero: float, *, at_once: bool = False) -> None:
        """Go by the database's clock: what it said (seconds since 1970), less what `steady` said at that moment.

        Slewed like any other, unless `at_once`: only while nothing was decided or written by this clock yet.
        """
        self._theirs_from_steady = theirs_at_steady_zero
        if at_once:
            self._steady_at = self._steady()
            self._now_at = theirs_at_steady_zero + self._steady_at

    def wrong_seconds(self) -> Mapping[Whose, float]:
        """How far each clock that it knows is ahead of the program's time (behind: below 0), at the last look."""
        return dict(self._ahead)

    def _compare(self, now: float, steady: float) -> float:
        """Look at every clock; by how much the program's time is behind the one that it goes by."""
        self._ahead[Whose.MACHINE] = behind = self._wall() - now
        if self._theirs_from_steady is not None:
            self._ahead[Whose.DATABASE] = behind = self._theirs_from_steady + steady - now
        for whose, ahead_seconds in self._ahead.items():
            self._tell_jump(whose, ahead_seconds)
        return behind

    def _tell_jump(self, whose: Whose, ahead_seconds: float) -> None:
        if abs(ahead_seconds) <= JUMP_SECONDS:
            self._told.discard(whose)
        elif whose not in self._told:
            self._told.add(whose)
            self._jumped(whose)
            _log.warning(LogEvent.CLOCK_JUMPED, clock=whose.value, ahead_seconds=round(ahead_seconds, 3))


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
