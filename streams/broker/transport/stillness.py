"""Stillness: since when a partition has had more to read while nobody read on.

What neither the age of an unacknowledged slice nor the turning fetch loop shows: a consumer that asks and asks and is
given nothing, though there is something (a fetcher that died in its client, a partition that everybody forgot to
resume). Pure bookkeeping: no Kafka, no clock (times come in).
"""

from collections.abc import Mapping

from faust.types import TP


class Stillness:
    """Each partition that lies behind its end, with the position at which it was first seen to stand."""

    def __init__(self) -> None:
        self._standing: dict[TP, tuple[int, float]] = {}

    def look(self, positions: Mapping[TP, int], ends: Mapping[TP, int], now_seconds: float) -> None:
        """How far each partition is read, and where it ends; one that is left out is not to be judged now."""
        behind = {tp: at for tp, at in positions.items() if at < ends.get(tp, 0)}
        before = self._standing
        self._standing = {
            tp: before[tp] if before.get(tp, (None, 0.0))[0] == at else (at, now_seconds)
            for tp, at in behind.items()
        }

    def forget(self) -> None:
        """Nothing is known: the broker does not answer, and that is not this consumer's fault."""
        self._standing = {}

    def seconds(self, now_seconds: float) -> float:
        """How long the longest has stood still, 0.0 when none does; on the clock of the looks."""
        return max((now_seconds - since for _, since in self._standing.values()), default=0.0)
