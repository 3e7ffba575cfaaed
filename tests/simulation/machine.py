"""Machine: the clocks of the simulated hosts. Time passes by the loop, or at once while everything is suspended.

Each host's wall clock can be set wrong; the steady one cannot. Programs see them through the real `WallClock`.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from streams.clock import WallClock

# Long ago, so that everything that the simulation dates is past for checks that ask the real clock.
BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)

MOST_WRONG_SECONDS = 3_600.0


class Machine:
    """Several hosts under one sun."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._suspended_seconds = 0.0
        self._wrong_by_seconds: dict[str, float] = {}

    def steady(self) -> float:
        """Seconds since the beginning, suspension included, as CLOCK_BOOTTIME counts."""
        return self._loop.time() + self._suspended_seconds

    def now(self) -> datetime:
        """The true time."""
        return BEGINNING + timedelta(seconds=self.steady())

    def clock_of(self, host: str) -> WallClock:
        """The clock of a program that starts on this host now."""
        return WallClock(lambda: self._wall(host), self.steady)

    def set_clock(self, host: str, wrong_by_seconds: float) -> None:
        """Somebody sets a host's clock."""
        self._wrong_by_seconds[host] = wrong_by_seconds

    def is_wrong(self, host: str) -> bool:
        """Whether this host's clock is set wrong."""
        return self._wrong_by_seconds.get(host, 0.0) != 0.0

    def suspend(self, seconds: float) -> None:
        """All hosts sleep for so long: clocks go on, timers do not."""
        self._suspended_seconds += seconds

    def _wall(self, host: str) -> float:
        return BEGINNING.timestamp() + self.steady() + self._wrong_by_seconds.get(host, 0.0)
