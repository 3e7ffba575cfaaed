"""Outbox sweeper: publishes what no batch publishes itself, and what a crash left behind, by claim and lease.

A batch claims its own rows until it has published them; everything else that waits is taken here: rows of the
gateway and those whose claim ran out with the process that held it.
"""

from dataclasses import dataclass

from streams.relay import Relay

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class OutboxSweep:
    """The work of one process. `older_than_seconds` 0: also what a gateway wrote this moment."""

    relay: Relay
    older_than_seconds: float = 0.0

    async def __call__(self) -> int:
        """Claim, publish, mark. Raises Transient or PublishFailed; the rows come again when the claim has run out."""
        claimed = await self.relay.units.claim_outbox(self.older_than_seconds, AT_A_TIME)
        return await self.relay.send([claimed], "outbox")
