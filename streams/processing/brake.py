"""Brake: too many dead letters of a partition stop its topic: then the fault is in a release, not in a message.

Better a topic that stands still and says why than one that turns every report of a city into a dead letter.
Never in here: what a dead letter is, or stopping itself (that is the loop's).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """More than `ratio` of the last `window` messages, or `in_a_row` one after the other."""

    ratio: float = 0.01
    window: int = 10_000
    in_a_row: int = 100


class Brake:
    """What one partition's messages came to, lately."""

    def __init__(self, limits: BrakeLimits) -> None:
        self._limits = limits
        self._in_a_row = 0
        self._batches: deque[tuple[int, int]] = deque()
        self._seen = 0
        self._dead = 0

    def pull_reason(self, were_dead: Sequence[bool]) -> str | None:
        """Count these messages, in the order of their offsets; why the partition must stop, or None to go on."""
        longest = self._longest_run(were_dead)
        self._remember(len(were_dead), sum(were_dead))
        if longest >= self._limits.in_a_row:
            return f"{longest} dead letters in a row"
        if self._seen >= self._limits.window and self._dead > self._limits.ratio * self._seen:
            return f"{self._dead} dead letters among the last {self._seen} messages"
        return None

    def _longest_run(self, were_dead: Sequence[bool]) -> int:
        longest = self._in_a_row
        for was_dead in were_dead:
            self._in_a_row = self._in_a_row + 1 if was_dead else 0
            longest = max(longest, self._in_a_row)
        return longest

    def _remember(self, seen: int, dead: int) -> None:
        self._batches.append((seen, dead))
        self._seen += seen
        self._dead += dead
        # Whole batches leave, as long as a full window stays.
        while self._seen - self._batches[0][0] >= self._limits.window:
            old_seen, old_dead = self._batches.popleft()
            self._seen -= old_seen
            self._dead -= old_dead
