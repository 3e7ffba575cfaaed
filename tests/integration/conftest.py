"""A real database of this version: SQLite, and PostgreSQL, too, for modules that say `ON_BOTH_DATABASES`."""

from collections.abc import AsyncIterator

import pytest

from streams.store.database import Database
from tests.databases.migrated import (
    migrated_file,
    migrated_postgres_url,
    migrated_sqlite_url,
    migrated_template,
)
from tests.integration.played import played_file, played_postgres_url, played_sqlite_url, played_template

__all__ = [
    "migrated_file",
    "migrated_postgres_url",
    "migrated_sqlite_url",
    "migrated_template",
    "played_file",
    "played_postgres_url",
    "played_sqlite_url",
    "played_template",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of such a module that needs a database once on each."""
    if "migrated_url" in metafunc.fixturenames and getattr(metafunc.module, "ON_BOTH_DATABASES", False):
        metafunc.parametrize("migrated_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of the test's own."""
    # Asked for by name, so that the SQLite half neither waits for PostgreSQL nor is skipped without it.
    return str(request.getfixturevalue(f"migrated_{getattr(request, 'param', 'sqlite')}_url"))


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """That database, opened."""
    database = Database(migrated_url)
    yield database
    await database.close()
