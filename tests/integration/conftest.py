"""A real database of this version: SQLite, and PostgreSQL, too, for modules that say `ON_BOTH_DATABASES`."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.databases.postgres import PostgresServer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of such a module that needs a database once on each."""
    if "migrated_url" in metafunc.fixturenames and getattr(metafunc.module, "ON_BOTH_DATABASES", False):
        metafunc.parametrize("migrated_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file of this version, to be copied: migrating takes longer than most tests."""
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
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = tmp_path / "fenghuo.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    # Asked for by name, so that the SQLite half neither waits for PostgreSQL nor is skipped without it.
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(request.getfixturevalue("migrated_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """That database, opened."""
    database = Database(migrated_url)
    yield database
    await database.close()


async def _migrated(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()
