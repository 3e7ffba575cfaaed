"""How a batch's events get into PostgreSQL: row by row (executemany), as arrays (ours), by COPY.

The same 500 facts of 900 bytes, each way in a transaction of its own into a month of its own size, one way after the
other in each round. On the real table with its keys and indexes: what is compared is what a batch would feel.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import monotonic
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import EVENTS
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.statements import Row as Fact
from streams.store.statements import insert
from tests.bench.harness import Row
from tests.databases.postgres import PostgresServer, find_programs
from tests.fakes.clock import NOON

_FACTS, _BATCHES = 500, 20
_COLUMNS = tuple(column.name for column in EVENTS.columns)

Way = Callable[[AsyncConnection, list[Fact]], Awaitable[None]]


async def bench(rounds: int) -> list[Row]:
    """Rows a second of each way, and how much quicker it is than executemany in the same round."""
    return await asyncio.to_thread(lambda: asyncio.run(_bench(rounds)))


async def _bench(rounds: int) -> list[Row]:
    server = PostgresServer(find_programs())
    try:
        server.start()
        database = Database(server.url(server.create_database()))
        await upgrade(database)
        found: dict[str, list[float]] = {name: [] for name in _WAYS}
        for number in range(rounds + 1):  # the first warms up
            for name, way in _WAYS.items():
                rate = await _rate(database, way, f"{name}-{number}")
                if number:
                    found[name].append(rate)
        await database.close()
    finally:
        server.remove()
    return [_row(name, rates, found["executemany"]) for name, rates in found.items()]


def _row(name: str, rates: list[float], usual: list[float]) -> Row:
    ratio = median(rate / other for rate, other in zip(rates, usual, strict=True))
    note = f"ratio: this / executemany; {_FACTS} events of 900 bytes a batch; {len(rates)} rounds"
    return Row("inserting", name, median(rates), "rows/s", None if name == "executemany" else ratio, note)


async def _rate(database: Database, way: Way, what: str) -> float:
    spent = 0.0
    for batch in range(_BATCHES):
        facts = [_fact(f"{what}-{batch}", number) for number in range(_FACTS)]
        began = monotonic()
        async with database.write() as connection:
            await way(connection, facts)
        spent += monotonic() - began
    return _FACTS * _BATCHES / spent


def _fact(what: str, number: int) -> Fact:
    return {
        "event_id": f"{what}-{number}",
        "opened_month": "2026-11",
        "incident_id": f"{what}-{number // 10}",
        "seq": number % 10,
        "type": "step_started",
        "recorded_at": NOON,
        "cause_id": what,
        "body": os.urandom(900),
    }


async def _ours(connection: AsyncConnection, facts: list[Fact]) -> None:
    await insert(connection, EVENTS, facts)


async def _executemany(connection: AsyncConnection, facts: list[Fact]) -> None:
    await connection.execute(EVENTS.insert(), facts)


async def _copy(connection: AsyncConnection, facts: list[Fact]) -> None:
    driver = await _driver(connection)
    records = [tuple(fact[name] for name in _COLUMNS) for fact in facts]
    await driver.copy_records_to_table("events", records=records, columns=_COLUMNS)


async def _driver(connection: AsyncConnection) -> Any:  # noqa: ANN401 - asyncpg's, untyped
    await connection.execute(text("SELECT 1"))  # SQLAlchemy begins when it is first asked
    return (await connection.get_raw_connection()).driver_connection


_WAYS: Mapping[str, Way] = {"executemany": _executemany, "arrays": _ours, "copy": _copy}
