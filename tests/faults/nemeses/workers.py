"""What is done to workers: kill -9 at named places and at random, freezing until others have taken over."""

import asyncio
from math import inf
from time import perf_counter

from streams.program.failpoints import Failpoint
from tests.faults.outcome import Figure
from tests.faults.scene import Scene
from tests.faults.stack import SESSION, Kept

KILLED = -9
_HIT_WITHIN_SECONDS = 90.0
_MOST_PASSES = 6
_LOOK_EVERY_SECONDS = 0.05


async def killed_at_places_and_at_random(scene: Scene) -> None:
    """F01: one worker's lives end at the eight places in turn, the others' at random moments beside it."""
    places = places_in_turn(scene)
    at_random = asyncio.Event()
    first, *others = scene.stack.workers
    beside = asyncio.create_task(_killed_at_random(scene, others, at_random))
    began, told_before = perf_counter(), scene.load.events
    try:
        at_places = await killed_at_places(scene, first, places)
    finally:
        at_random.set()
    killed = at_places + await beside
    seconds = perf_counter() - began
    reports = 2 * (scene.load.events - told_before)
    await asyncio.gather(*(one.await_ready() for one in scene.stack.workers))
    scene.figures += [
        Figure("kills -9 at the eight failpoints", at_places, at_least=len(places)),
        Figure("kills -9 in all", killed),
        Figure("seconds between kills", seconds / max(1, killed), "s"),
        Figure("reports sent a second meanwhile", reports / seconds),
    ]


def places_in_turn(scene: Scene) -> list[Failpoint]:
    """Every place as often as this extent wants, shuffled by the seed."""
    places = [place for place in Failpoint for _ in range(scene.count(1, 13))]
    scene.draws.shuffle(places)
    return places


async def killed_at_places(
    scene: Scene,
    victim: Kept,
    places: list[Failpoint],
    most_passes: int = _MOST_PASSES,
    until_seconds: float = inf,
) -> int:
    """Each life of this worker ends at the next of these places, when it has been there up to so many times; the hits.

    No life begins after that moment (`perf_counter`).
    """
    hits = 0
    for number, place in enumerate(places):
        if perf_counter() > until_seconds:
            break
        armed = f"{place}:{scene.draws.randint(1, most_passes)}"
        victim.next_life(failpoint=armed)
        if number == 0:
            victim.kill()
        await _reborn(victim)
        began = perf_counter()
        life = victim.program.process_id
        victim.expects_to_die()
        while victim.program.process_id == life and victim.program.is_alive:
            if perf_counter() - began > _HIT_WITHIN_SECONDS:
                scene.record.note(f"{victim.name} did not pass {armed}")
                victim.kill()
                hits -= 1
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        hits += 1
        scene.record.note(f"{victim.name} died at {armed} after {perf_counter() - began:.1f} s")
    return hits


async def _killed_at_random(scene: Scene, victims: list[Kept], stop: asyncio.Event) -> int:
    killed = 0
    while not stop.is_set():
        await asyncio.gather(*(one.await_ready() for one in victims))
        await scene.pause(1, 4)
        if not stop.is_set():
            scene.draws.choice(victims).kill()
            killed += 1
    return killed


async def _reborn(victim: Kept) -> None:
    """Wait for the life that was just made ready for."""
    while victim.has_next_life or not victim.program.is_alive:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def nothing(scene: Scene) -> None:
    """No fault at all: what the others are compared with."""
    await asyncio.sleep(scene.count(15, 30))


async def frozen_until_forgotten(scene: Scene) -> None:
    """F04: SIGSTOP for three sessions, while others take its partitions; then it wakes and finishes what it held."""
    seconds, frozen = 3 * float(str(SESSION["session_timeout_seconds"])), scene.count(1, 3)
    for number in range(frozen):
        victim = scene.stack.workers[number % len(scene.stack.workers)]
        await scene.pause(1, 3)
        victim.freeze()
        await asyncio.sleep(seconds)
        victim.thaw()
        await asyncio.sleep(5)
    scene.figures.append(Figure("workers frozen for three sessions", frozen))
