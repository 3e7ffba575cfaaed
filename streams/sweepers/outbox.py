"""Outbox sweeper: publishes what no batch publishes itself, and what a crash left behind, by claim and lease.

A batch claims its own rows until it has published them; everything else that waits is taken here: rows of the
gateway and those whose claim ran out with the process that held it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.topics import Topic
from streams.clock import Clock
from streams.processing.relay import Relay
from streams.store import outbox
from streams.store.database import Database
from streams.store.outbox import EVERY_TOPIC

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class OutboxSweep:
    """The work of one process. `older_than_seconds` 0: also what a gateway wrote this moment.

    `topics` are those that this process may write (`streams/broker/acls.py`); rows for others it leaves alone.
    """

    relay: Relay
    older_than_seconds: float = 0.0
    topics: Sequence[Topic] = EVERY_TOPIC

    async def __call__(self) -> int:
        """Claim, publish, mark. Raises Transient or PublishFailed; the rows come again when the claim has run out."""
        claimed = await self.relay.units.claim_outbox(self.older_than_seconds, AT_A_TIME, self.topics)
        return await self.relay.send([claimed], "outbox")


@dataclass(frozen=True, slots=True)
class OutboxPruning:
    """Forgets what was published long ago, save what the engine has yet to read."""

    database: Database
    wall: Clock
    kept: timedelta

    async def __call__(self) -> int:
        """Prune once. Returns how many rows were forgotten. Raises Transient."""
        async with self.database.write() as connection:
            return await outbox.prune(connection, self.wall.now() - self.kept)
