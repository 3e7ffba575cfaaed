"""What is done by an operator who upgrades: workers of the next version beside today's, one after another in place.

There is no released next version: it is made, a copy of the tree whose contract is one version on. So everything that
a worker of it writes is of a version that today's workers cannot read, as is what an early producer sends.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import orjson

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from tests.acceptance.next_version import NEXT, make_next_version
from tests.faults.books import number
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene
from tests.faults.stack import Kept

_GOLDEN = "tests/golden/test_released_versions.py::test_released_logs_fold_to_what_they_did"
_BESIDE_SECONDS = 8.0
_HANDLED_WITHIN_SECONDS = 90.0
_PARKED = "SELECT count(*) FROM dead_letters WHERE reason = 'unsupported_version'"
_WAITING = f"{_PARKED} AND retried_at IS NULL"
_OTHERWISE_DEAD = "SELECT count(*) FROM dead_letters WHERE reason <> 'unsupported_version'"
_EARLY_KEPT = "SELECT count(DISTINCT report_id) FROM reports WHERE report_id LIKE 'early-%'"
_BODIES = "SELECT body FROM events"
_FIRST_EARLY = 10_000  # far from the numbers of the load


async def rolled(scene: Scene) -> None:
    """F26: a worker of the next version joins, each of today's is replaced under load, then what waits is sent."""
    tree, books = scene.stack.folder / "next", scene.stack.books
    await asyncio.to_thread(make_next_version, tree)
    early = await _played_beside(scene, tree)
    waiting = await number(books, _WAITING)
    await _told_to_retry(scene, early)
    folds = await asyncio.to_thread(_folds_golden, tree)
    replayed = await asyncio.to_thread(scene.stack.gateway.program.command, "replay", "--all")
    scene.record.note(f"replayed by version {NEXT}: {replayed.answer}{replayed.remarks}")
    written = [orjson.loads(bytes(row[0]))["schema_version"] for row in await books.rows(_BODIES)]
    facts = written.count(NEXT)
    scene.figures += [
        Figure("messages parked by today's workers", await number(books, _PARKED), at_least=1),
        Figure("of them waiting when all were upgraded", waiting),
        Figure("reports of the next version sent", early),
        promise("of them without an incident", early - await number(books, _EARLY_KEPT)),
        promise("still parked in the end", await number(books, _WAITING)),
        promise("dead for another reason", await number(books, _OTHERWISE_DEAD)),
        Figure("facts written by the next version", facts, at_least=1),
        promise("released logs that the next version folds otherwise", int(not folds)),
        promise("stored states that it folds otherwise", int(replayed.code != 0)),
    ]


async def _played_beside(scene: Scene, tree: Path) -> int:
    """Both versions at work, then the other workers and the gateway in turn; how many early reports went out."""
    first, *others = scene.stack.workers
    early = scene.count(6, 30)
    await _upgraded(scene, first, tree)
    async with Publisher(scene.stack.brokers) as publisher:
        for one in range(early):
            await publisher.publish([_early_report(scene, one)])
            await asyncio.sleep(_BESIDE_SECONDS / early)
    for kept in (*others, scene.stack.gateway):
        await _upgraded(scene, kept, tree)
    return early


async def _upgraded(scene: Scene, one: Kept, tree: Path) -> None:
    began = perf_counter()
    await asyncio.to_thread(one.leave)
    one.program.variables |= {"PYTHONPATH": str(tree)}
    one.start()
    await one.await_ready()
    scene.record.note(f"{one.name} is of version {NEXT} after {perf_counter() - began:.1f} s")


async def _told_to_retry(scene: Scene, early: int) -> None:
    """As an operator would: once all are upgraded, until nothing waits any more and the early reports are incidents."""
    command = ("dead-letters", "retry", "--all", "--reason", "unsupported_version")
    began = perf_counter()
    while True:
        said = await asyncio.to_thread(scene.stack.gateway.program.command, *command)
        assert said.code == 0, said.answer + said.remarks
        await asyncio.sleep(1)
        kept = await number(scene.stack.books, _EARLY_KEPT)
        if kept == early and not await number(scene.stack.books, _WAITING):
            return
        assert perf_counter() - began < _HANDLED_WITHIN_SECONDS, (
            f"{kept} of {early} early reports are incidents"
        )


def _early_report(scene: Scene, one: int) -> Publication:
    """From a producer that was upgraded first; each event is told by two sources, so that rules alone can end it."""
    _, today = scene.load.report(_FIRST_EARLY + one // 2, ("119", "grid")[one % 2])
    body = {**orjson.loads(today), "report_id": f"early-{one}", "schema_version": NEXT}
    return Publication(Topic.REPORTS, body["area_code"][:6].encode(), orjson.dumps(body))


def _folds_golden(tree: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _GOLDEN],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
