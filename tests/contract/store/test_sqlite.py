"""SQLite: our cursor answers as SQLAlchemy's does, and a cancelled task holds nothing."""

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from streams.store.database import Database
from streams.store.sqlite import open_sqlite

UNITS = Table(
    "units", MetaData(), Column("id", Integer, primary_key=True), Column("name", String, unique=True)
)
THREE = [{"name": "fire"}, {"name": "police"}, {"name": "health"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "fenghuo.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    """A database with three units in it."""
    opened = Database(f"sqlite+aiosqlite:///{file}")
    async with opened.write() as connection:
        await connection.run_sync(UNITS.metadata.create_all)
        await connection.execute(insert(UNITS), THREE)
    yield opened
    await opened.close()


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nothing is collected meanwhile, as for long stretches in a busy process."""
    gc.disable()
    yield
    gc.enable()


def is_free(file: Path) -> bool:
    """Whether somebody else could write now."""
    rival = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        rival.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        rival.close()
    return True


async def in_the_middle(connection: AsyncConnection, call: Callable[[], object]) -> None:
    """Give SQL a function `now()`, which has the loop call this before it hears how the statement went."""
    loop = asyncio.get_running_loop()
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    calls = [call]

    def now() -> None:
        while calls:
            loop.call_soon_threadsafe(calls.pop())

    await driver.create_function("now", 0, now)


async def write_and_be_cancelled(database: Database, statement: str) -> None:
    """Change a row, then be cancelled while this statement runs, which has `now()` in it."""
    task = asyncio.current_task()
    assert task is not None
    async with database.write() as connection:
        await in_the_middle(connection, task.cancel)
        await connection.execute(text("UPDATE units SET name = 'nobody' WHERE id = 1"))
        await connection.execute(text(statement))


@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id, now() FROM units",
        "UPDATE units SET name = name RETURNING id, now()",
        "INSERT INTO units (name) SELECT name || 's' FROM units RETURNING id, now()",
    ],
)
async def test_a_cancelled_writer_lets_go_of_the_file(database: Database, file: Path, statement: str) -> None:
    """A task that is cancelled in the middle of a statement leaves no lock, although nobody collects garbage."""
    writing = asyncio.create_task(write_and_be_cancelled(database, statement))
    await asyncio.wait([writing])
    assert writing.cancelled()
    assert is_free(file)
    async with database.read() as connection:
        assert await connection.scalar(select(UNITS.c.name).where(UNITS.c.id == 1)) == "fire"


async def test_a_writer_cancelled_twice_leaves_nothing_waiting(database: Database) -> None:
    """Cancelled again while its connection is closed, it ends, and no task waits for an answer that never comes."""
    before = asyncio.all_tasks()
    writing = asyncio.create_task(write_and_be_cancelled(database, "SELECT id, now() FROM units"))
    loop = asyncio.get_running_loop()
    event.listen(
        database.engine.sync_engine.pool, "invalidate", lambda *_: loop.call_soon(writing.cancel), once=True
    )
    await asyncio.wait([writing])
    assert writing.cancelled()
    async with database.write() as connection:
        await connection.execute(insert(UNITS).values(name="water"))
    assert asyncio.all_tasks() == before


@pytest.fixture(params=["ours", "SQLAlchemy's"])
async def connection(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[AsyncConnection]:
    """An open transaction on an empty table, with our cursor and with the one that it stands for."""
    url = f"sqlite+aiosqlite:///{file}"
    engine: AsyncEngine = open_sqlite(url, 1, 0) if request.param == "ours" else create_async_engine(url)
    async with engine.connect() as opened, opened.begin():
        await opened.run_sync(UNITS.metadata.create_all)
        yield opened
    await engine.dispose()


async def test_rows_come_in_order_by_name_and_by_position(connection: AsyncConnection) -> None:
    """What was inserted is read, whole, one by one and as scalars."""
    await connection.execute(insert(UNITS), THREE)
    result = await connection.execute(select(UNITS).order_by(UNITS.c.id))
    assert list(result.keys()) == ["id", "name"]
    assert result.fetchone() == (1, "fire")
    assert result.fetchmany(1) == [(2, "police")]
    assert [row.name for row in result] == ["health"]
    assert (await connection.scalars(select(UNITS.c.id).where(UNITS.c.id > 3))).all() == []


async def test_counts_and_keys_are_told(connection: AsyncConnection) -> None:
    """How many rows a statement touched, alone and as many at once, and which key a row got."""
    first = await connection.execute(insert(UNITS).values(name="fire"))
    assert first.inserted_primary_key == (1,)
    await connection.execute(insert(UNITS), THREE[1:])
    changed = await connection.execute(update(UNITS).values(name=UNITS.c.name + "!").where(UNITS.c.id > 1))
    assert changed.rowcount == 2
    by_id = update(UNITS).values(name=bindparam("to")).where(UNITS.c.id == bindparam("one"))
    renamed = await connection.execute(
        by_id, [{"one": 1, "to": "a"}, {"one": 2, "to": "b"}, {"one": 9, "to": "c"}]
    )
    assert renamed.rowcount == 2


async def test_changed_rows_come_back(connection: AsyncConnection) -> None:
    """RETURNING gives the rows of one statement and of many inserts at once."""
    made = await connection.execute(insert(UNITS).returning(UNITS.c.id, sort_by_parameter_order=True), THREE)
    assert made.scalars().all() == [1, 2, 3]
    changed = await connection.execute(update(UNITS).values(name="x").where(UNITS.c.id == 2).returning(UNITS))
    assert changed.all() == [(2, "x")]


async def test_a_refused_row_leaves_the_connection_usable(connection: AsyncConnection) -> None:
    """The error is SQLAlchemy's own, and the next statement runs."""
    await connection.execute(insert(UNITS), THREE)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await connection.execute(insert(UNITS).values(name="fire"))
    assert await connection.scalar(text("SELECT count(*) FROM units")) == 3


async def test_each_statement_takes_one_turn_of_the_thread(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin, write, read and commit are four turns, however many rows come."""
    engine = open_sqlite(f"sqlite+aiosqlite:///{file}", 1, 0)
    async with engine.begin() as connection:
        await connection.run_sync(UNITS.metadata.create_all)
    turns = 0
    turn = aiosqlite.Connection._execute

    async def counted(driver: aiosqlite.Connection, *args: object) -> object:
        nonlocal turns
        turns += 1
        return await turn(driver, *args)  # type: ignore[no-untyped-call]  # the library's own gap

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with engine.begin() as connection:
        await connection.execute(insert(UNITS), THREE)
        await connection.execute(select(UNITS))
    monkeypatch.undo()
    await engine.dispose()
    assert turns == 4
