"""A batch as the transport hands it over, that remembers what was done with it."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field

from faust.types import TP


@dataclass(frozen=True, slots=True)
class FakeRecord:
    """What the loop asks of aiokafka's record."""

    partition: int
    offset: int
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class FakeBatch:
    """Records of one topic. `is_ours` can be taken away."""

    records: list[FakeRecord]
    is_ours: bool = True
    acks: int = 0
    given_back: list[Mapping[TP, int] | None] = field(default_factory=list)

    def is_current(self) -> bool:
        return self.is_ours

    def ack(self) -> None:
        self.acks += 1

    async def give_back(self, next_offsets: Mapping[TP, int] | None = None) -> None:
        self.given_back.append(next_offsets)


def batch_of(values: Iterable[bytes | None], first_offset: int = 0, partition: int = 0) -> FakeBatch:
    """A batch of these values at consecutive offsets of one partition."""
    return FakeBatch([FakeRecord(partition, first_offset + n, value) for n, value in enumerate(values)])


async def delivering(*batches: FakeBatch) -> AsyncIterator[FakeBatch]:
    """The batches one after the other, then the end."""
    for batch in batches:
        yield batch
