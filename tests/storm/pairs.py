"""Pairs: how well reports were put together, by every pair of them: what fusion is measured by.

Precision: of the pairs that were put together, the share that belong together. Recall: of the pairs that belong
together, the share that were put together. Must never enter: where the two groupings come from.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pairs:
    """`joined` pairs were put together, `true` belong together, `right` are both."""

    joined: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """1 when nothing was joined."""
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """1 when nothing belongs together."""
        return self.right / self.true if self.true else 1.0

    def __add__(self, other: "Pairs") -> "Pairs":
        return Pairs(self.joined + other.joined, self.true + other.true, self.right + other.right)


def pairs_of(grouped: Iterable[tuple[Hashable, Hashable]]) -> Pairs:
    """Each report's true event and the incident that it is in."""
    cells = Counter(grouped)
    events: Counter[Hashable] = Counter()
    incidents: Counter[Hashable] = Counter()
    for (event, incident), count in cells.items():
        events[event] += count
        incidents[incident] += count
    return Pairs(
        joined=_within(incidents.values()), true=_within(events.values()), right=_within(cells.values())
    )


def _within(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
