"""Sweeper: does one piece of work again and again, all the time and not only at the start.

It goes on at once while there is more to do, waits a little when there is not, and longer after a fault. One that only
looks takes no more than its share of the time: a look that costs more among many incidents is taken more seldom. What
is not a known fault is our defect and ends the process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from streams.broker.publishing import PublishFailed
from streams.errors import Transient
from streams.log import LogEvent
from streams.metrics import Metrics

_LONGEST_PAUSE_SECONDS = 10.0
_LONGEST_REST_SECONDS = 3.0  # a look may have waited for the database: that was no work to rest from
_log = structlog.get_logger()

Work = Callable[[], Awaitable[int]]


class Sweeper:
    """One kind of work, swept up every `every_seconds` (real time) and whenever somebody nudges."""

    def __init__(
        self,
        name: str,
        work: Work,
        every_seconds: float,
        metrics: Metrics,
        event: LogEvent,
        *,
        busy_ratio: float = 1.0,
    ) -> None:
        """`work` does a bounded piece and returns how many rows that were; 0 is nothing to do.

        `busy_ratio`, above 0 and up to 1, is how much of the time it may be at work; it rests for 3 s at most.
        """
        self.name = name
        self._work = work
        self._every_seconds = every_seconds
        self._rest_ratio = 1 / busy_ratio - 1
        self._metrics = metrics
        self._event = event
        self._nudged = asyncio.Event()
        self._faults_in_a_row = 0

    def nudge(self) -> None:
        """There is something to do now. Returns at once; call it on the loop that runs the sweeper."""
        self._nudged.set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            self._nudged.clear()
            pause_seconds = await self.sweep()
            if pause_seconds:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._nudged.wait(), pause_seconds)

    async def sweep(self) -> float:
        """Do one piece; seconds to wait before the next."""
        now = asyncio.get_running_loop().time
        began = now()
        pause_seconds = await self._swept()
        return max(pause_seconds, min((now() - began) * self._rest_ratio, _LONGEST_REST_SECONDS))

    async def _swept(self) -> float:
        try:
            done = await self._work()
        except (Transient, PublishFailed) as fault:
            self._faults_in_a_row += 1
            self._metrics.messages.faults.labels(self.name, type(fault).__name__).inc()
            _log.warning(LogEvent.SWEEP_FAILED, sweeper=self.name, fault=str(fault))
            return min(self._every_seconds * 2.0**self._faults_in_a_row, _LONGEST_PAUSE_SECONDS)
        self._faults_in_a_row = 0
        if done:
            _log.info(self._event, rows=done)
            return 0.0
        return self._every_seconds
