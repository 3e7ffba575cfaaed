"""Scene: one experiment from an empty folder to its figures: stack, load and units, the nemesis, healing, judgement."""

import asyncio
import os
import random
import shutil
import tempfile
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter

from tests.acceptance.nemesis import Record
from tests.bench.harness import percentile, stamp
from tests.faults.disk import NoSmallDisk
from tests.faults.field import USUAL, Field, Manner
from tests.faults.judge import DRAINED_WITHIN_SECONDS, Findings, drained, judge
from tests.faults.load import Load
from tests.faults.outcome import DETAILS, Figure, Outcome, Stamped
from tests.faults.stack import KAFKA_POSTGRES, Stack, Wish, embedded, production
from tests.faults.witness import Witness
from tests.servers import log_tail

_SETTLED_SECONDS = 3.0
_PLAIN = Wish()


class Extent(StrEnum):
    """How much of an experiment is played."""

    QUICK = "quick"
    FULL = "full"


@dataclass
class Scene:
    """What a nemesis has in its hands."""

    stack: Stack
    witness: Witness
    load: Load
    units: Field
    draws: random.Random
    extent: Extent
    usual_events_per_second: float = 0.0
    figures: list[Figure] = field(default_factory=list)

    @property
    def record(self) -> Record:
        """Where the nemesis writes down what it does."""
        return self.stack.record

    @property
    def is_quick(self) -> bool:
        """Whether only the quick set is played."""
        return self.extent is Extent.QUICK

    def count(self, quick: int, full: int) -> int:
        """How often, for this extent."""
        return quick if self.is_quick else full

    async def pause(self, least_seconds: float, most_seconds: float) -> None:
        """A time drawn from the seed."""
        await asyncio.sleep(self.draws.uniform(least_seconds, most_seconds))


