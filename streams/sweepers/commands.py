"""Command sweeper: sends a command again, byte for byte, until its unit's system has it or it climbed a tier.

The count of deliveries travels as a header; a unit executes an id once however often it comes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from streams.clock import Clock
from streams.metrics import Metrics
from streams.store import commands, outbox
from streams.store.database import Database

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class CommandSweep:
    """The work of one process; `after` is how long (program time) a unit's system may take to say `received`."""

    database: Database
    clock: Clock
    wall: Clock
    after: timedelta
    nudge_outbox: Callable[[], None]
    metrics: Metrics

    async def __call__(self) -> int:
        """Send up to 200 unheard commands again. Raises Transient: nothing was sent."""
        now = self.clock.now()
        async with self.database.write() as connection:
            unheard = await commands.send_unheard(connection, now - self.after, now, AT_A_TIME)
            await outbox.add(connection, unheard, self.wall.now())
        if unheard:
            self.metrics.commands.redeliveries.inc(len(unheard))
            self.nudge_outbox()
        return len(unheard)
