"""What only time and numbers do: bursts, and a long steady life with faults at random."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from tests.faults.nemeses.service import served_again
from tests.faults.outcome import Figure
from tests.faults.scene import Scene
from tests.faults.stack import Kept

_SAMPLE_SECONDS = 10.0
_SETTLED_SHARE = 3  # the first third of a life is warming up
_BYTES_PER_MB = 1_048_576


async def burst(scene: Scene) -> None:
    """F18: a steady minute, then ten times as many events for a minute; the load of the scene goes on beside."""
    seconds = scene.count(20, 60)
    rate = 10.0
    scene.record.note(f"burst of {rate:g} events a second for {seconds} s")
    began = perf_counter()
    await scene.load.burst(int(rate * seconds), rate)
    took = perf_counter() - began
    scene.figures += [
        Figure("events told in the burst", rate * seconds),
        Figure("receipts of the burst after", took, "s"),
    ]


async def long_life(scene: Scene) -> None:
    """F31: steady load for 30 minutes; workers but the first are killed, the database and the broker restarted."""
    samples = _Samples(scene.stack.gateway, scene.stack.workers[0])
    until = perf_counter() + scene.count(120, 1_800)
    watching = asyncio.create_task(samples.run())
    kills = restarts = brokers = 0
    try:
        while perf_counter() < until:
            await scene.pause(3, 12)
            drawn = scene.draws.random()
            if drawn < 0.7:
                scene.draws.choice(scene.stack.workers[1:]).kill()
                kills += 1
            elif drawn < 0.9:
                scene.record.note("crash PostgreSQL")
                await asyncio.to_thread(scene.stack.server.crash)
                await scene.pause(0, 5)
                await asyncio.to_thread(scene.stack.server.start)
                restarts += 1
            else:
                scene.record.note("kill -9 broker")
                await asyncio.to_thread(scene.stack.broker.kill)
                await scene.pause(1, 5)
                await asyncio.to_thread(scene.stack.broker.start)
                brokers += 1
            await served_again(scene)
    finally:
        watching.cancel()
    scene.figures += [
        Figure("kills -9 of workers", kills),
        Figure("crashes of PostgreSQL", restarts),
        Figure("kills -9 of the broker", brokers),
        *samples.figures(),
    ]


@dataclass
class _Samples:
    """Memory and open files of processes that nobody kills."""

    gateway: Kept
    worker: Kept
    taken: dict[str, list[tuple[float, int, int]]] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            for one in (self.gateway, self.worker):
                if one.program.is_alive:
                    # A new life has a new history: only what one process did is compared.
                    key = f"{one.name}/{one.program.process_id}"
                    self.taken.setdefault(key, []).append(_sample(one.program.process_id))
            await asyncio.sleep(_SAMPLE_SECONDS)

    def figures(self) -> list[Figure]:
        found = []
        for name in ("gateway", self.worker.name):
            lives = [taken for key, taken in self.taken.items() if key.startswith(f"{name}/")]
            longest = max(lives, key=len, default=[])
            settled = longest[len(longest) // _SETTLED_SHARE :]
            if len(settled) < 2:
                continue
            minutes = (settled[-1][0] - settled[0][0]) / 60
            slope = _slope([(at, float(memory)) for at, memory, _ in settled]) * 600 / _BYTES_PER_MB
            files = settled[-1][2] - settled[0][2]
            found += [
                Figure(f"{name}: memory after {minutes:.0f} min", settled[-1][1] / _BYTES_PER_MB, "MB"),
                Figure(f"{name}: memory grows in 10 min", slope, "MB", at_most=1),
                Figure(f"{name}: more open files", files, at_most=10),
            ]
        return found


def _sample(process_id: int) -> tuple[float, int, int]:
    folder = Path(f"/proc/{process_id}")
    pages = int((folder / "statm").read_text().split()[1])
    return perf_counter(), pages * os.sysconf("SC_PAGE_SIZE"), len(list((folder / "fd").iterdir()))


def _slope(points: list[tuple[float, float]]) -> float:
    """Least squares: units a second."""
    mean_at = sum(at for at, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((at - mean_at) ** 2 for at, _ in points)
    return sum((at - mean_at) * (value - mean) for at, value in points) / spread
