"""The agenda: things come up in the order of their time, each once, and the latest word about a thing counts."""

import asyncio
from datetime import timedelta

from streams.simulator.agenda import Agenda
from tests.unit.simulator.city import BEGAN, JumpingClock, turn


def after(seconds: float) -> timedelta:
    """A time from the beginning."""
    return timedelta(seconds=seconds)


async def taken(agenda: Agenda[str], clock: JumpingClock, count: int) -> list[tuple[str, float]]:
    """The next things that come up, and when, the clock jumping to each."""
    found = []
    for _ in range(count):
        waiting = asyncio.create_task(agenda.next_due())
        await turn()
        while not waiting.done():
            wake_at = clock.next_wake()
            assert wake_at is not None
            clock.time = wake_at
            clock.wake_due()
            await turn()
        found.append((waiting.result(), (clock.time - BEGAN).total_seconds()))
    return found


async def test_things_come_up_in_the_order_of_time() -> None:
    """Whatever was put first, the earliest comes first and at its time; what is overdue comes at once."""
    clock = JumpingClock()
    agenda: Agenda[str] = Agenda(clock)
    for thing, seconds in (("late", 30.0), ("soon", 10.0), ("overdue", -5.0)):
        agenda.put(thing, BEGAN + after(seconds))
    assert await taken(agenda, clock, 3) == [("overdue", 0), ("soon", 10), ("late", 30)]


async def test_a_thing_stands_there_once() -> None:
    """Put again it moves; `put_sooner` moves it forward only; dropped it does not come up."""
    clock = JumpingClock()
    agenda: Agenda[str] = Agenda(clock)
    agenda.put("a", BEGAN + after(10))
    agenda.put("a", BEGAN + after(40))
    agenda.put_sooner("a", BEGAN + after(50))
    agenda.put("b", BEGAN + after(45))
    agenda.put_sooner("b", BEGAN + after(20))
    agenda.put("c", BEGAN + after(1))
    agenda.drop("c")
    assert ("c" in agenda, "a" in agenda) == (False, True)
    assert await taken(agenda, clock, 2) == [("b", 20), ("a", 40)]


async def test_who_waits_is_woken_by_something_sooner() -> None:
    """While somebody waits for a thing in an hour, a thing of now is put there and comes up at once."""
    clock = JumpingClock()
    agenda: Agenda[str] = Agenda(clock)
    agenda.put("in an hour", BEGAN + after(3_600))
    waiting = asyncio.create_task(agenda.next_due())
    await turn()
    assert not waiting.done()
    agenda.put("now", BEGAN)
    await turn()
    assert waiting.result() == "now"


async def test_two_who_wait_get_one_thing_each() -> None:
    """Nothing comes up twice, however many wait."""
    clock = JumpingClock()
    agenda: Agenda[str] = Agenda(clock)
    waiting = [asyncio.create_task(agenda.next_due()) for _ in range(2)]
    await turn()
    agenda.put("a", BEGAN)
    agenda.put("b", BEGAN)
    await turn()
    assert sorted(task.result() for task in waiting) == ["a", "b"]