Nemesis = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One row of the battery that is played here. `events_per_second` each bring two reports; 0: the nemesis sends."""

    fault: str
    nemesis: Nemesis
    pair: str = KAFKA_POSTGRES
    extents: tuple[Extent, ...] = (Extent.QUICK, Extent.FULL)
    events_per_second: float = 2.0
    wish: Wish = _PLAIN
    manners: tuple[tuple[Manner, int], ...] = USUAL
    all_end: bool = True
    drained_within_seconds: float = DRAINED_WITHIN_SECONDS
    drained_at_most: float | None = (
        None  # the bar; `drained_within_seconds` is only how long it is waited for
    )
    handled_at_most: float | None = None  # the bar of the longest wait from receipt to handling
    note: str = ""


async def play(experiment: Experiment, extent: Extent, seed: int) -> Outcome:
    """Play it and say what was measured; a failure is part of the outcome, never raised."""
    where = stamp()
    load_before = os.getloadavg()[0]
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    outcome = Outcome(
        experiment.fault,
        experiment.pair,
        extent.value,
        seed,
        Stamped(now, where.commit, where.machine, ""),
        note=experiment.note,
    )
    began, record = perf_counter(), Record()
    with tempfile.TemporaryDirectory(
        prefix=f"fenghuo-{experiment.fault}-", ignore_cleanup_errors=True
    ) as folder:
        try:
            await _played(experiment, extent, seed, Path(folder), record, outcome)
        except NoSmallDisk as missing:
            outcome.not_played = str(missing)
        except Exception as failed:  # noqa: BLE001 - whatever went wrong is what the run has to tell
            outcome.failure = "".join(traceback.format_exception(failed))[-6_000:]
            outcome.failure = f"{_first_cause(failed)}\n{outcome.failure}"
            record.note(f"failed: {_first_cause(failed)}")
            outcome.failure += _last_words(Path(folder))
        _keep_logs(Path(folder), DETAILS / f"{experiment.fault}-{experiment.pair}-{extent}-{seed}")
    outcome.seconds = perf_counter() - began
    outcome.nemesis = record.lines
    spread = f"{load_before:.1f} before, {os.getloadavg()[0]:.1f} after"
    outcome.stamped = Stamped(now, where.commit, where.machine, spread)
    return outcome


async def _played(
    experiment: Experiment, extent: Extent, seed: int, folder: Path, record: Record, outcome: Outcome
) -> None:
    async with _scene(experiment, extent, seed, folder, record) as scene:
        stop = asyncio.Event()
        telling = asyncio.create_task(_tell(scene, experiment.events_per_second, stop))
        hearing = asyncio.create_task(scene.units.run())
        try:
            await _struck(experiment, scene, telling, hearing)
            stop.set()
            outcome.figures.append(await _rested(experiment, scene, telling))
            findings = await judge(scene.stack, scene.witness, experiment.handled_at_most)
        finally:
            stop.set()
            for task in (telling, hearing):
                task.cancel()
            await asyncio.gather(telling, hearing, return_exceptions=True)
            outcome.figures = [*scene.figures, *outcome.figures]
        outcome.figures += findings.figures + _asked(scene)
        outcome.violations = findings.violations
        outcome.witness = _seen(scene, findings)


async def _struck(
    experiment: Experiment, scene: Scene, telling: "asyncio.Task[None]", hearing: "asyncio.Task[None]"
) -> None:
    """The fault from beginning to heal. Raises whatever ends the load or the units meanwhile."""
    await asyncio.sleep(_SETTLED_SECONDS)
    scene.record.note("nemesis begins")
    nemesis = asyncio.create_task(_work(experiment, scene))
    try:
        await asyncio.wait([nemesis, telling, hearing], return_when=asyncio.FIRST_COMPLETED)
        for task in (telling, hearing):
            if task.done() and (fault := task.exception()) is not None:
                raise fault
        await nemesis
    finally:
        nemesis.cancel()
    scene.record.note("healed")


async def _rested(experiment: Experiment, scene: Scene, telling: "asyncio.Task[None]") -> Figure:
    """Wait until everybody has a receipt and nothing is on its way."""
    healed, within = perf_counter(), experiment.drained_within_seconds
    await asyncio.wait_for(telling, within)
    await drained(scene.stack, within, all_end=experiment.all_end)
    scene.record.note("drained")
    seconds = perf_counter() - healed
    return Figure("all done after the last heal", seconds, "s", at_most=experiment.drained_at_most)


def _seen(scene: Scene, findings: Findings) -> dict[str, object]:
    return {
        "lost": findings.lost[:50],
        "longest_waits": findings.longest_waits,
        "doubled": findings.doubled[:50],
        "refused": scene.witness.refused[:20],
        "answers": dict(scene.witness.answers),
        "ended_by_themselves": {one.name: dict(one.ended_by_itself) for one in scene.stack.everybody},
        "back_after_seconds": scene.record.back_after_seconds,
    }


async def _work(experiment: Experiment, scene: Scene) -> None:
    await experiment.nemesis(scene)


async def _tell(scene: Scene, events_per_second: float, stop: asyncio.Event) -> None:
    if events_per_second > 0:
        await scene.load.run(events_per_second, stop)
    else:
        await stop.wait()


def _asked(scene: Scene) -> list[Figure]:
    asked = [seconds for _, seconds in scene.load.asked_seconds]
    if not asked:
        return []
    return [
        Figure("receipt, p99", percentile(asked, 99) * 1_000, "ms"),
        Figure("receipt, longest", max(asked), "s"),
        Figure("tries without a receipt", scene.load.retried),
        Figure("processes that ended by themselves", scene.stack.ended_by_themselves()),
    ]


@asynccontextmanager
async def _scene(
    experiment: Experiment, extent: Extent, seed: int, folder: Path, record: Record
) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as undo:
        make = production if experiment.pair == KAFKA_POSTGRES else embedded
        stack = await undo.enter_async_context(make(folder, record, experiment.wish))
        witness = Witness(folder / "witness.jsonl")
        undo.callback(witness.close)
        load = await undo.enter_async_context(Load(stack.gateway.program.url, witness, seed))
        units = Field(stack.brokers, witness, stack.signer, seed, experiment.manners)
        yield Scene(stack, witness, load, units, random.Random(seed), extent, experiment.events_per_second)


def _last_words(folder: Path) -> str:
    return "".join(f"\n{log}:\n{log_tail(log, 8)}" for log in folder.glob("*/program.log"))


def _keep_logs(folder: Path, kept: Path) -> None:
    """What everybody said, beside the JSON; the last run's makes room."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for log in (*folder.glob("*/*.log"), folder / "witness.jsonl"):
        if log.exists():
            shutil.copy(log, kept / f"{log.parent.name}-{log.name}")


def _first_cause(failed: BaseException) -> str:
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    return f"{type(failed).__name__}: {failed}"[:1_500]
