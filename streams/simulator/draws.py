"""Draws: chance that repeats. A draw depends on the seed and on what it is about, never on what was drawn before it.

So one event can be looked at again after a restart, alone and out of order, and comes out the same. Must never enter:
`random`, whose answers hang on how often it was asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_SEPARATOR = "\x1f"
_BYTES = 6  # as many as a float holds exactly, so that 1 itself is never drawn
_RANGE = float(1 << 8 * _BYTES)


@dataclass(frozen=True, slots=True)
class Draws:
    """All chance about one thing: an event, an incident, a command."""

    seed: int
    about: str

    def ratio(self, what: str) -> float:
        """From 0 up to but not 1, the same for the same question."""
        question = _SEPARATOR.join((str(self.seed), self.about, what)).encode()
        return int.from_bytes(blake2b(question, digest_size=_BYTES).digest()) / _RANGE

    def happens(self, what: str, ratio: float) -> bool:
        """True in this share of things."""
        return self.ratio(what) < ratio

    def between(self, what: str, lowest: int, highest: int) -> int:
        """A whole number, both ends included."""
        return lowest + int(self.ratio(what) * (highest - lowest + 1))

    def pick(self, what: str, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.between(what, 0, len(choices) - 1)]

    def shuffled(self, what: str, things: Sequence[T]) -> tuple[T, ...]:
        """The things in an order of their own."""
        order = sorted(range(len(things)), key=lambda place: (self.ratio(f"{what} {place}"), place))
        return tuple(things[place] for place in order)
