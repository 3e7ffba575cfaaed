"""Room: what a report and an incident take on PostgreSQL's disk, indexes included, and as records on Kafka.

Reports of 900 bytes, one after the other through the real batch: first each opens an incident of its own and its whole
life goes by unanswered (every clock fires and climbs), then each joins one of twenty incidents. What is told is the
growth between two moments, so that empty tables do not count. The outbox is told apart: it is pruned after a week.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import text

from models.topics import Topic
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.bench import traffic
from tests.bench.harness import Row
from tests.databases.postgres import PostgresServer, find_programs
from tests.integration.check.play import Play

_FIRST, _MEASURED, _INCIDENTS = 100, 400, 20
_A_DAY_SECONDS = 86_400.0
_SIZES = text(
    "SELECT sum(pg_total_relation_size(oid)) FILTER (WHERE relname <> 'outbox') AS kept,"
    " sum(pg_total_relation_size(oid)) FILTER (WHERE relname = 'outbox') AS outbox"
    " FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_RECORDS = text("SELECT coalesce(sum(length(key) + length(value)), 0), count(*) FROM outbox")
_INCIDENT_ROWS = text("SELECT count(*) FROM incidents")


@dataclass(frozen=True, slots=True)
class _Room:
    kept: int
    outbox: int
    record_bytes: int
    records: int
    incidents: int


async def bench(_: int) -> list[Row]:
    """Bytes a report; once, since nothing of it is left to chance."""
    return await asyncio.to_thread(lambda: asyncio.run(_bench()))


async def _bench() -> list[Row]:
    server = PostgresServer(find_programs())
    try:
        server.start()
        rows = []
        for variant, play in (("opens an incident", _opening), ("joins an incident", _joining)):
            name = server.create_database()
            database = Database(server.url(name))
            await upgrade(database)
            rows += await _measured(variant, database, play)
            await database.close()
        return rows
    finally:
        server.remove()


async def _measured(
    variant: str, database: Database, played: Callable[[Play, int, int], Awaitable[None]]
) -> list[Row]:
    play = Play(database)
    await played(play, 0, _FIRST)
    before = await _room(database)
    await played(play, _FIRST, _MEASURED)
    after = await _room(database)
    note = f"{_MEASURED} reports of 900 bytes after {_FIRST}; {after.incidents - before.incidents} incidents"
    values = {
        "database bytes/report": after.kept - before.kept,
        "outbox bytes/report": after.outbox - before.outbox,
        "Kafka bytes/report": after.record_bytes - before.record_bytes,
        "Kafka records/report": after.records - before.records,
    }
    return [Row("room", variant, value / _MEASURED, unit, None, note) for unit, value in values.items()]


async def _opening(play: Play, first: int, count: int) -> None:
    for number in range(first, first + count):
        await _take(play, number, None)
    await play.pass_time(_A_DAY_SECONDS)


async def _joining(play: Play, first: int, count: int) -> None:
    for number in range(first, first + count):
        await _take(play, number, number % _INCIDENTS)


async def _take(play: Play, number: int, about: int | None) -> None:
    play.clock.move(1)
    _, value = traffic.report(number, play.clock.now(), about=about, is_urgent=number % 10 == 0)
    await play.take(Topic.REPORTS, value)


async def _room(database: Database) -> _Room:
    async with database.read() as connection:
        sizes = (await connection.execute(_SIZES)).one()
        records = (await connection.execute(_RECORDS)).one()
        incidents = (await connection.execute(_INCIDENT_ROWS)).scalar_one()
    return _Room(int(sizes.kept), int(sizes.outbox), int(records[0]), int(records[1]), int(incidents))
