"""Disk: the real transactions on a real SQLite file, made in this thread, with the faults that a disk has.

Put where aiosqlite's thread would be (`attach`), so that the order of everything is decided by the loop alone. A busy
database is waited for in virtual time. Faults end as the driver's own errors, with its own codes.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from random import Random
from typing import Any

import aiosqlite
from sqlalchemy import Engine, event

from streams.store.database import Database
from tests.simulation.lives import Life
from tests.simulation.plan import Fault, Plan

_BUSY_SECONDS = 10.0
_COMMIT_FAULTS = {
    Fault.STORE_ABORT: ("disk I/O error", sqlite3.SQLITE_IOERR),
    Fault.STORE_LOST_REPLY: ("disk I/O error", sqlite3.SQLITE_IOERR),
    Fault.STORE_FULL: ("database or disk is full", sqlite3.SQLITE_FULL),
}
_SHARE = {Fault.STORE_ABORT: 0.06, Fault.STORE_LOST_REPLY: 0.08, Fault.STORE_FULL: 0.5}


class _Shared:
    """What one database has compiled serves all: each life of each run would compile every statement anew."""

    first: Engine | None = None


def share_compiled(database: Database) -> None:
    """Let this database use the statements that any other has compiled."""
    mine = database.engine.sync_engine
    if _Shared.first is None:
        _Shared.first = mine
    mine.dialect, mine._compiled_cache = _Shared.first.dialect, _Shared.first._compiled_cache


class Disk:
    """What all processes share of the database: its file, its weather, and whether that has been healed."""

    def __init__(self, path: str, plan: Plan) -> None:
        self.path = path
        self.plan = plan
        self.chance: Random = plan.chance("disk")
        self.is_healed = False
        self.is_full = False
        self.commits = 0

    def attach(self, life: Life) -> Database:
        """The database as this process sees it."""
        database = Database(f"sqlite+aiosqlite:///{self.path}")

        def connect(_: object, __: object, ___: object, how: dict[str, Any]) -> None:
            how["async_creator_fn"] = lambda *_, **__: _connected(self, life)

        event.listen(database.engine.sync_engine, "do_connect", connect)
        share_compiled(database)
        return database

    def fate(self) -> Fault | None:
        """What becomes of this commit."""
        self.commits += 1
        if self.is_healed:
            return None
        for fault in _COMMIT_FAULTS:
            if fault is Fault.STORE_FULL and not self.is_full:
                continue
            if self.plan.has(fault) and self.chance.random() < _SHARE[fault]:
                return fault
        return None

    def is_slow(self) -> bool:
        """Whether somebody else gets a turn before the next statement."""
        return self.plan.has(Fault.STORE_SLOW) and not self.is_healed and self.chance.random() < 0.05


async def _connected(disk: Disk, life: Life) -> "_Connection":
    return _Connection(disk, life)


class _Connection:
    """What SQLAlchemy's adapter and `streams.store.sqlite` ask of aiosqlite's connection."""

    def __init__(self, disk: Disk, life: Life) -> None:
        self._disk = disk
        self._life = life
        self._open: sqlite3.Connection | None = sqlite3.connect(
            disk.path, timeout=0, isolation_level=None, check_same_thread=False
        )
        life.holds(self._close)
        self._tx = self  # where the adapter puts what it wants done in the thread
        self._iter_chunk_size = 64  # aiosqlite's

    @property
    def _conn(self) -> sqlite3.Connection:
        if self._open is None:
            raise ValueError("no active connection")
        return self._open

    @property
    def _connection(self) -> sqlite3.Connection | None:
        return self._open

    @property
    def in_transaction(self) -> bool:
        return self._open is not None and self._open.in_transaction

    def put_nowait(self, wanted: "tuple[asyncio.Future[Any], Callable[[], Any]]") -> None:
        """At once."""
        future, work = wanted
        future.set_result(work())

    async def _execute(self, work: Callable[..., Any], *values: Any) -> Any:  # noqa: ANN401 - aiosqlite's
        if self._open is None:
            raise ValueError("Connection closed")
        statement = values[2] if len(values) > 2 else ""
        if statement == "BEGIN IMMEDIATE":
            return await self._begin(work, *values)
        if statement == "BEGIN":
            await self._life.gate()
        elif self._disk.is_slow():
            await asyncio.sleep(self._disk.chance.uniform(0.001, 0.05))
        return work(*values)

    async def _begin(self, work: Callable[..., Any], *values: Any) -> Any:  # noqa: ANN401 - aiosqlite's
        await self._life.gate()
        waited_seconds = 0.0
        while True:
            try:
                return work(*values)
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or waited_seconds > _BUSY_SECONDS:
                    raise
            pause_seconds = self._disk.chance.uniform(0.005, 0.03)
            waited_seconds += pause_seconds
            await asyncio.sleep(pause_seconds)
            await self._life.gate()

    async def commit(self) -> None:
        """Commit, or one of the faults."""
        fate = self._disk.fate() if self._conn.in_transaction else None
        if fate is not Fault.STORE_LOST_REPLY and fate is not None:
            raise _error(*_COMMIT_FAULTS[fate])
        self._conn.commit()
        if fate is not None:
            raise _error(*_COMMIT_FAULTS[fate])

    async def rollback(self) -> None:
        """Take everything back."""
        if self._open is not None:
            self._open.rollback()

    async def create_function(self, *told: Any, **how: Any) -> None:
        """SQLAlchemy offers every connection a function for regular expressions."""
        self._conn.create_function(*told, **how)

    def cursor(self) -> aiosqlite.Cursor:
        """What a statement that is read row by row goes through: the verdict's."""
        return aiosqlite.Cursor(self, self._conn.cursor())  # type: ignore[arg-type]  # it needs no thread

    async def close(self) -> None:
        """Close; what was not committed is gone."""
        self.stop()

    def stop(self) -> "asyncio.Future[None]":
        """Close at once."""
        self._close()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _error(said: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error
