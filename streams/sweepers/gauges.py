"""Gauges: what stands in the database now, shown to those who watch. Reads only."""

from dataclasses import dataclass

from sqlalchemy import func, select

from models.tables import INCIDENTS, OUTBOX
from models.vocabulary import Stage, Status
from streams.bookkeeper import Bookkeeper
from streams.clock import Clock
from streams.metrics import Metrics
from streams.store.database import Database

_OPEN = (
    select(INCIDENTS.c.stage, func.count())
    .where(INCIDENTS.c.status == Status.OPEN.value)
    .group_by(INCIDENTS.c.stage)
)
_WAITING = select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.published_at.is_(None))


@dataclass(frozen=True, slots=True)
class GaugeSweep:
    """The work of one process: show open incidents per stage, and what waits to be published since when."""

    database: Database
    wall: Clock
    metrics: Metrics
    bookkeeper: Bookkeeper

    async def __call__(self) -> int:
        """Look once; always 0, since nothing is ever left to do. Raises Transient."""
        async with self.database.read() as connection:
            open_by_stage = {Stage(stage): count for stage, count in await connection.execute(_OPEN)}
            waiting, oldest = (await connection.execute(_WAITING)).one()
        self.bookkeeper.show_open(open_by_stage)
        self.metrics.outbox.waiting.set(waiting)
        age_seconds = 0.0 if oldest is None else (self.wall.now() - oldest).total_seconds()
        self.metrics.outbox.oldest.set(max(0.0, age_seconds))
        return 0
