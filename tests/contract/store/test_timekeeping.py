"""Timekeeping on both engines: whose clock a process starts with, and when it waits for a person to set one right."""

import asyncio
import itertools
import time

import pytest
from prometheus_client import CollectorRegistry

from streams.clock import WallClock, Whose, steady_seconds
from streams.metrics import Metrics
from streams.program.readiness import Component, Readiness
from streams.program.timekeeping import Timekeeper
from streams.store.database import Database

_NEAR_SECONDS = 2.0


class Host:
    """A machine whose clock somebody set wrong, and the process that starts on it."""

    def __init__(self, database: Database, wrong_by_seconds: float, may_differ_seconds: float | None) -> None:
        self.wrong_by_seconds = wrong_by_seconds
        self.registry = CollectorRegistry()
        self.readiness = Readiness([Component.CLOCK])
        self.wall = WallClock(wall=self.reads)
        self.keeper = Timekeeper(
            database=database,
            wall=self.wall,
            metrics=Metrics(self.registry).clocks,
            readiness=self.readiness,
            may_differ_seconds=may_differ_seconds,
            machine=self.reads,
        )

    def reads(self) -> float:
        return time.time() + self.wrong_by_seconds

    def ahead_seconds(self) -> float:
        """How far its program's time is ahead of the true one."""
        return self.wall.now().timestamp() - time.time()

    def told_wrong_seconds(self, whose: Whose) -> float | None:
        return self.registry.get_sample_value("fenghuo_clock_wrong_seconds", {"clock": whose.value})


async def test_a_machine_that_is_a_little_wrong_goes_by_the_database(database: Database) -> None:
    """Where all workers see one clock, each starts with that; SQLite has only the machine's."""
    host = Host(database, 20, 30)
    await host.keeper.settle()
    await host.keeper.look()
    assert host.readiness.is_ready()
    if database.is_sqlite:
        assert host.ahead_seconds() == pytest.approx(20, abs=_NEAR_SECONDS)
    else:
        assert host.ahead_seconds() == pytest.approx(0, abs=_NEAR_SECONDS)
        assert host.told_wrong_seconds(Whose.MACHINE) == pytest.approx(20, abs=_NEAR_SECONDS)
        assert host.told_wrong_seconds(Whose.DATABASE) == pytest.approx(0, abs=_NEAR_SECONDS)


@pytest.mark.parametrize("wrong_by_seconds", [300.0, -300.0])
async def test_an_engine_waits_until_somebody_sets_the_clock(
    database: Database, wrong_by_seconds: float
) -> None:
    """Nobody can tell which of the two is right: it does not start, says why, and goes on when they agree."""
    if database.is_sqlite:
        pytest.skip("one clock")
    host = Host(database, wrong_by_seconds, 30)
    starting = asyncio.create_task(host.keeper.settle())
    while "300.0 s" not in (host.readiness.components()["clock"] or ""):
        await asyncio.sleep(0)
    assert not starting.done()
    assert host.told_wrong_seconds(Whose.MACHINE) == pytest.approx(300, abs=_NEAR_SECONDS)
    host.wrong_by_seconds = 0
    await starting
    assert host.readiness.is_ready()
    assert host.ahead_seconds() == pytest.approx(0, abs=_NEAR_SECONDS)


async def test_a_slow_database_keeps_nobody_from_starting(database: Database) -> None:
    """An answer that takes seconds says little of the time; who gets no better one starts by it in the end."""
    if database.is_sqlite:
        pytest.skip("one clock")
    host, looks = Host(database, 0, 30), itertools.count()
    host.keeper.steady = lambda: steady_seconds() + 1.5 * next(looks)
    await host.keeper.settle()
    assert host.readiness.is_ready()


async def test_a_gateway_waits_for_no_clock(database: Database) -> None:
    """What is reported is taken in whatever the time is, and on PostgreSQL stamped with the database's."""
    host = Host(database, 86_400, None)
    await host.keeper.settle()
    right = 86_400 if database.is_sqlite else 0
    assert host.ahead_seconds() == pytest.approx(right, abs=_NEAR_SECONDS)
