"""SQLite: how its file is opened, and a cursor that does each statement in one turn of the connection's thread.

SQLAlchemy's cursor asks aiosqlite's thread for a cursor, for the execution, for the rows and for the end, each a
switch of threads and back. Worse, a task cancelled between two of them leaves a statement open, and SQLite closes a
connection with an open statement only when that is collected: its transaction kept the writer lock until the
interpreter looked for garbage, and every other writer waited in vain. Here nothing of a statement outlives its turn.

Never in here: statements, or what transactions are for (`streams.store.database`). The contract tests in
tests/contract/store/test_sqlite.py hold what this leans on in SQLAlchemy and aiosqlite.
"""

import sqlite3
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_, in_greenlet

WRITES = "fenghuo_writes"
_BUSY_SECONDS = 10.0

_Values = Sequence[Any] | Mapping[str, Any]


def open_sqlite(url: str, connections: int, more_connections: int) -> AsyncEngine:
    """An engine on one file whose transactions take the writer lock at once if their option `WRITES` is true."""
    engine = create_async_engine(
        url,
        module=_Driver(aiosqlite, sqlite3),
        pool_size=connections,
        max_overflow=more_connections,
        connect_args={"timeout": _BUSY_SECONDS},
        hide_parameters=True,  # an error must not repeat what a report says, nor whom to call about it
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


@dataclass(slots=True)
class _Answered:
    """What SQLAlchemy asks a cursor for after it ran."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._cursor: Any = _Answered()
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()

    async def _execute_async(self, operation: str, parameters: _Values | None) -> None:
        self._cursor, self._rows = await self._in_one_turn("execute", operation, parameters or ())

    async def _executemany_async(self, operation: str, seq_of_parameters: Sequence[Any]) -> None:
        self._cursor, self._rows = await self._in_one_turn("executemany", operation, seq_of_parameters)

    async def _in_one_turn(self, how: str, operation: str, values: _Values) -> Any:  # noqa: ANN401 - a pair
        driver: Any = self._connection
        return await driver._execute(_run, driver._conn, how, operation, values)

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Forget the rows that nobody took."""
        self._rows.clear()


def _run(
    connection: sqlite3.Connection, how: str, operation: str, values: _Values
) -> tuple[_Answered, deque[Any]]:
    cursor = connection.cursor()
    try:
        getattr(cursor, how)(operation, values)
        rows = deque(cursor.fetchall() if cursor.description else ())
        return _Answered(cursor.description, cursor.rowcount, cursor.lastrowid), rows
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor

    def rollback(self) -> None:
        """Take no turn after a commit: the pool asks for a rollback whenever it gets a connection back."""
        driver: Any = self._connection
        if driver.in_transaction:
            super().rollback()

    def terminate(self) -> None:
        """Close in the thread's next turn, which comes whatever becomes of the task that waits for it.

        SQLAlchemy's would ask twice when the task is cancelled again, and wait for ever for the second answer.
        """
        driver: Any = self._connection
        closed = driver.stop()
        if in_greenlet():
            await_(closed)


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> _Connection:
        return _Connection(self, super().connect(*arg, **kw)._connection)


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # None: the driver begins nothing by itself, `_on_begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
