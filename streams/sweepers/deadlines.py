"""Deadline sweeper: sends each clock that has passed, once, to the stage that must hear of it.

Marking the clock and writing its message are one transaction, so two sweepers send it once and no crash lies between;
the message's id is derived from the clock, so even a message that travels twice is handled once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from streams.clock import Clock
from streams.store import deadlines, outbox
from streams.store.database import Database

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class DeadlineSweep:
    """The work of one process; `clock` is the program's time, which deadlines live by."""

    database: Database
    clock: Clock
    wall: Clock
    nudge_outbox: Callable[[], None]

    async def __call__(self) -> int:
        """Send up to 200 passed clocks; the rest comes with the next piece. Raises Transient: nothing was sent."""
        async with self.database.write() as connection:
            sent = await deadlines.send_due(connection, self.clock.now(), AT_A_TIME)
            await outbox.add(connection, sent, self.wall.now())
        if sent:
            self.nudge_outbox()
        return len(sent)
