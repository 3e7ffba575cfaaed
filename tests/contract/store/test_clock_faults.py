"""Clocks that jump, drift or disagree, and an engine away for a day: no deadline fires twice or before its time."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from models.categories import Category
from models.events.steps import DeadlineFired, StepEscalated
from models.messages.event import Event
from streams.check import check
from streams.clock import WallClock
from streams.store.database import Database
from tests.contract.store.worker import Worker, report
from tests.fakes.clock import NOON, ManualClock

DAY_SECONDS = 86_400.0
PLACES = ("500108001", "500108002", "500157", "500153")


class Machine(ManualClock):
    """A machine whose wall clock somebody sets, as the program sees it: through `WallClock`."""

    def __init__(self) -> None:
        super().__init__()
        self.wall_seconds, self.steady_seconds = NOON.timestamp(), 50.0
        self._clock = WallClock(wall=lambda: self.wall_seconds, steady=lambda: self.steady_seconds)

    def now(self) -> datetime:
        return self._clock.now()

    def move(self, seconds: float) -> None:
        """So much time passes, and the wall clock tells it."""
        self.wall_seconds += seconds
        self.steady_seconds += seconds


async def begin(worker: Worker) -> None:
    """Four incidents begin, and their clocks run."""
    for number, area in enumerate(PLACES):
        category = (Category.FIRE, Category.ROAD_TRAFFIC)[number % 2]
        told = report(f"r-{number}", source=f"s-{number}", area=area, category=category, at=NOON)
        await worker.report(told)
    await worker.settle()


async def facts(worker: Worker) -> list[Event]:
    bodies = [row["body"] for row in await worker.rows("events")]
    return [Event.model_validate_json(body) for body in bodies if isinstance(body, bytes)]


async def fired(worker: Worker) -> Counter[str]:
    """How often each clock fired, by the log."""
    told = [one.data.deadline_id for one in await facts(worker) if isinstance(one.data, DeadlineFired)]
    return Counter(told)


async def running(worker: Worker) -> set[object]:
    return {row["deadline_id"] for row in await worker.rows("deadlines") if row["progress"] == "open"}


async def sweep_at_once(*workers: Worker) -> int:
    """Every worker sends what has passed by its own clock, at the same time. How many clocks were sent."""
    sent = await asyncio.gather(*(one.units.send_due_deadlines(one.clock.now()) for one in workers))
    return sum(len(claimed.publications) for claimed in sent)


async def test_after_a_day_away_every_clock_fires_once_and_says_that_it_is_late(
    worker: Worker, rival: Worker
) -> None:
    """Two sweepers start on what is a day overdue; what fires sets new clocks from now, and so nothing cascades."""
    await begin(worker)
    overdue = await running(worker)
    worker.clock.move(DAY_SECONDS)
    rival.offsets = worker.offsets
    assert await sweep_at_once(worker, rival) == len(overdue)
    assert await sweep_at_once(worker, rival) == 0
    await worker.settle()
    by_clock = await fired(worker)
    assert set(by_clock.values()) == {1}
    late = [one.data.late_by_seconds for one in await facts(worker) if isinstance(one.data, DeadlineFired)]
    assert min(late) > DAY_SECONDS / 2
    rows = {row["deadline_id"]: row for row in await worker.rows("deadlines")}
    assert {rows[one]["progress"] for one in overdue} <= {"fired", "moot", "cancelled"}
    assert all(row["fire_count"] == by_clock[str(one)] for one, row in rows.items())
    assert await sweep_at_once(worker, rival) == 0


async def escalations(worker: Worker) -> int:
    return sum(isinstance(one.data, StepEscalated) for one in await facts(worker))


@pytest.mark.parametrize("jump_seconds", [3_600.0, DAY_SECONDS])
async def test_a_clock_set_ahead_escalates_nothing_and_is_told(
    database: Database, jump_seconds: float
) -> None:
    """Somebody sets the machine's clock ahead: it is followed slowly, a line says so, and no clock fires at once."""
    machine = Machine()
    worker = Worker(database, machine, "one")
    await begin(worker)
    machine.move(10)
    await sweep_at_once(worker)  # the fusion checks of the first seconds
    await worker.settle()
    before = await fired(worker)
    machine.wall_seconds += jump_seconds
    with capture_logs() as lines:
        for _ in range(3):
            machine.move(1)
            await sweep_at_once(worker)
        await worker.settle()
    assert await fired(worker) == before
    assert await escalations(worker) == 0
    assert [line["event"] for line in lines].count("clock_jumped") == 1


async def test_a_clock_set_back_makes_deadlines_hardly_late(database: Database) -> None:
    """An hour back: by the steady clock every deadline of a minute passes within 5 s of its time."""
    machine = Machine()
    worker = Worker(database, machine, "one")
    await begin(worker)
    dues = sorted(
        row["due_at"] for row in await worker.rows("deadlines") if isinstance(row["due_at"], datetime)
    )
    next_due = (next(due for due in dues if (due - NOON).total_seconds() > 30) - NOON).total_seconds()
    machine.wall_seconds -= 3_600
    for _ in range(int(min(next_due, 90)) + 5):
        machine.move(1)
        machine.now()
    assert (machine.now() - NOON).total_seconds() >= min(next_due, 90)


@pytest.mark.parametrize("gains", [2.0, -0.9])
async def test_a_clock_that_drifts_fires_nothing_twice(database: Database, gains: float) -> None:
    """The wall gains two minutes a minute, or nearly stands: each clock fires once, and the jump is told."""
    machine = Machine()
    worker = Worker(database, machine, "one")
    await begin(worker)
    with capture_logs() as lines:
        for _ in range(12):
            machine.move(300)
            machine.wall_seconds += 300 * gains
            await sweep_at_once(worker)
            await worker.settle()
    counts = await fired(worker)
    assert counts
    assert set(counts.values()) == {1}
    assert "clock_jumped" in [line["event"] for line in lines]


async def test_workers_that_disagree_by_five_minutes_fire_nothing_twice(
    worker: Worker, rival: Worker
) -> None:
    """One sends what has passed by its clock, the other, behind, hears of it; no fact is before the one before it."""
    rival.clock = ManualClock()
    rival.clock.move(300)
    rival.offsets = worker.offsets
    await begin(worker)
    for turn in range(24):
        for one in (worker, rival):
            one.clock.move(60)
        await sweep_at_once(worker, rival)
        await (worker, rival)[turn % 2].settle()
    counts = await fired(worker)
    assert counts
    assert set(counts.values()) == {1}
    last: dict[str, datetime] = {}
    for event in sorted(await facts(worker), key=lambda one: (one.incident_id, one.seq)):
        assert event.recorded_at >= last.get(event.incident_id, event.recorded_at)
        last[event.incident_id] = event.recorded_at


async def test_what_a_fast_clock_wrote_makes_no_clock_of_the_others_overdue(
    worker: Worker, rival: Worker
) -> None:
    """A worker a day ahead wrote something and died: `fenghuo check` calls no clock forgotten that has not passed."""
    now = datetime.now(UTC)
    worker.clock, rival.clock = ManualClock(now), ManualClock(now + timedelta(days=1))
    rival.offsets = worker.offsets
    for one, area in ((worker, PLACES[0]), (rival, PLACES[3])):
        await one.report(report(f"r-{area}", source=f"s-{area}", area=area, at=min(NOON, now)))
        await one.settle()
    found = [str(one) async for one in check(worker.database, grace_seconds=60, lives_by_wall=True)]
    assert [line for line in found if "never sent" in line] == []
