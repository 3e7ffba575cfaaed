"""The program's time only grows, whatever happens to the machine's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from streams.clock import ScaledClock, WallClock, Whose


class Machine:
    """The two clocks of a machine, moved by hand."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.steady = 50.0

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def wall_clock(machine: Machine) -> Callable[[], float]:
    clock = WallClock(wall=lambda: machine.wall, steady=lambda: machine.steady)
    return lambda: clock.now().timestamp()


def test_an_undisturbed_clock_is_the_wall() -> None:
    """While nobody touches the machine's clock, the program's time is wall time in aware UTC."""
    machine = Machine()
    clock = WallClock(wall=lambda: machine.wall, steady=lambda: machine.steady)
    machine.passes(3_600)
    assert clock.now() == datetime.fromtimestamp(machine.wall, UTC)


@pytest.mark.parametrize("jump_seconds", [3_600.0, -3_600.0])
def test_a_jump_is_slewed_and_told_once(jump_seconds: float) -> None:
    """A clock that was set is followed slowly, never backwards, and told once until it is whole again."""
    machine = Machine()
    now = wall_clock(machine)
    before = now()
    machine.wall += jump_seconds
    with capture_logs() as lines:
        seen = []
        for _ in range(10):
            machine.passes(60)
            seen.append(now())
    assert seen == sorted(seen)
    assert abs(seen[-1] - before - 600) == pytest.approx(3)
    assert [line["event"] for line in lines] == ["clock_jumped"]


def test_a_small_drift_is_made_good() -> None:
    """A quartz that is a second off is followed within minutes, without a word."""
    machine = Machine()
    now = wall_clock(machine)
    machine.wall += 1
    with capture_logs() as lines:
        machine.passes(240)
        assert now() == pytest.approx(machine.wall)
    assert lines == []


def test_a_steady_clock_that_returns_changes_nothing() -> None:
    """Even a steady clock that steps back cannot move the program's time back."""
    machine = Machine()
    now = wall_clock(machine)
    before = now()
    machine.steady -= 10
    assert now() == before


def following(machine: Machine, database_ahead: float) -> tuple[WallClock, list[Whose]]:
    """A clock that began with a machine's wrong one and follows the database's; who jumped, as it tells it."""
    told: list[Whose] = []
    clock = WallClock(lambda: machine.wall, lambda: machine.steady, told.append)
    clock.follow(machine.wall + database_ahead - machine.steady, at_once=True)
    return clock, told


def test_a_program_starts_with_the_time_of_the_database() -> None:
    """Before anything is decided the database's clock is taken over at once; that the machine's is wrong is told."""
    machine = Machine()
    clock, told = following(machine, -300)
    for _ in range(3):
        machine.passes(60)
        assert clock.now().timestamp() == pytest.approx(machine.wall - 300)
    assert told == [Whose.MACHINE]
    assert clock.wrong_seconds() == {Whose.MACHINE: pytest.approx(300), Whose.DATABASE: pytest.approx(0)}


@pytest.mark.parametrize("jump_seconds", [3_600.0, -3_600.0, 86_400.0])
def test_who_follows_the_database_does_not_mind_the_machine(jump_seconds: float) -> None:
    """Somebody sets the machine's clock: the program's time goes on as the database's does."""
    machine = Machine()
    clock, told = following(machine, 0)
    before = clock.now().timestamp()
    machine.wall += jump_seconds
    machine.passes(600)
    assert clock.now().timestamp() == pytest.approx(before + 600)
    assert told == [Whose.MACHINE]


def test_a_database_whose_clock_was_set_is_slewed_to_and_told() -> None:
    """The database's clock is followed as slowly as any other once the program runs, and never backwards."""
    machine = Machine()
    clock, told = following(machine, 0)
    before = clock.now().timestamp()
    clock.follow(machine.wall - 3_600 - machine.steady)
    machine.passes(600)
    assert clock.now().timestamp() == pytest.approx(before + 597)
    assert told == [Whose.DATABASE]


def test_scaled_time_runs_on_from_its_origin() -> None:
    """At speed 100 a second is 100, counted from where the last run stood."""
    machine = Machine()
    origin = datetime(2026, 1, 1, tzinfo=UTC)
    clock = ScaledClock(origin, 100, steady=lambda: machine.steady)
    machine.passes(36)
    assert clock.now() == origin + timedelta(hours=1)
