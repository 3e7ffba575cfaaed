"""Played databases: a whole history with all that belongs to it, made once on each engine, and copied for each test.

The conftest of this layer names these fixtures.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.store.database import Database
from tests.databases.migrated import url_of_copy
from tests.databases.postgres import PostgresServer
from tests.integration.check.play import play_all

__all__ = ["played_file", "played_postgres_url", "played_sqlite_url", "played_template"]


@pytest.fixture(scope="session")
def played_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with that history, to be copied."""
    folder = tmp_path_factory.mktemp("played")
    asyncio.run(_played(url_of_copy(migrated_file, folder)))
    return folder / "fenghuo.db"


@pytest.fixture(scope="session")
def played_template(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    """The name of a PostgreSQL database with that history, to be copied."""
    name = postgres_server.create_database(migrated_template)
    asyncio.run(_played(postgres_server.url(name)))
    yield name
    postgres_server.drop_database(name)


@pytest.fixture
def played_sqlite_url(played_file: Path, tmp_path: Path) -> str:
    """The URL of a played SQLite database that only this test sees."""
    return url_of_copy(played_file, tmp_path)


@pytest.fixture
def played_postgres_url(postgres_server: PostgresServer, played_template: str) -> Iterator[str]:
    """The URL of a played PostgreSQL database that only this test sees."""
    name = postgres_server.create_database(played_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


async def _played(url: str) -> None:
    database = Database(url)
    await play_all(database)
    await database.close()
