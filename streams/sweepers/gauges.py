"""Gauges: what stands in the database now, and how the consumer is doing, shown to those who watch. Reads only.

Readiness follows what is seen here: a database that cannot be read, and records that wait too long for Kafka.
Every process of an installation shows the same figures of the database; whoever adds them up counts them twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import COMMANDS, DEADLINES, INCIDENTS
from models.tables.deadlines import DeadlineProgress
from models.vocabulary import CommandKind, CommandStatus, Stage, Status, Tier
from streams.broker.transport import Progress
from streams.clock import Clock
from streams.errors import Transient
from streams.metric_labels import values_of
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.program.readiness import Component, Readiness
from streams.store import outbox
from streams.store.database import MOST_CONNECTIONS, Database

_OPEN = (
    select(INCIDENTS.c.stage, INCIDENTS.c.district_code, func.count().label("incidents"))
    .where(INCIDENTS.c.status == Status.OPEN.value)
    .group_by(INCIDENTS.c.stage, INCIDENTS.c.district_code)
)
_DISTRICT_DIGITS = 6
_OWING_DISTRICT = func.substr(COMMANDS.c.unit_code, 1, _DISTRICT_DIGITS)
_UNACKNOWLEDGED = (
    select(
        COMMANDS.c.tier,
        _OWING_DISTRICT.label("district_code"),
        func.count().label("orders"),
        func.min(COMMANDS.c.acknowledge_by).label("first_due"),
    )
    .where(
        COMMANDS.c.status.in_([one.value for one in CommandStatus if one.awaits_acknowledgement]),
        COMMANDS.c.kind == CommandKind.ORDER.value,
        COMMANDS.c.exercise.is_(False),
    )
    .group_by(COMMANDS.c.tier, _OWING_DISTRICT)
)
_UNHEARD = select(func.min(COMMANDS.c.acknowledge_by)).where(
    COMMANDS.c.status == CommandStatus.ISSUED.value,
    COMMANDS.c.kind == CommandKind.RETRACTION.value,
    COMMANDS.c.exercise.is_(False),
)
_OVERDUE = select(func.count(), func.min(DEADLINES.c.due_at)).where(
    DEADLINES.c.progress.in_([one.value for one in DeadlineProgress if one.is_running]),
    DEADLINES.c.due_at < bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How many wait, and since when the first does."""

    count: int
    since: datetime | None

    def seconds(self, now: datetime) -> float:
        """How long the first has waited, 0 while none does."""
        return 0.0 if self.since is None else max(0.0, (now - self.since).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeSweep:
    """The work of one process.

    `clock` is the program's time, in which clocks pass; `wall` is real time. `progress` asks the process's consumer,
    where it has one.
    """

    database: Database
    clock: Clock
    wall: Clock
    metrics: Metrics
    bookkeeper: Bookkeeper
    readiness: Readiness
    progress: Callable[[], Progress] | None = None

    async def __call__(self) -> int:
        """Look once; always 0, since nothing is ever left to do. Raises Transient."""
        self._show_consumer()
        began = monotonic()
        try:
            async with self.database.read() as connection:
                await self._look(connection)
        except Transient as fault:
            self.readiness.waiting(Component.DATABASE, str(fault))
            raise
        else:
            self.readiness.ready(Component.DATABASE)
            self.metrics.database.look.observe(monotonic() - began)
        finally:
            self._show_process()
        return 0

    async def _look(self, connection: AsyncConnection) -> None:
        """All figures of one moment; none is shown before the last is read."""
        opened = (await connection.execute(_OPEN)).all()
        waiting = _Waiting(*await outbox.waiting(connection))
        owed = (await connection.execute(_UNACKNOWLEDGED)).all()
        unheard = _Waiting(0, (await connection.execute(_UNHEARD)).scalar_one())
        overdue = _Waiting(*(await connection.execute(_OVERDUE, {"now": self.clock.now()})).one())
        self._show_open((row.stage, row.district_code, row.incidents) for row in opened)
        self._show_waiting(waiting)
        self._show_owed((row.tier, row.district_code, row.orders) for row in owed)
        first_due = min((row.first_due for row in owed), default=None)
        self.metrics.commands.oldest_overdue.set(_Waiting(0, first_due).seconds(self.clock.now()))
        self.metrics.commands.oldest_unheard.set(unheard.seconds(self.clock.now()))
        self.metrics.deadlines.overdue.set(overdue.count)
        self.metrics.deadlines.oldest_overdue.set(overdue.seconds(self.clock.now()))

    # --- what stands in the database -------------------------------------------------------------------------

    def _show_open(self, rows: Iterable[tuple[str, str | None, int]]) -> None:
        by_stage: Counter[Stage] = Counter()
        by_district: Counter[str] = Counter()
        for stage, district_code, incidents in rows:
            by_stage[Stage(stage)] += incidents
            by_district[district_code or ""] += incidents
        self.bookkeeper.show_open(by_stage)
        for code in _districts():
            self.metrics.incidents.open_in_district.labels(code).set(by_district[code])

    def _show_owed(self, rows: Iterable[tuple[str, str, int]]) -> None:
        by_tier: Counter[str] = Counter()
        by_district: Counter[str] = Counter()
        for tier, district_code, orders in rows:
            by_tier[tier] += orders
            by_district[district_code] += orders
        for one in Tier:
            self.metrics.commands.unacknowledged.labels(one.value).set(by_tier[one.value])
        for code in _districts():
            self.metrics.commands.unacknowledged_in_district.labels(code).set(by_district[code])

    def _show_waiting(self, waiting: _Waiting) -> None:
        oldest_seconds = waiting.seconds(self.wall.now())
        self.metrics.outbox.waiting.set(waiting.count)
        self.metrics.outbox.oldest.set(oldest_seconds)
        if oldest_seconds > outbox.WAITS_TOO_LONG_SECONDS:
            reason = f"{waiting.count} records wait to be published, the oldest for {oldest_seconds:.0f} s"
            self.readiness.waiting(Component.PUBLISHING, reason)
        else:
            self.readiness.ready(Component.PUBLISHING)

    # --- the process itself -----------------------------------------------------------------------------------

    def _show_consumer(self) -> None:
        if self.progress is None:
            return
        progress, shown = self.progress(), self.metrics.messages
        shown.oldest_unacked.set(progress.oldest_unacked_seconds)
        shown.unfinished.set(progress.unfinished_seconds)
        shown.since_fetch.set(progress.since_fetch_seconds)
        shown.standing_still.set(progress.standing_still_seconds)

    def _show_process(self) -> None:
        shown = self.metrics.database
        shown.connections.set(self.database.connections_in_use())
        shown.most_connections.set(MOST_CONNECTIONS)
        for name, reason in self.readiness.components().items():
            shown.ready.labels(name).set(reason is None)


def _districts() -> tuple[str, ...]:
    return values_of("fenghuo_district_incidents_open", "district").values
