"""Which slices are delivered, which are acknowledged, and up to where that may be committed.

Strict order: an offset is committable only when every slice delivered before it on its partition is acknowledged.
Pure bookkeeping: no Kafka, no Faust service, no clock (times come in).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from faust.types import TP


@dataclass(slots=True, eq=False)
class Slice:
    """Consecutive records of one partition, delivered as one event.

    `epoch` is the number of the seek after which they were read; a later seek or a revocation makes them stale.
    """

    partition: TP
    epoch: int
    first_offset: int
    next_offset: int
    delivered_at_seconds: float
    taken_at_seconds: float = 0.0
    is_taken: bool = False
    is_acked: bool = False


class OffsetTracker:
    """The delivered slices of every partition, in the order of their offsets."""

    def __init__(self) -> None:
        self._open: dict[TP, deque[Slice]] = {}
        self._committable: dict[TP, int] = {}
        self._finished_at_seconds: dict[str, float] = {}

    def deliver(self, delivered: Slice) -> None:
        """Remember a slice that is on its way to an agent."""
        self._open.setdefault(delivered.partition, deque()).append(delivered)

    def finish(self, held: Slice, now_seconds: float) -> None:
        """An agent is done with this slice."""
        held.is_acked = True
        self._finished_at_seconds[held.partition.topic] = now_seconds

    def committable(self) -> dict[TP, int]:
        """The next offset of each partition up to which everything is acknowledged and not yet committed."""
        for partition, delivered in self._open.items():
            while delivered and delivered[0].is_acked:
                self._committable[partition] = delivered.popleft().next_offset
        return dict(self._committable)

    def committed(self, offsets: Mapping[TP, int]) -> None:
        """These went to Kafka; what was acknowledged meanwhile stays to be committed."""
        for partition, offset in offsets.items():
            if self._committable.get(partition) == offset:
                del self._committable[partition]

    def forget(self, partitions: Iterable[TP]) -> None:
        """Drop all that is known of these partitions: they were revoked, or are read anew from another offset."""
        for partition in partitions:
            self._open.pop(partition, None)
            self._committable.pop(partition, None)

    def is_in_hand(self) -> bool:
        """Whether an agent works on a slice now: it took it and has not acknowledged it."""
        return any(
            held.is_taken and not held.is_acked for delivered in self._open.values() for held in delivered
        )

    def oldest_unacked_seconds(self, now_seconds: float) -> float:
        """Age of the oldest slice that is not acknowledged, 0.0 when there is none; both on the same clock."""
        self.committable()
        waiting_since = [delivered[0].delivered_at_seconds for delivered in self._open.values() if delivered]
        return now_seconds - min(waiting_since, default=now_seconds)

    def unfinished_seconds(self, now_seconds: float) -> float:
        """How long an agent has held a slice, or none of its topic was finished while one waits; the longest of them.

        Not the age: what waits in a long queue grows old while the agent before it works as it should.
        """
        self.committable()
        since = [self._unfinished_since(delivered[0]) for delivered in self._open.values() if delivered]
        return now_seconds - min(since, default=now_seconds)

    def _unfinished_since(self, held: Slice) -> float:
        if held.is_taken:
            return held.taken_at_seconds
        return max(held.delivered_at_seconds, self._finished_at_seconds.get(held.partition.topic, 0.0))
