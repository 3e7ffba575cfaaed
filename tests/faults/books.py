"""Books: what stands in the database, read with plain SQL past every room of the program, on either engine."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from tests.acceptance.outcomes import rows as rows_of_sqlite

_ANSWER_WITHIN_SECONDS = 20
_WAITS = (
    "SELECT intake.message_id, intake.accepted_at, inbox.recorded_at"
    " FROM intake JOIN inbox ON inbox.message_id = intake.message_id"
)


class Books(Protocol):
    """One database, asked anew each time."""

    async def rows(self, statement: str) -> Sequence[Sequence[Any]]:
        """Raises OSError or the driver's error when it cannot be had."""
        ...


class PostgresBooks:
    """Through asyncpg; `url` is SQLAlchemy's, asked for anew because a restored database may have another name."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url

    async def rows(self, statement: str) -> Sequence[Sequence[Any]]:
        """See `Books`."""
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            connection = await asyncpg.connect(self._url().replace("+asyncpg", ""))
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()


class SqliteBooks:
    """Through the standard library, reading beside the program."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def rows(self, statement: str) -> Sequence[Sequence[Any]]:
        """See `Books`."""
        return await asyncio.to_thread(rows_of_sqlite, self._file, statement)


async def number(books: Books, statement: str) -> int:
    """The one number that the statement asks for."""
    return int((await books.rows(statement))[0][0])


async def waits_seconds(books: Books) -> list[tuple[datetime, float]]:
    """For each accepted message that was handled: when it was accepted, and how long it waited for the engine."""
    found = []
    for _, accepted_at, recorded_at in await books.rows(_WAITS):
        accepted = moment(accepted_at)
        found.append((accepted, (moment(recorded_at) - accepted).total_seconds()))
    return sorted(found)


def moment(value: datetime | str) -> datetime:
    """A time as either engine hands it out, aware UTC."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=UTC)
