"""What is put on the topics that nobody can read: a little among much that is good, and nothing else."""

import asyncio
from time import perf_counter

import httpx

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from tests.faults.books import number
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene

_BAD: tuple[bytes, ...] = (
    b"",
    b"\xff\xfe\x00",
    b"not json",
    b"[" * 5_000,
    b'{"report_id":"x"}',
    b'{"report_id":"x\\u0000","source_id":"grid-1","channel":"grid","kind":"initial","area_code":"500000000"}',
    b'{"report_id":"\\ud800","source_id":"grid-1","channel":"grid","kind":"initial","area_code":"500000000"}',
    b'{"report_id":1e999}',
)
_IN_A_ROW = 150  # the brake is pulled at 100 on one partition; what is left then is less than that
_STOPS_WITHIN_SECONDS = 60.0
_STANDS_SECONDS = 5.0
_DEAD = "SELECT count(*) FROM dead_letters"
_PLACES = 'SELECT count(*) FROM (SELECT DISTINCT topic, partition, "offset" FROM dead_letters) AS places'
_REPORTS_READ = "SELECT coalesce(sum(next_offset), 0) FROM progress WHERE topic = 'reports'"


async def among_the_good(scene: Scene) -> None:
    """F12: what cannot be read, one in twenty and more, on the topics of reports, beside the load."""
    sent = scene.count(24, 200)
    async with Publisher(scene.stack.brokers) as publisher:
        for one in range(sent):
            topic = Topic.REPORTS if one % 2 else Topic.REPORTS_URGENT
            await publisher.publish([Publication(topic, b"%d" % one, _BAD[one % len(_BAD)])])
            await asyncio.sleep(0.25)
    await _until_dead(scene, sent)
    dead = await number(scene.stack.books, _DEAD)
    scene.figures += [
        Figure("poison sent", sent),
        promise("poison without its dead letter", max(0, sent - dead)),
        promise(
            "dead letters too many", max(0, dead - sent) + dead - await number(scene.stack.books, _PLACES)
        ),
    ]


async def nothing_else(scene: Scene) -> None:
    """F13: one partition full of it: the topic stops and says so; a person starts the workers again."""
    async with Publisher(scene.stack.brokers) as publisher:
        bad = [Publication(Topic.REPORTS, b"one key", b"not json %d" % one) for one in range(_IN_A_ROW)]
        await publisher.publish(bad)
    await _until_dead(scene, 100)
    began = perf_counter()
    while not await asyncio.to_thread(_says_so, scene):
        assert perf_counter() - began < _STOPS_WITHIN_SECONDS, "no worker says that it stands still"
        await asyncio.sleep(0.2)
    dead, read = await number(scene.stack.books, _DEAD), await number(scene.stack.books, _REPORTS_READ)
    await asyncio.sleep(_STANDS_SECONDS)
    moved = await number(scene.stack.books, _REPORTS_READ) - read
    scene.record.note(f"stands still after {dead} dead letters")
    scene.figures += [
        Figure("dead letters when it stopped", dead, at_least=100, at_most=199),
        Figure("records read of the topic while it stands", moved),
    ]
    for one in scene.stack.workers:
        one.kill()
    await asyncio.gather(*(one.await_ready() for one in scene.stack.workers))
    await _until_dead(scene, _IN_A_ROW)


async def _until_dead(scene: Scene, count: int) -> None:
    async with asyncio.timeout(_STOPS_WITHIN_SECONDS):
        while await number(scene.stack.books, _DEAD) < count:
            await asyncio.sleep(0.2)


def _says_so(scene: Scene) -> bool:
    """Whether /readyz of some worker is red for its dead letters."""
    for one in scene.stack.workers:
        try:
            parts = one.program.http.get("/readyz").json()["components"]
        except (httpx.HTTPError, KeyError):
            continue
        if "stands still" in parts["dead_letters"]:
            return True
    return False
