"""A clock that stands until a test moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class ManualClock:
    """Says what it was set to; sleeping moves it on at once."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self.slept_seconds: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept_seconds.append(seconds)
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Let this many seconds pass (or, to plant a fault, return)."""
        self._now += timedelta(seconds=seconds)
