"""Database: one door to SQLite or PostgreSQL, with the same promises behind it.

SQLite: WAL, `synchronous=FULL` (else a power cut loses what was acknowledged), `BEGIN IMMEDIATE` for writing (a read
that turns into a write fails at once and ignores the busy timeout), plain `BEGIN` for reading (readers never wait for
the writer), and a file lock so that only one engine runs on a file. PostgreSQL: READ COMMITTED; what must not happen
twice is held by unique keys and row locks, never by an isolation level.
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, func, select, text, true
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from streams.store.errors import UNWRAPPED, EngineAlreadyRuns, family_of
from streams.store.sqlite import WRITES, open_sqlite

_CONNECTIONS = 10
_MORE_CONNECTIONS = 20
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
# Both until the end of the transaction.
_NARROW = select(
    func.set_config("fenghuo.areas", bindparam("areas"), true()),
    func.set_config("role", "fenghuo_gateway", true()),
)
MOST_CONNECTIONS = _CONNECTIONS + _MORE_CONNECTIONS


class Database:
    """Connections to one database, opened when first used; nothing connects before."""

    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy URL with driver: sqlite+aiosqlite:///path or postgresql+asyncpg://..."""
        parsed = make_url(url)
        self.is_sqlite: Final = parsed.get_backend_name() == "sqlite"
        self._file = Path(parsed.database) if self.is_sqlite and parsed.database else None
        self._engine = (
            open_sqlite(url, _CONNECTIONS, _MORE_CONNECTIONS) if self.is_sqlite else _postgres_engine(url)
        )
        # Writers of one process queue here, in order; at the file they would poll and starve one another.
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def engine(self) -> AsyncEngine:
        """For migrations alone."""
        return self._engine

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return self._file

    def connections_in_use(self) -> int:
        """How many of at most `MOST_CONNECTIONS` somebody has now; the next one waits for them."""
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits when the block ends and rolls back when it raises.

        Raises TransientFault (run it again) or DataRefused (a row is to blame) for what the database says.
        """
        async with self._writer or nullcontext(), self._transaction(writes=True) as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads. Never waits for a writer. Raises TransientFault."""
        async with self._transaction(writes=False) as connection:
            yield connection

    @asynccontextmanager
    async def read_within(self, areas: str) -> AsyncIterator[AsyncConnection]:
        """As `read`, for somebody who sees these areas: codes with a comma between, or * for all.

        On PostgreSQL the database shows nothing of any other (decision 0014), whatever the statement forgets; SQLite
        has no such wall.
        """
        async with self._transaction(writes=False) as connection:
            if not self.is_sqlite:
                await connection.execute(_NARROW, {"areas": areas})
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """As `read`, and on either engine all its statements see one moment: for figures that must fit together."""
        async with self.read() as connection:
            if not self.is_sqlite:
                await connection.execute(_ONE_MOMENT)
            yield connection

    @asynccontextmanager
    async def _transaction(self, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**{WRITES: writes})
                async with connection.begin():
                    yield connection
        except UNWRAPPED as error:
            family = family_of(error)
            if family is None:
                raise
            raise family(_said(error)) from error

    @contextmanager
    def engine_lock(self) -> Iterator[None]:
        """Hold the SQLite file for one engine until the block, or the process, ends; PostgreSQL needs none.

        Raises EngineAlreadyRuns at once when another process holds it.
        """
        if self._file is None:
            yield
            return
        path = self._file.with_name(self._file.name + ".engine")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as held:
                raise EngineAlreadyRuns(f"{self._file}: another engine runs on this database") from held
            yield

    async def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        await self._engine.dispose()


def _said(error: BaseException) -> str:
    # The original's own words: SQLAlchemy's would repeat the statement and its values, personal data among them.
    original = getattr(error, "orig", None) or error
    return f"{type(original).__name__}: {original}"[:500]


def _postgres_engine(url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        hide_parameters=True,
    )
