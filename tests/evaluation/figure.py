"""Figure: one measured share, its goal and what went wrong.

For: the shape that every room of the evaluation yields through its `figures()`. Never in here: how anything is
measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`right` out of `of` cases; without a goal the figure is only told. Each miss is one line for a person."""

    name: str
    right: int
    of: int
    goal: float | None
    misses: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """0 to 1. Of no cases at all it is 0: what was not measured has not been reached."""
        return self.right / self.of if self.of else 0.0

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal and it was not reached."""
        return self.goal is not None and self.ratio < self.goal


def lines(figure: Figure) -> Iterator[str]:
    """The figure in one line, then its misses."""
    goal = "no goal" if figure.goal is None else f"goal {figure.goal:.2f}"
    verdict = "MISSED" if figure.is_missed else "ok" if figure.goal is not None else ""
    yield f"{figure.name:40} {figure.ratio:6.3f}  {figure.right:5d} of {figure.of:5d}  {goal}  {verdict}".rstrip()
    for miss in figure.misses:
        yield f"    {miss}"
