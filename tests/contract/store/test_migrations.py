"""Migrations: the history arrives at the tables of this version, on both engines."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from models.tables import COMMANDS, metadata
from streams.store.database import Database
from streams.store.migrations import is_of_the_models, upgrade
from streams.store.revision import is_current, newest
from tests.databases.postgres import PostgresServer
from tests.fakes.clock import NOON

HISTORY = ScriptDirectory(str(Path(__file__).parents[3] / "deploy" / "migrations"))
REVISIONS = [script.revision for script in reversed(list(HISTORY.walk_revisions()))]
_OF_SQLITE = text("SELECT type, name, sql FROM sqlite_master")
# Everything beside tables, columns and indexes, which Alembic itself compares.
_OF_POSTGRES = text(
    "SELECT 'partition', relname::text, pg_get_expr(relpartbound, oid), '' FROM pg_class WHERE relispartition"
    " UNION ALL SELECT 'key', partrelid::regclass::text, pg_get_partkeydef(partrelid), '' FROM pg_partitioned_table"
    " UNION ALL SELECT 'policy', tablename::text, policyname || ' ' || array_to_string(roles, ' ') || ' ' || cmd,"
    " concat(qual, ' / ', with_check) FROM pg_policies"
    " UNION ALL SELECT 'wall', relname::text, '', '' FROM pg_class WHERE relrowsecurity"
    " UNION ALL SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid), '' FROM pg_trigger"
    " WHERE NOT tgisinternal"
    " UNION ALL SELECT 'function', proname::text, prosrc, concat(prosecdef, proconfig, proacl) FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace"
    " UNION ALL SELECT 'right', table_name::text, grantee::text,"
    " string_agg(privilege_type, ' ' ORDER BY privilege_type)"
    " FROM information_schema.table_privileges WHERE grantee LIKE 'fenghuo%' GROUP BY table_name, grantee"
)


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
    assert newest() == frozenset(HISTORY.get_heads())


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_revision_leads_to_the_same(migrated_url: str, database: Database, revision: str) -> None:
    """From each revision on, the rest of the history ends at the models and at what an upgrade from nothing makes."""
    fresh = await _catalogue(database)
    await database.close()
    again = await _emptied(migrated_url)
    await upgrade(again, revision)
    assert await is_current(again) is (revision == REVISIONS[-1])
    await upgrade(again)
    async with again.read() as connection:
        assert await connection.run_sync(_differences) == []
    assert await _catalogue(again) == fresh
    await again.close()


async def test_the_catalogue_shows_what_the_models_cannot(database: Database) -> None:
    """Partitions, policies, triggers, functions and rights are part of what is compared."""
    kinds = {kind for kind, *_ in await _catalogue(database)}
    on_sqlite = {"table", "index", "trigger"}
    on_postgres = {"partition", "key", "policy", "wall", "trigger", "function", "right"}
    assert kinds == (on_sqlite if database.is_sqlite else on_postgres)


async def test_the_models_name_the_same_key_of_partitions(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    """What the models would make and what the history makes is partitioned by the same."""
    key = text("SELECT pg_get_partkeydef('events'::regclass)")
    name = postgres_server.create_database()
    found = []
    for url, make in ((postgres_url, upgrade), (postgres_server.url(name), _make_from_models)):
        made = Database(url)
        await make(made)
        async with made.read() as connection:
            found.append(await connection.scalar(key))
        await made.close()
    postgres_server.drop_database(name)
    assert found == ["LIST (opened_month)"] * 2


async def _make_from_models(database: Database) -> None:
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)


async def _emptied(url: str) -> Database:
    """The same database with nothing in it."""
    emptied = Database(url)
    if emptied.file is not None:
        emptied.file.unlink()
        return emptied
    async with emptied.write() as connection:
        for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            await connection.exec_driver_sql(statement)
    return emptied


async def _catalogue(database: Database) -> list[tuple[object, ...]]:
    query = _OF_SQLITE if database.is_sqlite else _OF_POSTGRES
    async with database.read() as connection:
        return sorted((tuple(row) for row in await connection.execute(query)), key=repr)


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_object": is_of_the_models}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_a_retraction_that_was_heard_before_is_not_sent_again(database_url: str) -> None:
    """Revision 0005 writes where it stands; whatever else waits is left as it is."""
    database = Database(database_url)
    await upgrade(database, "0004")
    row: dict[str, object] = dict.fromkeys(
        (column.name for column in COMMANDS.columns if not column.nullable), "x"
    )
    row |= {"exercise": False, "deliveries": 1, "status": "issued", "body": b"{}"}
    row |= {"issued_at": NOON, "acknowledge_by": NOON, "last_sent_at": NOON}
    kept = {"heard": NOON, "unheard": None}
    async with database.write() as connection:
        for name, heard_at in kept.items():
            await connection.execute(
                insert(COMMANDS).values(row | {"command_id": name, "retraction_heard_at": heard_at})
            )
    await upgrade(database)
    async with database.read() as connection:
        rows = await connection.execute(select(COMMANDS.c.command_id, COMMANDS.c.status))
        assert {one.command_id: one.status for one in rows} == {"heard": "received", "unheard": "issued"}
    await database.close()
