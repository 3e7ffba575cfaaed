"""Deadline sweeper: sends each clock that has passed, once, to the stage that must hear of it.

Marking the clock and writing its message are one transaction, so two sweepers send it once and no crash lies between;
the message's id is derived from the clock, so even a message that travels twice is handled once.
"""

from dataclasses import dataclass

from streams.clock import Clock
from streams.processing.relay import Relay

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class DeadlineSweep:
    """The work of one process; `clock` is the program's time, which deadlines live by."""

    relay: Relay
    clock: Clock

    async def __call__(self) -> int:
        """Send up to 200 passed clocks; the rest comes with the next piece. Raises Transient or PublishFailed."""
        claimed = await self.relay.units.send_due_deadlines(self.clock.now(), AT_A_TIME)
        return await self.relay.send([claimed], "deadlines")
