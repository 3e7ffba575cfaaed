"""What only time and numbers do: bursts, and a long steady life with faults at random."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from tests.faults import growth
from tests.faults.books import number
from tests.faults.judge import UNHANDLED
from tests.faults.memory import BYTES_PER_MB, Sample, sample
from tests.faults.nemeses.service import served_again
from tests.faults.nemeses.workers import killed_at_places, places_in_turn
from tests.faults.orders import figures, first_orders
from tests.faults.outcome import Figure
from tests.faults.scene import Scene
from tests.faults.stack import Kept, Stack
from tests.faults.witness import Identity

_SAMPLE_SECONDS = 10.0
_SETTLED_SHARE = 3  # the first third of a life is warming up
_TIMES = 10  # what the burst is more than the usual load
_URGENT_ONE_IN = 10
_BETWEEN_SECONDS = 3.0
_LOOK_EVERY_SECONDS = 0.5
_ALONE_WITHIN_SECONDS = 90.0
_MOST_PASSES = 30  # at a place, before a life ends there: some seconds of load
_STRUCK = {"worker": 15, "database": 3, "broker": 2}  # how often, in twenty
_ENDS: Mapping[str, Callable[[Stack], tuple[Callable[[], None], Callable[[], None]]]] = {
    "database": lambda stack: (stack.server.crash, stack.server.start),
    "broker": lambda stack: (stack.broker.kill, stack.broker.start),
}


async def burst(scene: Scene) -> None:
    """F18: the usual load and some urgent events, then ten times as many events; one in ten is a danger to life."""
    steady_seconds, seconds = scene.count(10, 30), scene.count(20, 60)
    steady = await _told(scene, "steady", steady_seconds, scene.usual_events_per_second)
    await asyncio.sleep(_BETWEEN_SECONDS)
    flood = await _told(scene, "in the burst", seconds, _TIMES * scene.usual_events_per_second)
    healed = perf_counter()
    while await number(scene.stack.books, UNHANDLED):
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    scene.figures.append(Figure("backlog of the burst handled after", perf_counter() - healed, "s"))
    await asyncio.sleep(_BETWEEN_SECONDS)
    for when, urgent in (("steady", steady), ("in the burst", flood)):
        orders = await first_orders(scene.stack.books, scene.witness, urgent)
        scene.figures += figures(when, len(urgent), orders)


async def _told(scene: Scene, when: str, seconds: int, events_per_second: float) -> list[Identity]:
    """So many events beside the load of the scene; which reports were urgent."""
    scene.record.note(f"{when}: {events_per_second:g} events a second for {seconds} s")
    before, began = len(scene.load.urgent), perf_counter()
    events = int(events_per_second * seconds)
    await scene.load.burst(events, events_per_second, _URGENT_ONE_IN)
    scene.figures += [
        Figure(f"reports told, {when}", 2 * events),
        Figure(f"reports a second, {when}", 2 * events / seconds),
        Figure(f"last receipt, {when}, after", perf_counter() - began, "s"),
    ]
    return scene.load.urgent[before:]


async def long_life(scene: Scene) -> None:
    """F31, and F01 and F05 with it: 30 minutes in which workers die, PostgreSQL crashes and the broker is killed.

    The gateway and the first worker live through it and are measured. The second worker's lives end at the eight
    places in turn, the third's at random moments.
    """
    first, second, third = scene.stack.workers
    await _alone_with_the_job(scene, first, (second, third))
    samples = _Samples(scene.stack.gateway, first)
    before, places = await growth.rows(scene.stack.books), places_in_turn(scene)
    until = perf_counter() + scene.count(120, 1_800)
    watching = asyncio.create_task(samples.run())
    beside = asyncio.create_task(killed_at_places(scene, second, places, _MOST_PASSES, until))
    try:
        done = await _strike(scene, third, until)
        at_places = await beside
    finally:
        watching.cancel()
        beside.cancel()
    scene.figures += [
        Figure("kills -9 at the eight failpoints", at_places, at_least=len(places)),
        Figure("kills -9 in all", at_places + done["worker"], at_least=scene.count(20, 300)),
        Figure("crashes of PostgreSQL", done["database"]),
        Figure("kills -9 of the broker", done["broker"]),
        *samples.figures(),
        *growth.figures(before, await growth.rows(scene.stack.books)),
    ]


async def _alone_with_the_job(scene: Scene, first: Kept, others: Sequence[Kept]) -> None:
    """Heat and ratings are one worker's, who remembers what was told of everybody: nobody may begin that later.

    It keeps the job as long as it renews it, and a worker that lives keeps renewing it.
    """
    for one in others:
        await asyncio.to_thread(one.leave)
    until = perf_counter() + _ALONE_WITHIN_SECONDS
    while '"projections_published"' not in first.program.log.read_text(errors="replace"):
        assert perf_counter() < until, f"{first.name} has not taken over heat and ratings"
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    for one in others:
        one.start()
        await one.await_ready()
    scene.record.note(f"{first.name} has heat and ratings")


async def _strike(scene: Scene, victim: Kept, until_seconds: float) -> Counter[str]:
    """One fault after the other, each once the engine handles again, until that moment; how many of each."""
    done: Counter[str] = Counter()
    while perf_counter() < until_seconds:
        await scene.pause(1, 4)
        (struck,) = scene.draws.choices(list(_STRUCK), list(_STRUCK.values()))
        done[struck] += 1
        if struck == "worker":
            victim.kill()
        else:
            scene.record.note(f"end {struck} at once")
            end, start = _ENDS[struck](scene.stack)
            await asyncio.to_thread(end)
            await scene.pause(0, 5)
            await asyncio.to_thread(start)
        await served_again(scene)
    return done


@dataclass
class _Samples:
    """Memory and open files of processes that nobody kills."""

    gateway: Kept
    worker: Kept
    taken: dict[str, list[Sample]] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            for one in (self.gateway, self.worker):
                if one.program.is_alive:
                    # A new life has a new history: only what one process did is compared.
                    key = f"{one.name}/{one.program.process_id}"
                    self.taken.setdefault(key, []).append(sample(one.program.process_id))
            await asyncio.sleep(_SAMPLE_SECONDS)

    def figures(self) -> list[Figure]:
        found = []
        for name in ("gateway", self.worker.name):
            lives = [taken for key, taken in self.taken.items() if key.startswith(f"{name}/")]
            longest = max(lives, key=len, default=[])
            settled = longest[len(longest) // _SETTLED_SHARE :]
            if len(settled) < 2:
                continue
            minutes = (settled[-1].at - settled[0].at) / 60
            slope = _slope([(one.at, float(one.resident_bytes)) for one in settled]) * 600 / BYTES_PER_MB
            files = settled[-1].files - settled[0].files
            found += [
                Figure(
                    f"{name}: memory after {minutes:.0f} min", settled[-1].resident_bytes / BYTES_PER_MB, "MB"
                ),
                Figure(f"{name}: memory grows in 10 min", slope, "MB", at_most=1),
                Figure(f"{name}: more open files", files, at_most=10),
            ]
        return found


def _slope(points: list[tuple[float, float]]) -> float:
    """Least squares: units a second."""
    mean_at = sum(at for at, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((at - mean_at) ** 2 for at, _ in points)
    return sum((at - mean_at) * (value - mean) for at, value in points) / spread
