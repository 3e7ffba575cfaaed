"""Migrations: the history arrives at the tables of this version, on both engines."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from models.tables import metadata
from streams.store.database import Database
from streams.store.migrations import is_of_the_models, upgrade
from streams.store.revision import is_current, newest


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


def test_the_newest_revision_is_alembic_s_head() -> None:
    """What a command asks for without loading Alembic is what Alembic would upgrade to."""
    history = ScriptDirectory(str(Path(__file__).parents[3] / "deploy" / "migrations"))
    assert newest() == frozenset(history.get_heads())


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_object": is_of_the_models}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
