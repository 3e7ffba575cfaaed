"""A database of this version for those contracts that hold on each engine."""

import pytest

from tests.databases.migrated import (
    migrated_file,
    migrated_postgres_url,
    migrated_sqlite_url,
    migrated_template,
)

__all__ = ["migrated_file", "migrated_postgres_url", "migrated_sqlite_url", "migrated_template"]


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of the test's own: the test runs once on each engine that we promise."""
    # Asked for by name, so that the SQLite half neither waits for PostgreSQL nor is skipped without it.
    return str(request.getfixturevalue(f"migrated_{request.param}_url"))
