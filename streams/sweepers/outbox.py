"""Outbox sweeper: publishes what no batch publishes itself, and what a crash left behind, by claim and lease.

A batch claims its own rows until it has published them; everything else that waits is taken here: rows of gateways,
of the other sweepers, and those whose claim ran out with the process that held it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from streams.clock import Clock
from streams.metrics import Metrics
from streams.publishing import Publication
from streams.store import outbox
from streams.store.database import Database

AT_A_TIME = 500
_LEASE = timedelta(seconds=60)  # longer than a publication can take

Publish = Callable[[Sequence[Publication]], Awaitable[None]]


@dataclass(slots=True)
class OutboxSweep:
    """The work of one process; `wall` is real time, since a claim waits for a machine and not for a deadline."""

    database: Database
    wall: Clock
    publish: Publish
    cluster_id: str
    metrics: Metrics
    _me: str = field(default_factory=lambda: uuid4().hex)
    _turn: int = 0

    async def __call__(self) -> int:
        """Claim, publish, mark. Raises Transient or PublishFailed; the rows come again when the claim has run out."""
        now = self.wall.now()
        self._turn += 1
        async with self.database.write() as connection:
            claimed = await outbox.claim(
                connection,
                f"sweeper-{self._me}-{self._turn}",
                limit=AT_A_TIME,
                older_than=now,
                now=now,
                until=now + _LEASE,
            )
        if not claimed.publications:
            return 0
        await self.publish(claimed.publications)
        async with self.database.write() as connection:
            await outbox.mark_published(connection, [claimed.claim], self.cluster_id, self.wall.now())
        self.metrics.outbox.published.labels("sweeper").inc(len(claimed.publications))
        return len(claimed.publications)
