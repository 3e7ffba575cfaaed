"""The audit's chain: whole as long as nobody touched it, and broken from where somebody did."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.access import Act, Role, Someone
from models.identifiers import AreaCode
from models.tables import AUDIT
from streams.access.audit import BEGINNING, Entry, append, entry_of, verify
from streams.store.database import Database
from tests.databases.meddling import lift_guards

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
ENTRIES = 5


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    yield opened
    await opened.close()


async def written(database: Database) -> None:
    for number in range(ENTRIES):
        at = NOW + timedelta(seconds=number)
        entry = entry_of(WANG, Act.HANDLE, "500108001", f"i-{number}", allowed=number % 2 == 0, at=at)
        async with database.write() as connection:
            await append(connection, entry)


async def test_an_untouched_chain_is_whole(database: Database) -> None:
    """An empty book is whole, too; every entry moves the head."""
    async with database.read() as connection:
        assert await verify(connection) == await verify(connection)
        assert (await verify(connection)).head == BEGINNING
    await written(database)
    async with database.read() as connection:
        report = await verify(connection)
    assert (report.entries, report.broken_at) == (ENTRIES, None)
    assert report.head != BEGINNING


@pytest.mark.parametrize(
    ("meddling", "broken_at"),
    [
        ("UPDATE audit SET outcome = 'allowed' WHERE seq = 2", 2),
        ("UPDATE audit SET person_id = 'li' WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("UPDATE audit SET previous = digest WHERE seq = 4", 4),
        ("UPDATE audit SET seq = seq + 1 WHERE seq = 5", 6),
    ],
)
async def test_meddling_shows_where_it_was(database: Database, meddling: str, broken_at: int) -> None:
    """A changed, dropped or moved entry breaks the chain there; what stands before is still whole."""
    await written(database)
    async with database.write() as connection:
        await lift_guards(connection)
        await connection.exec_driver_sql(meddling)
    async with database.read() as connection:
        report = await verify(connection)
    assert report.broken_at == broken_at
    assert report.entries < broken_at


@pytest.mark.parametrize("name", [field.name for field in fields(Entry)])
async def test_every_field_is_bound_into_the_chain(database: Database, name: str) -> None:
    """Whatever of an entry is changed, its digest no longer fits: no field may be left out of it."""
    await written(database)
    other: object = NOW + timedelta(days=1) if name == "at" else "other"
    async with database.write() as connection:
        await lift_guards(connection)
        await connection.execute(update(AUDIT).where(AUDIT.c.seq == 3).values({name: other}))
    async with database.read() as connection:
        assert (await verify(connection)).broken_at == 3


async def test_several_entries_follow_one_another(database: Database) -> None:
    """Entries of one transaction stand in their order, and the next transaction goes on from the last of them."""
    for start in (0, 3):
        entries = [
            entry_of(WANG, Act.HANDLE, None, f"i-{start + step}", allowed=True, at=NOW) for step in range(3)
        ]
        async with database.write() as connection:
            await append(connection, *entries)
            await append(connection)
    async with database.read() as connection:
        subjects = (await connection.execute(select(AUDIT.c.subject).order_by(AUDIT.c.seq))).scalars().all()
        assert (await verify(connection)).entries == len(subjects)
    assert subjects == [f"i-{number}" for number in range(6)]


async def test_writers_take_turns(database: Database) -> None:
    """Who writes at the same moment as others breaks no chain and loses no entry."""

    async def write(number: int) -> None:
        entry = entry_of(WANG, Act.HANDLE, None, f"i-{number}", allowed=True, at=NOW)
        async with database.write() as connection:
            await append(connection, entry)

    await asyncio.gather(*map(write, range(20)))
    async with database.read() as connection:
        report = await verify(connection)
    assert (report.entries, report.broken_at) == (20, None)


async def test_what_is_rolled_back_leaves_no_entry(database: Database) -> None:
    """An entry stands with its change or not at all."""

    async def fail() -> None:
        async with database.write() as connection:
            await append(connection, entry_of(WANG, Act.HANDLE, None, "i-1", allowed=True, at=NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read() as connection:
        assert (await verify(connection)).entries == 0
