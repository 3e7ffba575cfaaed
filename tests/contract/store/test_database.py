"""Database: what a transaction promises, and the families that its errors fall into."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.tables import LEASES
from streams.store.database import Database
from streams.store.errors import DataRefused, EngineAlreadyRuns, TransientFault
from streams.store.statements import insert
from tests.contract.store.worker import Worker
from tests.fakes.clock import NOON
from tests.servers import free_port


def lease(name: object) -> dict[str, object]:
    """A row of the smallest table."""
    return {"name": name, "holder": "me", "held_until": NOON}


async def test_a_write_that_raises_leaves_nothing(worker: Worker) -> None:
    """What the block wrote is gone, and the error comes out as it was."""

    async def fail() -> None:
        async with worker.database.write() as connection:
            await insert(connection, LEASES, [lease("a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await worker.count("leases") == 0


async def test_readers_do_not_wait_for_a_writer(worker: Worker, rival: Worker) -> None:
    """While a write is open, another connection reads what was committed before."""
    async with worker.database.write() as connection:
        await insert(connection, LEASES, [lease("a")])
        assert await rival.count("leases") == 0
    assert await rival.count("leases") == 1


async def test_a_snapshot_is_one_moment(worker: Worker, rival: Worker) -> None:
    """What another connection commits while a snapshot is open is not seen in it, and is by the next."""
    count = text("SELECT count(*) FROM leases")
    async with worker.database.snapshot() as connection:
        assert (await connection.execute(count)).scalar_one() == 0
        async with rival.database.write() as writing:
            await insert(writing, LEASES, [lease("a")])
        assert (await connection.execute(count)).scalar_one() == 0
    async with worker.database.snapshot() as connection:
        assert (await connection.execute(count)).scalar_one() == 1


async def test_writers_of_one_process_take_turns(worker: Worker) -> None:
    """Many writes at once all succeed, one after the other."""

    async def write(number: int) -> None:
        async with worker.database.write() as connection:
            await insert(connection, LEASES, [lease(f"job-{number}")])

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await worker.count("leases") == 20


async def test_a_key_that_is_there_is_refused(worker: Worker) -> None:
    """Writing the same key twice is the row's fault, not the database's."""
    with pytest.raises(DataRefused):
        async with worker.database.write() as connection:
            await insert(connection, LEASES, [lease("a"), lease("a")])


@pytest.mark.parametrize("poison", [2**63, "\ud800"])
async def test_a_value_that_no_column_holds_is_refused(worker: Worker, poison: object) -> None:
    """Numbers beyond 64 bits and half characters are the row's fault on both engines."""
    with pytest.raises(DataRefused):
        async with worker.database.write() as connection:
            await insert(connection, LEASES, [lease(poison)])


async def test_a_wrong_statement_is_our_defect(worker: Worker) -> None:
    """It is neither transient nor a row's fault: it comes out as it is, for the process to end."""
    with pytest.raises(DBAPIError):
        async with worker.database.read() as connection:
            await connection.execute(text("SELECT * FROM no_such_table"))


async def test_times_come_back_as_aware_utc(worker: Worker) -> None:
    """What went in comes out, to the microsecond, with its zone."""
    moment = NOON.replace(microsecond=123_456)
    async with worker.database.write() as connection:
        await insert(connection, LEASES, [{**lease("a"), "held_until": moment}])
    (row,) = await worker.rows("leases")
    assert row["held_until"] == moment


async def test_a_naive_time_never_reaches_the_database(worker: Worker) -> None:
    """A time without a zone is our own defect and is stopped before it is written."""
    with pytest.raises(Exception, match="no time zone"):
        async with worker.database.write() as connection:
            await insert(connection, LEASES, [{**lease("a"), "held_until": NOON.replace(tzinfo=None)}])


async def test_a_server_that_is_away_is_a_transient_fault() -> None:
    """Nobody listens: try again later, nothing was kept."""
    away = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/fenghuo")
    with pytest.raises(TransientFault):
        async with away.read() as connection:
            await connection.execute(text("SELECT 1"))
    await away.close()


async def test_only_one_engine_runs_on_a_file(tmp_path: Path) -> None:
    """A second engine is told at once; when the first ends, the next may start."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.sqlite3'}"
    one, two = Database(url), Database(url)
    with one.engine_lock(), pytest.raises(EngineAlreadyRuns), two.engine_lock():
        pass
    with two.engine_lock():
        pass
