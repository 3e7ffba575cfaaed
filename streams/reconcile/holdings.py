"""Holdings: what a cluster has, asked of its broker. Nothing here is committed, and no group is joined."""

from collections.abc import Collection, Mapping
from typing import Protocol

from models.topics import Topic
from streams.broker.access import Brokers
from streams.broker.reading import (
    Read,
    committed_offsets,
    end_offsets,
    first_offsets,
    read_before,
    read_from,
    read_last,
)
from streams.store.progress import Partition


class Holdings(Protocol):
    """What lies on the topics of one cluster. Each raises KafkaError when no broker answers."""

    async def newest(self, topic: Topic, most: int) -> list[Read]:
        """Up to `most` records from the end of each partition."""
        ...

    async def since(self, topic: Topic, next_offsets: Mapping[int, int]) -> list[Read]:
        """Everything from these offsets on (0 where none is given), each partition in order."""
        ...

    async def before(self, next_offsets: Mapping[Partition, int], most: int) -> list[Read]:
        """Up to `most` records right before each of these offsets, none of which lies beyond the end."""
        ...

    async def first(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """The offset of the oldest record that each partition still has, or its end."""
        ...

    async def ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Where the next record of each partition will stand; Tansu may tell one that is too low."""
        ...

    async def committed(self, group: str, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """What Kafka has as the group's offsets; a partition without one is left out."""
        ...


class KafkaHoldings:
    """The holdings of the cluster that these brokers are."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers

    async def newest(self, topic: Topic, most: int) -> list[Read]:
        """See `Holdings`."""
        return await read_last(self._brokers, topic.value, most)

    async def since(self, topic: Topic, next_offsets: Mapping[int, int]) -> list[Read]:
        """See `Holdings`."""
        return await read_from(self._brokers, topic.value, next_offsets)

    async def before(self, next_offsets: Mapping[Partition, int], most: int) -> list[Read]:
        """See `Holdings`."""
        return await read_before(self._brokers, next_offsets, most)

    async def first(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """See `Holdings`."""
        return await first_offsets(self._brokers, partitions)

    async def ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """See `Holdings`."""
        return await end_offsets(self._brokers, partitions)

    async def committed(self, group: str, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """See `Holdings`."""
        return await committed_offsets(self._brokers, group, partitions)
