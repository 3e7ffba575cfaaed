"""Broker: Kafka as the simulation has it - partitions, what was committed, who is in the group, and who is told.

Its logs and their offsets are those of `tests.stored.broker`. It keeps Kafka's promises and no others: the order of a
partition is the order of arrival, a member of an older generation commits nothing, and an answer may be lost.
"""

import asyncio
from collections.abc import Callable, Sequence

from faust.types import TP

from models.topics import ENGINE_READ
from streams.broker.publishing import Publication, PublishFailed
from streams.store.publications import Headers
from tests.simulation.lives import Life
from tests.simulation.plan import Fault, Plan
from tests.stored.broker import PARTITIONS, MemoryBroker

_REFUSED_SHARE = 0.08
EVERY_PARTITION = tuple(TP(topic, number) for topic in sorted(ENGINE_READ) for number in range(PARTITIONS))


class SimulatedBroker(MemoryBroker):
    """One cluster."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("simulated-cluster")
        self.plan = plan
        self.chance = plan.chance("broker")
        self.is_away = False
        self.is_healed = False
        self.committed: dict[TP, int] = {}
        self._told: list[Callable[[], None]] = []

    def tell(self, listener: Callable[[], None]) -> None:
        """Call this whenever something arrives."""
        self._told.append(listener)

    def stir(self) -> None:
        """Something may be had that was not there before."""
        for listener in self._told:
            listener()

    def append(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        partition: int | None = None,
        headers: Headers = (),
    ) -> None:
        """As `MemoryBroker.append`, and whoever listens is told."""
        super().append(topic, key, value, partition, headers)
        if self.plan.has(Fault.HOLES) and not self.is_healed and self.chance.random() < 0.03:
            partitions = [p for t, p in self.logs if t == topic]
            self.leave_hole(topic, self.chance.choice(sorted(partitions)), self.chance.randint(1, 2))
        self.stir()

    def fate(self) -> Fault | None:
        """What becomes of this publication."""
        if self.is_healed:
            return None
        for fault in (Fault.PUBLISH_REFUSED, Fault.PUBLISH_UNANSWERED):
            if self.plan.has(fault) and self.chance.random() < _REFUSED_SHARE:
                return fault
        return None


class SimulatedPublisher:
    """A producer in one process."""

    def __init__(self, broker: SimulatedBroker, life: Life) -> None:
        self._broker = broker
        self._life = life

    async def publish(self, publications: Sequence[Publication]) -> None:
        """Send each topic's share on its own, as requests per partition travel. Raises PublishFailed."""
        broker = self._broker
        await self._arrive()
        fate = broker.fate()
        most = len(publications)
        if fate is Fault.PUBLISH_REFUSED:
            most = broker.chance.choice([0, most // 2])
        for topic in dict.fromkeys(one.topic for one in publications[:most]):
            for one in publications[:most]:
                if one.topic == topic:
                    broker.published.append(one)
                    broker.append(one.topic, one.key, one.value, headers=one.headers)
            if broker.chance.random() < 0.2:
                await self._arrive()
        if fate is not None:
            raise PublishFailed(fate.value)

    async def _arrive(self) -> None:
        await self._life.gate()
        await asyncio.sleep(self._broker.chance.uniform(0.0005, 0.02))
        await self._life.gate()
        if self._broker.is_away:
            await asyncio.sleep(1.0)
            raise PublishFailed("the broker does not answer")
