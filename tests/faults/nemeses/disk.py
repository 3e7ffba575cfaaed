"""What is done to disks: filled to the last byte while the program writes, and freed again."""

import asyncio
import sqlite3
from contextlib import closing

from tests.faults.disk import SmallDisk
from tests.faults.nemeses.service import Outages, served_again
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene
from tests.faults.stack import TANSU_SQLITE

_FULL_SECONDS = 20.0


async def database_full(scene: Scene) -> None:
    """F08: no space for the database for 20 s, then again."""
    outages = Outages()
    async with outages.one():
        await _full_for_a_while(scene, "the database")
    if scene.stack.pair != TANSU_SQLITE:
        await asyncio.to_thread(_started_again, scene)
    outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(scene, back_at_most=15.0, receipts_at_most_ms=None)
    statuses = scene.witness.answers
    others = sum(count for status, count in statuses.items() if status >= 500 and status not in (503, 507))
    scene.figures += [
        Figure("answers 503 or 507", statuses[503] + statuses[507]),
        promise("answers of 500 and more other than 503 and 507", others),
    ]
    if scene.stack.pair == TANSU_SQLITE:
        scene.figures.append(promise("pages that are not whole", await asyncio.to_thread(_not_whole, scene)))


async def broker_full(scene: Scene) -> None:
    """F09: no space for Kafka's log for 20 s; Kafka ends by itself and is started with space again."""
    outages = Outages()
    async with outages.one():
        await _full_for_a_while(scene, "Kafka")
        await asyncio.to_thread(scene.stack.broker.kill)
        await asyncio.to_thread(scene.stack.broker.start)
    scene.record.note("broker serves again")
    outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(scene, back_at_most=20.0, receipts_at_most_ms=2_000.0)


async def _full_for_a_while(scene: Scene, whose: str) -> None:
    disk = _disk(scene)
    scene.record.note(f"the disk of {whose} is full")
    await asyncio.to_thread(disk.fill)
    # What the program frees meanwhile is taken too.
    for _ in range(int(_FULL_SECONDS)):
        await asyncio.sleep(1)
        await asyncio.to_thread(disk.fill)
    await asyncio.to_thread(disk.free)
    scene.record.note(f"the disk of {whose} has space")


def _started_again(scene: Scene) -> None:
    """PostgreSQL stops when its log cannot be written; a supervisor starts it again."""
    scene.stack.server.crash()
    scene.stack.server.start()


def _not_whole(scene: Scene) -> int:
    with closing(sqlite3.connect(scene.stack.gateway.program.database)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchall()
    return 0 if said == [("ok",)] else len(said)


def _disk(scene: Scene) -> SmallDisk:
    assert scene.stack.disk is not None, "the experiment asks for no small disk"
    return scene.stack.disk
