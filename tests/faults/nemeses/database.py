"""What is done to the database: restarted, locked by a stranger, cut off, its answer to a COMMIT lost."""

import asyncio
import sqlite3
import time
from contextlib import closing

import asyncpg

from tests.faults.nemeses.service import Outages, served_again
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene
from tests.faults.stack import KAFKA_POSTGRES

_LOCKED_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.1
_ALL_HIT_WITHIN_SECONDS = 600.0
_BACK_WITHIN_SECONDS = 15.0


async def restarted(scene: Scene) -> None:
    """F05: immediate shutdown and start every 5 to 20 s, down for up to 5 s; now and then a worker dies with it."""
    outages = Outages()
    server = scene.stack.server
    for round_number in range(scene.count(3, 6)):
        await scene.pause(5, 10 if scene.is_quick else 20)
        async with outages.one():
            scene.record.note("crash PostgreSQL")
            await asyncio.to_thread(server.crash)
            if round_number % 4 == 1:
                scene.draws.choice(scene.stack.workers).kill()
            await scene.pause(0, 5)
            await asyncio.to_thread(server.start)
        scene.record.note("PostgreSQL serves again")
        outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(scene, back_at_most=_BACK_WITHIN_SECONDS, receipts_at_most_ms=None)


async def commits_without_answer(scene: Scene) -> None:
    """F06: the line to the database swallows the answer to every fifth COMMIT and breaks: was it kept or not?"""
    ways, hits = scene.stack.cuttable.to_database, scene.count(60, 200)
    for one in ways:
        one.loses_every = 5
        one.loses_answers_to = b"COMMIT"
    async with asyncio.timeout(_ALL_HIT_WITHIN_SECONDS):
        while (lost := sum(one.lost_answers for one in ways)) < hits:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
    for one in ways:
        one.loses_answers_to = b""
    scene.record.note(f"{lost} answers to COMMIT were lost")
    scene.figures.append(Figure("lost answers to COMMIT (reads too)", lost, at_least=hits))


async def locked(scene: Scene) -> None:
    """F07: a stranger holds the database for 10 s: every table on PostgreSQL, the writer's lock on SQLite."""
    outages = Outages()
    for _ in range(scene.count(1, 3)):
        await scene.pause(3, 5)
        async with outages.one():
            scene.record.note("a stranger locks the database")
            if scene.stack.pair == KAFKA_POSTGRES:
                await _lock_postgres(scene)
            else:
                await asyncio.to_thread(_lock_sqlite, scene)
        scene.record.note("unlocked")
        outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(scene, back_at_most=10.0, receipts_at_most_ms=None)
    statuses = scene.witness.answers
    others = sum(count for status, count in statuses.items() if status >= 500 and status != 503)
    scene.figures += [
        Figure("answers 503", statuses[503]),
        promise("answers of 500 and more other than 503", others),
    ]


async def _lock_postgres(scene: Scene) -> None:
    connection = await asyncpg.connect(scene.stack.database_url.replace("+asyncpg", ""))
    try:
        while not await _holds_all(connection):
            scene.record.note("the stranger and the program wanted each other's tables: once more")
            # Until what had to wait is done: in its crowd the same would happen again.
            await scene.pause(1, 3)
    finally:
        await connection.close()


async def _holds_all(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Hold every table for a while; False when PostgreSQL gave way to the program instead."""
    try:
        async with connection.transaction():
            named = await connection.fetch(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            for (table,) in named:
                await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(_LOCKED_SECONDS)
    except asyncpg.DeadlockDetectedError:
        return False
    return True


def _lock_sqlite(scene: Scene) -> None:

    with closing(sqlite3.connect(scene.stack.gateway.program.database, timeout=30)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(_LOCKED_SECONDS)
        connection.execute("ROLLBACK")
