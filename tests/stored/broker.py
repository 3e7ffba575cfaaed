"""Kafka in memory: a log for each partition, how far it was read, and everything that was ever published to it.

It keeps what a broker keeps and promises no more: a publication may arrive by half, and what was not acknowledged
comes again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from faust.types import TP

from streams.broker.partitioner import partition_of
from streams.broker.publishing import Publication
from streams.store.progress import Partition
from streams.store.publications import Headers
from tests.fakes.batches import FakeRecord

PARTITIONS = 2


class MemoryBroker:
    """One cluster. Its offsets begin at 0, and what it holds dies with it."""

    def __init__(self, cluster_id: str) -> None:
        self.cluster_id = cluster_id
        self.logs: defaultdict[Partition, list[FakeRecord]] = defaultdict(list)
        self.read_to = Counter[Partition]()
        self.published: list[Publication] = []
        self.fault: BaseException | None = None
        self.lost: set[tuple[str, bytes | None, bytes | None]] = set()
        self._ends = Counter[Partition]()

    async def publish(self, publications: Sequence[Publication]) -> None:
        """Take all of them; with a fault planted the first half, and then the fault."""
        fault, self.fault = self.fault, None
        taken = publications if fault is None else publications[: len(publications) // 2]
        for one in taken:
            self.published.append(one)
            self.append(one.topic, one.key, one.value, headers=one.headers)
        if fault is not None:
            raise fault

    def append(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        partition: int | None = None,
        headers: Headers = (),
    ) -> None:
        """One more record, where its key belongs or where its sender insists."""
        partition = partition_of(key, PARTITIONS) if partition is None else partition
        offset = self._ends[topic, partition]
        self.logs[topic, partition].append(FakeRecord(partition, offset, value, key, headers))
        self._ends[topic, partition] += 1

    def leave_hole(self, topic: str, partition: int, width: int) -> None:
        """Offsets that no reader ever gets, as transaction markers and compaction leave them."""
        self._ends[topic, partition] += width

    def lose_unread(self, topic: str, partition: int) -> int:
        """What nobody has read is gone, as when it grew too old. How many records that were."""
        log, read_to = self.logs[topic, partition], self.read_to[topic, partition]
        self.logs[topic, partition] = [record for record in log if record.offset < read_to]
        gone = [record for record in log if record.offset >= read_to]
        self.lost.update((topic, record.key, record.value) for record in gone)
        return len(gone)

    def lose_before(self, topic: str, partition: int, offset: int) -> None:
        """What stood before this offset is gone, read or not, as when it grew too old."""
        self.logs[topic, partition] = [
            record for record in self.logs[topic, partition] if record.offset >= offset
        ]

    def first_offset(self, topic: str, partition: int) -> int:
        """Of the oldest record that is still there, or where the next one will stand."""
        log = self.logs[topic, partition]
        return log[0].offset if log else self._ends[topic, partition]

    def end_offset(self, topic: str, partition: int) -> int:
        """Where the next record will stand."""
        return self._ends[topic, partition]

    def make_anew(self, topic: str, partition: int) -> None:
        """Somebody deleted the topic and made it again: it is empty, and its offsets begin at 0."""
        self.logs[topic, partition] = []
        self._ends[topic, partition] = 0

    def waiting(self, topic: str, most: int) -> list[FakeRecord]:
        """Up to `most` records of each partition that were not acknowledged, in the order of offsets."""
        return [
            record
            for partition in range(PARTITIONS)
            for record in [
                r for r in self.logs[topic, partition] if r.offset >= self.read_to[topic, partition]
            ][:most]
        ]

    def records(self) -> Iterator[tuple[str, FakeRecord]]:
        """Everything that lies here, with its topic."""
        for (topic, _), log in sorted(self.logs.items()):
            for record in log:
                yield topic, record


@dataclass(slots=True)
class Delivery:
    """Records of one topic on their way through the loop; what becomes of them, the broker learns."""

    broker: MemoryBroker
    topic: str
    records: Sequence[FakeRecord]

    def is_current(self) -> bool:
        return True

    def ack(self) -> None:
        for record in self.records:
            self.broker.read_to[self.topic, record.partition] = record.offset + 1

    async def give_back(self, next_offsets: Mapping[TP, int] | None = None) -> None:
        for (topic, partition), offset in (next_offsets or {}).items():
            self.broker.read_to[topic, partition] = offset
