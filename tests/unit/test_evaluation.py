"""The evaluation's own arithmetic: a figure that nobody reached must not look reached."""

from dataclasses import replace

import pytest

from tests.evaluation.figure import Figure, lines

FIGURE = Figure("deaths", right=19, of=20, goal=0.95, misses=("1cb6 expected 3, got 2",))


def test_a_goal_that_is_just_reached_is_reached() -> None:
    """0.95 of a goal of 0.95 is no miss; one case less is."""
    assert not FIGURE.is_missed
    assert replace(FIGURE, right=18).is_missed


@pytest.mark.parametrize("goal", [None, 0.0])
def test_a_figure_without_a_goal_is_never_missed(goal: float | None) -> None:
    """It is only told."""
    assert not replace(FIGURE, right=0, goal=goal).is_missed


def test_what_was_not_measured_has_not_been_reached() -> None:
    """No cases at all is a ratio of nought."""
    assert replace(FIGURE, right=0, of=0).ratio == 0.0
    assert replace(FIGURE, right=0, of=0).is_missed


def test_a_figure_is_told_with_its_misses() -> None:
    """One line for the figure, one for each miss."""
    told = list(lines(FIGURE))
    assert told[0].split() == ["deaths", "0.950", "19", "of", "20", "goal", "0.95", "ok"]
    assert told[1:] == ["    1cb6 expected 3, got 2"]
