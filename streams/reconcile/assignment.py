"""Assignment: partitions are given to this worker; what Kafka says of them is compared before the first is read.

The database decides where reading begins, whatever Kafka has as the group's offsets: none at all (the group was
deleted, or forgotten), too low or too high. Too high is somebody's doing, and a consumer that believed it would have
lost what lies between: it is raised. Records that are gone before anybody handled them are a gap; of those, what our
gateway took in, and what the engine wrote itself, is sent again. What others wrote straight to Kafka is lost, and it
is said. A partition that ends before what was handled is another one (somebody made the topic anew, or Kafka lost its
end), and so is one that has grown past it since and whose records there nobody ever handled (`fingerprint`): it is read
from its start, or what is written there now would be taken for what was handled long ago.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError

from models.tables.disagreements import DisagreementKind
from models.topics import Topic
from streams.clock import Clock
from streams.errors import Fenced, Transient
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.reconcile.fingerprint import LOOKED_AT, never_handled
from streams.reconcile.holdings import Holdings
from streams.store import disagreements, outbox, progress
from streams.store.database import Database
from streams.store.disagreements import Disagreement
from streams.store.progress import Partition

# A broker that does not answer must not hold up a rebalance of the whole group: a gap is found by reading, too.
_ASKED_WITHIN_SECONDS = 5.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Assignments:
    """Compares for one worker. `clock` is the program's time, `wall` real time."""

    database: Database
    holdings: Holdings
    cluster_id: str
    group: str
    clock: Clock
    wall: Clock
    metrics: Metrics

    async def compare(self, partitions: Collection[Partition]) -> tuple[Disagreement, ...]:
        """Settle and raise what differs on these partitions, and return it. Reading may begin afterwards.

        When Kafka or the database do not answer, or another worker is at it, nothing is compared: a line says so.
        """
        try:
            async with asyncio.timeout(_ASKED_WITHIN_SECONDS):
                # Kafka first: an offset is committed after the database knows it, never before.
                committed, first, ends = await asyncio.gather(
                    self.holdings.committed(self.group, partitions),
                    self.holdings.first(partitions),
                    self.holdings.ends(partitions),
                )
            found = await self._begun_anew(ends) or await self._settled(partitions, committed, first)
        except (KafkaError, TimeoutError, Transient, Fenced) as away:
            _log.warning(LogEvent.OFFSETS_NOT_COMPARED, fault=f"{type(away).__name__}: {away}")
            return ()
        for one in found:
            self.metrics.messages.disagreements.labels(one.kind.value).inc()
            _log.error(
                LogEvent.DISAGREEMENT_FOUND, kind=one.kind.value, subject=one.subject, detail=one.detail
            )
        return found

    async def _begun_anew(self, ends: Mapping[Partition, int]) -> tuple[Disagreement, ...]:
        async with self.database.read() as connection:
            stands_at = await progress.next_offsets(connection, self.cluster_id)
        found: list[Disagreement] = []
        for (topic, number), why in [
            *await self._ended_before(ends, stands_at),
            *await self._grown_anew(ends, stands_at),
        ]:
            detail = f"{why}: it is another one and read from its start"
            end = str(ends[topic, number])
            found.append(Disagreement(DisagreementKind.REWOUND, f"{topic}[{number}]", end, detail))
            async with self.database.write() as connection:
                await progress.begin_anew(connection, self.cluster_id, (topic, number), self.wall.now())
                await outbox.republish_unseen(connection)
                await disagreements.record(connection, self.cluster_id, found[-1:], self.wall.now())
        return tuple(found)

    async def _ended_before(
        self, ends: Mapping[Partition, int], stands_at: Mapping[Partition, int]
    ) -> list[tuple[Partition, str]]:
        suspected = [(one, end) for one, end in sorted(ends.items()) if end < stands_at.get(one, 0)]
        return [
            (one, f"it ends at {end}, handled is what lay before {stands_at[one]}")
            for one, end in suspected
            # An end alone proves nothing (Tansu); that the last record that was handled is not there does.
            if not await self._has_record(*one, stands_at[one] - 1)
        ]

    async def _grown_anew(
        self, ends: Mapping[Partition, int], stands_at: Mapping[Partition, int]
    ) -> list[tuple[Partition, str]]:
        reached = {one: stands_at[one] for one, end in ends.items() if 0 < stands_at.get(one, 0) <= end}
        async with asyncio.timeout(_ASKED_WITHIN_SECONDS):
            reads = await self.holdings.before(reached, LOOKED_AT)
        async with self.database.read() as connection:
            strange = await never_handled(connection, self.cluster_id, reads)
        return [
            (one, f"what stands at {read.offset} was never handled, though that goes on at {stands_at[one]}")
            for one, read in strange.items()
        ]

    async def _has_record(self, topic: str, number: int, offset: int) -> bool:
        async with asyncio.timeout(_ASKED_WITHIN_SECONDS):
            later = await self.holdings.since(Topic(topic), {number: offset})
        return any(read.partition == number and read.offset >= offset for read in later)

    async def _settled(
        self,
        partitions: Collection[Partition],
        committed: Mapping[Partition, int],
        first: Mapping[Partition, int],
    ) -> tuple[Disagreement, ...]:
        async with self.database.read() as connection:
            stands_at = await progress.next_offsets(connection, self.cluster_id)
        gone = {one: first[one] for one in partitions if first.get(one, 0) > stands_at.get(one, 0)}
        found = tuple(_ahead(partitions, committed, stands_at, gone))
        if not found and not gone:
            return ()
        async with self.database.write() as connection:
            sent_again = 0
            for partition, oldest in sorted(gone.items()):
                await progress.skip(connection, self.cluster_id, partition, oldest, self.clock.now())
            if gone:
                sent_again = await outbox.republish_unseen(connection)
            found += tuple(_truncated(gone, stands_at, sent_again))
            await disagreements.record(connection, self.cluster_id, found, self.wall.now())
        return found


def _ahead(
    partitions: Collection[Partition],
    committed: Mapping[Partition, int],
    stands_at: Mapping[Partition, int],
    gone: Mapping[Partition, int],
) -> Iterator[Disagreement]:
    for topic, number in sorted(partitions):
        kafka, ours = committed.get((topic, number), 0), stands_at.get((topic, number), 0)
        if kafka > max(ours, gone.get((topic, number), 0)):
            detail = (
                f"the group's offset is {kafka}, handled is what lies before {ours}: "
                f"read from there, so that {kafka - ours} are not lost; find out who set the offset"
            )
            yield Disagreement(DisagreementKind.OFFSETS_AHEAD, f"{topic}[{number}]", str(kafka), detail)


def _truncated(
    gone: Mapping[Partition, int], stands_at: Mapping[Partition, int], sent_again: int
) -> Iterator[Disagreement]:
    for (topic, number), oldest in sorted(gone.items()):
        ours = stands_at.get((topic, number), 0)
        detail = (
            f"{oldest - ours} records from offset {ours} on are gone and were not handled; of all topics "
            f"{sent_again} messages of ours are sent again, what others wrote straight to Kafka there is lost"
        )
        yield Disagreement(DisagreementKind.TRUNCATED, f"{topic}[{number}]", str(oldest), detail)
