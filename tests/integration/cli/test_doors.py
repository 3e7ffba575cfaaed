"""The doors of the command line to the database: what a command that only reads sees of an engine at work beside it."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import CLOCK
from streams.archive.files import ArchiveFolder
from streams.cli.doors import reading, reading_archive
from streams.store import program_time
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.fakes.clock import NOON

_ROWS = select(func.count()).select_from(CLOCK)


@pytest.fixture
def database_url(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation on PostgreSQL, as the settings say."""

    async def made() -> None:
        database = Database(postgres_url)
        await upgrade(database)
        await database.close()

    asyncio.run(made())
    monkeypatch.setenv("FENGHUO_DATABASE_URL", postgres_url)
    return postgres_url


@pytest.mark.postgres
def test_a_command_sees_one_moment(database_url: str) -> None:
    """What is committed between two of its statements is in neither: a state and its log belong together."""

    async def looks_twice(connection: AsyncConnection, _: ArchiveFolder | None = None) -> tuple[int, int]:
        first = (await connection.execute(_ROWS)).scalar_one()
        engine = Database(database_url)
        async with engine.write() as beside:
            await program_time.store(beside, NOON, 1.0)
        await engine.close()
        return first, (await connection.execute(_ROWS)).scalar_one()

    assert reading_archive(looks_twice) == (0, 0)
    assert reading(looks_twice) == (1, 1)
