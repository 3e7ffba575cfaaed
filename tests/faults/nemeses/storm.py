"""A storm of rebalances: workers join and leave in good order, faster than anybody would scale, for minutes."""

import asyncio
from collections.abc import Coroutine
from time import perf_counter

from tests.faults.nemeses.service import group_at_rest, handled, served_again
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene
from tests.faults.stack import Kept

FEWEST, MOST = 2, 6
_STEADY_WORKERS = 4
_EVERY_SECONDS = 3.0
# By PostgreSQL's own order of transactions: recorded times are told by each worker's clock, and never before the last
# time of the incident.
_OUT_OF_ORDER = (
    'SELECT count(*) FROM (SELECT "offset" - lag("offset")'
    ' OVER (PARTITION BY topic, partition, incident_id ORDER BY xmin::text::bigint, recorded_at, "offset")'
    " AS step FROM inbox) AS steps WHERE step < 0"
)


async def come_and_go(scene: Scene) -> None:
    """F17: a worker joins or leaves every 3 s for 5 minutes, between two and six of them, after a steady stretch."""
    workers = scene.stack.workers
    for one in workers[_STEADY_WORKERS:]:
        await asyncio.to_thread(one.leave)
    await group_at_rest(scene, _STEADY_WORKERS)
    steady = await _handled_a_second(scene, asyncio.sleep(scene.count(10, 20)))
    storm = _Storm(scene)
    stormy = await _handled_a_second(scene, storm.blow(scene.count(30, 300)))
    at_rest_after = await group_at_rest(scene, len(storm.up))
    await served_again(scene)
    rows = await scene.stack.books.rows(_OUT_OF_ORDER)
    scene.figures += [
        Figure("workers that joined or left", storm.moves),
        Figure("seconds between two of them", storm.seconds / max(1, storm.moves), "s"),
        Figure("messages handled a second, steady", steady),
        Figure("messages handled a second, in the storm", stormy),
        Figure("of what was handled when steady", stormy / steady, at_least=0.3),
        Figure("group at rest after the last", at_rest_after, "s", at_most=15),
        promise("handled out of order within an incident", int(rows[0][0])),
    ]


class _Storm:
    """Who is up, and how often that changed."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.moves = 0
        self.seconds = 0.0

    @property
    def up(self) -> list[Kept]:
        """Those that are to run."""
        return [one for one in self._scene.stack.workers if one.is_wanted]

    async def blow(self, seconds: float) -> None:
        """One moves every 3 s, whether the one before has arrived or not."""
        began = perf_counter()
        async with asyncio.TaskGroup() as leaving:
            while (now := perf_counter() - began) < seconds:
                self._move(leaving)
                await asyncio.sleep(max(0.0, now + _EVERY_SECONDS - (perf_counter() - began)))
            self.seconds = perf_counter() - began

    def _move(self, leaving: asyncio.TaskGroup) -> None:
        # Who was told to leave and still does cannot be started.
        away = [one for one in self._scene.stack.workers if not one.is_wanted and not one.program.is_alive]
        leaves = len(self.up) == MOST or (len(self.up) > FEWEST and self._scene.draws.random() < 0.5)
        if leaves:
            one = self._scene.draws.choice(self.up)
            one.is_wanted = False
            leaving.create_task(asyncio.to_thread(one.leave))
        elif away:
            one = self._scene.draws.choice(away)
            one.start()
        else:
            return
        self.moves += 1
        self._scene.record.note(f"{one.name} {'leaves' if leaves else 'joins'}, {len(self.up)} are up")


async def _handled_a_second(scene: Scene, meanwhile: Coroutine[None, None, None]) -> float:
    began, before = perf_counter(), await handled(scene)
    await meanwhile
    after = await handled(scene)
    assert before is not None and after is not None, "the books could not be read"  # noqa: PT018 - one fact
    return (after - before) / (perf_counter() - began)
