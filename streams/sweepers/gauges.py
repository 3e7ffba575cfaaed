"""Gauges: what stands in the database now, and how the consumer is doing, shown to those who watch. Reads only.

Readiness follows what is seen here: a database that cannot be read, and records that wait too long for Kafka.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from models.tables import INCIDENTS, OUTBOX
from models.vocabulary import Stage, Status
from streams.clock import Clock
from streams.errors import Transient
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.program.readiness import Component, Readiness
from streams.store.database import Database

_WAITS_TOO_LONG_SECONDS = 60.0
_OPEN = (
    select(INCIDENTS.c.stage, func.count())
    .where(INCIDENTS.c.status == Status.OPEN.value)
    .group_by(INCIDENTS.c.stage)
)
_WAITING = select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.published_at.is_(None))


@dataclass(frozen=True, slots=True)
class GaugeSweep:
    """The work of one process. `oldest_unacked_seconds` asks its consumer, where it has one."""

    database: Database
    wall: Clock
    metrics: Metrics
    bookkeeper: Bookkeeper
    readiness: Readiness
    oldest_unacked_seconds: Callable[[], float] = lambda: 0.0

    async def __call__(self) -> int:
        """Look once; always 0, since nothing is ever left to do. Raises Transient."""
        self.metrics.messages.oldest_unacked.set(self.oldest_unacked_seconds())
        try:
            async with self.database.read() as connection:
                open_by_stage = {Stage(stage): count for stage, count in await connection.execute(_OPEN)}
                waiting, oldest = (await connection.execute(_WAITING)).one()
        except Transient as fault:
            self.readiness.waiting(Component.DATABASE, str(fault))
            raise
        self.readiness.ready(Component.DATABASE)
        self.bookkeeper.show_open(open_by_stage)
        self._show_waiting(waiting, 0.0 if oldest is None else (self.wall.now() - oldest).total_seconds())
        return 0

    def _show_waiting(self, waiting: int, oldest_seconds: float) -> None:
        self.metrics.outbox.waiting.set(waiting)
        self.metrics.outbox.oldest.set(max(0.0, oldest_seconds))
        if oldest_seconds > _WAITS_TOO_LONG_SECONDS:
            reason = f"{waiting} records wait to be published, the oldest for {oldest_seconds:.0f} s"
            self.readiness.waiting(Component.PUBLISHING, reason)
        else:
            self.readiness.ready(Component.PUBLISHING)
