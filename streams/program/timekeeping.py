"""Timekeeping: by which clock a process lives, and what is done when machine and database disagree about the time.

On PostgreSQL all workers go by the database's clock, the one that each of them can see: a machine whose own is wrong
works with the others all the same. Nobody can tell which of two clocks is right; so an engine that starts while they
differ by more than it may waits for a person, since with an hour too much every limit of the city would pass at once.
One that runs goes on by its steady clock, follows the database slowly and says so (`fenghuo_clock_wrong_seconds`).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from streams.clock import Clock, ScaledClock, WallClock, Whose, steady_seconds
from streams.engine import Ground
from streams.errors import SettingsRefused, Transient
from streams.log import LogEvent
from streams.metrics import ClockMetrics
from streams.program.readiness import Component, Readiness
from streams.settings import Profile, Role, Settings
from streams.store import program_time, wall_time
from streams.store.database import Database

LOOKED_EVERY_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 1.0
# An answer that took longer says too little of the moment at which the database looked at its clock. Who starts beside
# a database that is always slower takes what it gets in the end: half of that time is all that it can be wrong by.
_ANSWER_WITHIN_SECONDS = 1.0
_LONGEST_ANSWER_SECONDS = 16.0
_MOST_AHEAD_SECONDS = 60.0
_log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Timekeeper:
    """Keeps the wall clock of one process at the database's. `machine` and `steady` are as in `WallClock`.

    `may_differ_seconds`: an engine does not start while machine and database differ by more; None lets it start.
    """

    database: Database
    wall: WallClock
    metrics: ClockMetrics
    readiness: Readiness
    may_differ_seconds: float | None
    machine: Callable[[], float] = time.time
    steady: Callable[[], float] = steady_seconds
    _has_told: bool = False

    async def settle(self) -> None:
        """Return once this process may live by its clock, which is the database's then; before anything is decided."""
        within_seconds = _ANSWER_WITHIN_SECONDS
        while not await self._agrees(within_seconds):
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
            within_seconds = min(2 * within_seconds, _LONGEST_ANSWER_SECONDS)
        self.readiness.ready(Component.CLOCK)

    async def look(self) -> int:
        """Follow the database's clock and show how far each is off; always 0. Raises Transient."""
        found = await self._theirs_at_steady_zero(_ANSWER_WITHIN_SECONDS)
        if found is not None:
            self.wall.follow(found)
        self._show()
        return 0

    async def _agrees(self, within_seconds: float) -> bool:
        if self.database.is_sqlite:  # on this machine, and by its clock
            return True
        try:
            found = await self._theirs_at_steady_zero(within_seconds)
        except Transient as away:
            self.readiness.waiting(Component.CLOCK, str(away))
            return False
        if found is None:
            self.readiness.waiting(Component.CLOCK, "the database answers too slowly to tell its time")
            return False
        ahead_seconds = self.machine() - (found + self.steady())
        if self.may_differ_seconds is not None and abs(ahead_seconds) > self.may_differ_seconds:
            self._tell(ahead_seconds)
            return False
        self.wall.follow(found, at_once=True)
        return True

    async def _theirs_at_steady_zero(self, within_seconds: float) -> float | None:
        """The database's clock less the steady one; None on SQLite, and when the answer came too late to tell."""
        async with self.database.read() as connection:
            asked_at = self.steady()
            theirs = await wall_time.read(connection)
            took = self.steady() - asked_at
        if theirs is None or took > within_seconds:
            return None
        return theirs.timestamp() - (asked_at + took / 2)

    def _tell(self, ahead_seconds: float) -> None:
        way = "ahead of" if ahead_seconds > 0 else "behind"
        reason = f"this machine's clock is {abs(ahead_seconds):.1f} s {way} the database's: set the wrong one"
        self.readiness.waiting(Component.CLOCK, reason)
        self.metrics.wrong.labels(Whose.MACHINE.value).set(abs(ahead_seconds))
        if not self._has_told:
            _log.error(LogEvent.CLOCKS_DIFFER, machine_ahead_seconds=round(ahead_seconds, 3))
            self._has_told = True

    def _show(self) -> None:
        self.wall.now()
        for whose, ahead_seconds in self.wall.wrong_seconds().items():
            self.metrics.wrong.labels(whose.value).set(abs(ahead_seconds))


def keeper_of(ground: Ground) -> Timekeeper:
    """The one of this process. A gateway decides nothing and must take in what is reported: it never waits."""
    settings = ground.settings
    return Timekeeper(
        database=ground.database,
        wall=ground.wall,
        metrics=ground.metrics.clocks,
        readiness=ground.readiness,
        may_differ_seconds=None if settings.role is Role.GATEWAY else settings.clocks_may_differ_seconds,
    )


@dataclass(frozen=True, slots=True)
class KeptTime:
    """The program's time of an installation whose time runs faster, as its database keeps it between two runs."""

    database: Database
    clock: ScaledClock
    speed: float

    async def __call__(self) -> int:
        """Write it down; always 0. Raises Transient."""
        async with self.database.write() as connection:
            await program_time.store(connection, self.clock.now(), self.speed)
        return 0


async def program_clock(database: Database, settings: Settings, wall: WallClock) -> Clock:
    """The clock that deadlines live by. Raises SettingsRefused when the data folder was played ahead of the wall."""
    if settings.profile is Profile.PRODUCTION:
        return wall
    async with database.read() as connection:
        kept = await program_time.load(connection)
    now = wall.now()
    if settings.speed != 1:
        return ScaledClock(kept or now, settings.speed)
    if kept is not None and (kept - now).total_seconds() > _MOST_AHEAD_SECONDS:
        raise SettingsRefused(
            (f"FENGHUO_SPEED: {settings.data_dir} was played ahead to {kept}; set FENGHUO_DATA_DIR",)
        )
    return wall
