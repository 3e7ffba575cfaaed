"""Heartbeat sweeper: writes one heartbeat's report a period, by whichever gateway holds the job."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from streams.clock import Clock
from streams.metric_labels import Hop
from streams.metrics import HeartbeatMetrics
from streams.processing import heartbeat
from streams.store import leases, outbox
from streams.store.database import Database

_JOB = "heartbeat"
_LEASE_PERIODS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSweep:
    """The work of one process, `holder`, to be done every `every_seconds` (real time)."""

    database: Database
    clock: Clock
    wall: Clock
    metrics: HeartbeatMetrics
    every_seconds: float
    holder: str
    nudge_outbox: Callable[[], None]

    def __post_init__(self) -> None:
        """Nothing has come round yet, and from now on something should."""
        self.metrics.came_round.set(self.wall.now().timestamp())

    async def __call__(self) -> int:
        """Write one, if the job is ours; always 0, since the next is due in a period. Raises Transient."""
        began, wall = monotonic(), self.wall.now()
        until = wall + timedelta(seconds=self.every_seconds * _LEASE_PERIODS)
        async with self.database.write() as connection:
            if not await leases.hold(connection, _JOB, self.holder, wall, until):
                return 0
            await outbox.add(connection, [heartbeat.first(self.clock.now(), wall)], wall)
        self.metrics.hop.labels(Hop.ACCEPTED.value).observe(monotonic() - began)
        self.nudge_outbox()
        return 0
