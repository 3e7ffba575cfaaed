"""Command sweeper: sends a command again, byte for byte, until its unit's system has it or it climbed a tier.

The count of deliveries travels as a header; a unit executes an id once however often it comes.
"""

from dataclasses import dataclass
from datetime import timedelta

from streams.clock import Clock
from streams.processing.relay import Relay

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class CommandSweep:
    """The work of one process; `after` is how long (program time) a unit's system may take to say `received`."""

    relay: Relay
    clock: Clock
    after: timedelta

    async def __call__(self) -> int:
        """Send up to 200 unheard commands again. Raises Transient or PublishFailed."""
        now = self.clock.now()
        claimed = await self.relay.units.send_unheard_commands(now - self.after, now, AT_A_TIME)
        sent = await self.relay.send([claimed], "commands")
        self.relay.metrics.commands.redeliveries.inc(sent)
        return sent
