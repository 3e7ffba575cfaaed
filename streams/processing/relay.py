"""Relay: brings claimed outbox rows to Kafka and marks them, the same way for batches and sweepers.

What is not marked when a process dies is sent again by whoever sweeps next, byte for byte.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from streams.broker.publishing import Publication
from streams.metrics import Metrics
from streams.program.failpoints import Failpoint, failpoint, is_armed
from streams.store.outbox import Claimed
from streams.store.unit_of_work import UnitsOfWork

Publish = Callable[[Sequence[Publication]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Relay:
    """The way to Kafka of one process."""

    publish: Publish
    units: UnitsOfWork
    metrics: Metrics

    async def send(self, claims: Sequence[Claimed], by: str) -> int:
        """Publish everything under these claims, in order, and mark it. Returns how many records.

        Raises PublishFailed or Transient; do it again then, or leave it: the claims run out and a sweeper takes over.
        """
        publications = [publication for claimed in claims for publication in claimed.publications]
        if not publications:
            return 0
        await self._publish(publications)
        failpoint(Failpoint.AFTER_PUBLISH)
        await self.units.mark_published([claimed.claim for claimed in claims])
        self.metrics.outbox.published.labels(by).inc(len(publications))
        return len(publications)

    async def _publish(self, publications: Sequence[Publication]) -> None:
        if not is_armed(Failpoint.MID_PUBLISH):
            await self.publish(publications)
            return
        half = (len(publications) + 1) // 2
        await self.publish(publications[:half])
        failpoint(Failpoint.MID_PUBLISH)
        await self.publish(publications[half:])
