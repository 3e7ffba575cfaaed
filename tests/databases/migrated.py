"""Databases of this version for tests: migrated once for each engine, and copied for each test.

Migrating takes longer than most tests. A layer that wants these fixtures names them in its own conftest.
"""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.databases.postgres import PostgresServer

__all__ = ["migrated_file", "migrated_postgres_url", "migrated_sqlite_url", "migrated_template"]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file of this version, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "fenghuo.db"
    asyncio.run(_migrated(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a PostgreSQL database of this version, to be copied."""
    name = postgres_server.create_database()
    asyncio.run(_migrated(postgres_server.url(name)))
    yield name
    postgres_server.drop_database(name)


@pytest.fixture
def migrated_sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of an SQLite database of this version that only this test sees."""
    return url_of_copy(migrated_file, tmp_path)


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of this version that only this test sees."""
    name = postgres_server.create_database(migrated_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


def url_of_copy(file: Path, folder: Path) -> str:
    """The URL of a copy of this SQLite file in a folder that has none yet."""
    return f"sqlite+aiosqlite:///{shutil.copy(file, folder / 'fenghuo.db')}"


async def _migrated(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()
