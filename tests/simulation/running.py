"""Running: one seed from an empty database to the verdict.

First people report while things go wrong; then all is healed and comes to rest; then time passes in leaps, so that
every command is answered or has climbed to its red alarm, and in some cities whole days; then it is judged.
"""

import asyncio
import gc
import hashlib
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from sqlalchemy.exc import SAWarning
from structlog.types import EventDict, WrappedLogger

from streams.program import failpoints
from tests.simulation import lives
from tests.simulation.machine import MOST_WRONG_SECONDS
from tests.simulation.nemesis import Nemesis
from tests.simulation.people import Officers, Reporters
from tests.simulation.plan import Fault, Plan, plan_of
from tests.simulation.processes import EngineHost, GatewayHost
from tests.simulation.units import Units
from tests.simulation.verdict import everything_kept, is_at_rest, verdict
from tests.simulation.virtual_loop import VirtualLoop
from tests.simulation.world import World
from tests.stored.world import empty_database

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - holds a folder of our own; a disk would make each commit wait
_LEAPS_SECONDS = (7_200.0, 650.0, 650.0)
# The longest work of a unit, the longest supervision, and longer than anything that was published is kept.
_FIRST_DAY_SECONDS, _WEEK_SECONDS = (22_000.0, 65_000.0), 7.5 * 86_400.0
_SWEPT_WITHIN_SECONDS = 0.6  # the deadline sweeper's longest pause, and a little
_STARTED_WITHIN_SECONDS = 3.0  # the supervisor's longest pause, and a sweep
_MOST_SWEEPS = 20
_PASSED = "SELECT 1 FROM deadlines WHERE progress = 'open' AND due_at < (SELECT max(recorded_at) FROM inbox) LIMIT 1"
_LOOKED_EVERY_SECONDS = 0.1
_SLEPT_AFTER_SECONDS, _SLEPT_SECONDS = 1.5, 6.0
_REST_WITHIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to. Equal digests: the same bytes in the same tables after the same course of events."""

    plan: Plan
    broken: tuple[str, ...]
    digest: str
    trace: tuple[str, ...]
    virtual_seconds: float
    commits: int


def run(seed: int) -> Outcome:
    """Play one seed."""
    return run_plan(plan_of(seed))


def run_plan(plan: Plan) -> Outcome:
    """As `run`, for a plan that no seed makes."""
    with TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        file = Path(folder) / "fenghuo.db"
        file.write_bytes(empty_database())
        with _without_collector(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.get_loop().set_task_factory(lives.new_task)  # type: ignore[arg-type]  # typeshed knows no **how
            world = runner.run(_played(plan, file))
        try:
            return _judged(world)
        finally:
            world.close()


@cache
def _keep_what_is_there() -> None:
    """Spare the collector what was loaded before the first run: it would look at all of it each time."""
    gc.collect()
    gc.freeze()


@contextmanager
def _without_collector() -> Iterator[None]:
    """When the collector finds what a dead process left is no part of a seed's course."""
    _keep_what_is_there()
    gc.disable()
    try:
        with warnings.catch_warnings():
            # A killed process gives no connection back: of course.
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        gc.enable()


def _judged(world: World) -> Outcome:
    witness, course = world.witness, tuple(world.witness.trace)
    broken = (*witness.defects, *asyncio.run(verdict(world)))
    digest = hashlib.sha256("\n".join([*course, *everything_kept(world)]).encode()).hexdigest()
    return Outcome(world.plan, broken, digest, course, world.machine.steady(), world.disk.commits)


async def _played(plan: Plan, file: Path) -> World:
    world = World(plan, file)
    _listen_for_defects(world)
    engines = [EngineHost(world, "engine-a")]
    if world.plan.has(Fault.TWO_WORKERS):
        engines.append(EngineHost(world, "engine-b"))
    gateway = GatewayHost(world, "gateway")
    nemesis = Nemesis(world, engines, gateway)
    world.spawn(world.group.run())
    try:
        reporters = Reporters(world, gateway)
        for begin in (nemesis, Units(world), reporters, Officers(world)):
            begin.begin()
        await asyncio.sleep(world.plan.chaos_seconds)
        nemesis.heal()
        await _come_to_rest(world, "after the healing")
        for leap_seconds in _leaps_seconds(plan):
            world.machine.suspend(leap_seconds)
            await asyncio.sleep(_SWEPT_WITHIN_SECONDS)
            await _come_to_rest(world, f"after a leap of {leap_seconds:.0f} s")
        for number, leap_seconds in enumerate(_days_seconds(plan)):
            world.machine.suspend(leap_seconds)
            reporters.come_again()
            if leap_seconds == _WEEK_SECONDS:
                nemesis.restart_one()  # what is done at a start and then hardly ever, such as forgetting
                await asyncio.sleep(_STARTED_WITHIN_SECONDS)
            await asyncio.sleep(_SWEPT_WITHIN_SECONDS)
            await _come_to_rest(world, f"in part {number} of the days")
    finally:
        failpoints.arm(None)
        for host in (*engines, gateway):
            host.life.kill()
        world.outside.kill()
        await asyncio.sleep(0)
        await world.database.close()
    return world


def _leaps_seconds(plan: Plan) -> Iterator[float]:
    yield from _LEAPS_SECONDS
    if plan.has(Fault.CLOCK_JUMP):
        # Until the true time has passed what a clock that ran ahead has written down.
        yield MOST_WRONG_SECONDS + 100.0


def _days_seconds(plan: Plan) -> Iterator[float]:
    if plan.days:
        yield from _FIRST_DAY_SECONDS
    if plan.days > 1:
        yield _WEEK_SECONDS


async def _come_to_rest(world: World, when: str) -> None:
    await _until_nothing_waits(world, when)
    if world.plan.has(Fault.CLOCK_JUMP):
        # A worker whose clock is late sets clocks that have passed for the others, and again when those are heard.
        for _ in range(_MOST_SWEEPS):
            await asyncio.sleep(_SWEPT_WITHIN_SECONDS)
            await _until_nothing_waits(world, when)
            if not world.rows(_PASSED):
                break


async def _until_nothing_waits(world: World, when: str) -> None:
    """What waits for a claim or a session to run out is slept through, not polled."""
    waited_seconds, slept_at = 0.0, 0.0
    while (restless := is_at_rest(world)) is not None:
        if waited_seconds > _REST_WITHIN_SECONDS:
            world.witness.defects.append(f"no rest {when}: {restless}")
            return
        if waited_seconds - slept_at > _SLEPT_AFTER_SECONDS:
            world.machine.suspend(_SLEPT_SECONDS)
            slept_at = waited_seconds
        await asyncio.sleep(_LOOKED_EVERY_SECONDS)
        waited_seconds += _LOOKED_EVERY_SECONDS


def _listen_for_defects(world: World) -> None:
    """What the program says at level error is part of the trace; that something of it crashed is a defect."""

    def hear(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        said = f"{lives.who_runs()}: {event.pop('event', '')}"
        error = event.pop("exc_info", None)
        world.say(f"{said} {error!r}" if error else said)
        raise structlog.DropEvent

    def crashed(_: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
        # What a task left unheard is somebody's to hear or nobody's; what ended a part is a defect.
        if told["message"] == lives.PART_CRASHED:
            world.witness.defects.append(f"{lives.who_runs()}: {told['message']}: {told['exception']!r}")

    structlog.configure(processors=[hear], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.get_running_loop().set_exception_handler(crashed)
