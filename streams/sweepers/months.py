"""Months sweeper: makes the partitions of the log for the months to come, so that no fact waits for one."""

from dataclasses import dataclass

from streams.clock import Clock
from streams.store import months
from streams.store.database import Database


@dataclass(frozen=True, slots=True)
class MonthSweep:
    """The work of one process; several at once make each month once. On SQLite there is nothing to do."""

    database: Database
    clock: Clock

    async def __call__(self) -> int:
        """Look once. Returns how many months were made. Raises Transient; it is tried again long before it matters."""
        if self.database.is_sqlite:
            return 0
        async with self.database.write() as connection:
            return len(await months.open_ahead(connection, self.clock.now()))
