"""Migrations: the history arrives at the tables of this version, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from models.tables import metadata
from streams.store.database import Database
from streams.store.migrations import is_current, upgrade


async def test_an_upgraded_database_has_the_tables_of_this_version(database: Database) -> None:
    """Comparing the migrated schema with the table models finds no difference."""
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_upgrading_again_changes_nothing(database: Database) -> None:
    """A second upgrade finds the database current and leaves it so."""
    await upgrade(database)
    assert await is_current(database)


async def test_an_empty_database_is_not_current(database_url: str) -> None:
    """Readiness can tell that the upgrade was forgotten."""
    empty = Database(database_url)
    assert not await is_current(empty)
    await empty.close()


def _differences(connection: Connection) -> list[object]:
    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    )
