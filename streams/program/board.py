"""Board: what is going on, in the terminal: a small table that stays where it is, or plain lines for a log.

Reads what others count and draws it. Must never enter: counting, the database, and anything about a person.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from models.messages.heat_ranking import HeatEntry
from models.vocabulary import RatingColour, Stage

_HOTTEST = 5
_CHANGES_SHOWN = 6
_TITLE_CHARACTERS = 28
_BOARD_EVERY_SECONDS = 1.0
_LINE_EVERY_SECONDS = 10.0
_NO_COLOUR = "none"


@dataclass(frozen=True, slots=True)
class Overview:
    """Where everything stands. `open_by_stage` counts open incidents, `ratings` the last colour of each subject."""

    reports_in: int
    open_by_stage: Mapping[Stage, int]
    closed: int
    commands_open: int
    hottest: tuple[HeatEntry, ...]
    ratings: Mapping[str, RatingColour | None]


class Overviews(Protocol):
    """Somebody who counts. Asked about once a second, so it must be cheap."""

    async def overview(self) -> Overview: ...


@dataclass(frozen=True, slots=True)
class RatingChange:
    """A subject whose colour is another than before; None is nothing to rate."""

    subject_code: str
    before: RatingColour | None
    after: RatingColour | None

    def __str__(self) -> str:
        return f"{self.subject_code} {self.before or _NO_COLOUR}->{self.after or _NO_COLOUR}"


def changed_ratings(
    before: Mapping[str, RatingColour | None], after: Mapping[str, RatingColour | None]
) -> tuple[RatingChange, ...]:
    """The subjects whose colour changed, one that is rated for the first time among them, in the order of codes."""
    return tuple(
        RatingChange(code, before.get(code), colour)
        for code, colour in sorted(after.items())
        if before.get(code) is not colour
    )


def line_of(overview: Overview, changes: tuple[RatingChange, ...]) -> str:
    """Everything in one line, for a log: no colours, no line breaks."""
    parts = [
        f"reports {overview.reports_in}",
        *(f"{stage} {overview.open_by_stage.get(stage, 0)}" for stage in Stage),
        f"closed {overview.closed}",
        f"commands open {overview.commands_open}",
    ]
    if overview.hottest:
        hot = overview.hottest[0]
        parts.append(f"hottest [{hot.level}] {_short(hot.title)}")
    if changes:
        parts.append(f"ratings {', '.join(map(str, changes[:_CHANGES_SHOWN]))}{_more(changes)}")
    return " | ".join(parts)


def board_of(overview: Overview, changes: tuple[RatingChange, ...]) -> RenderableType:
    """The board: counts, the hottest five, and the ratings that changed last."""
    counts = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("reports in", *(stage.value for stage in Stage), "closed", "commands open"):
        counts.add_column(name, justify="right")
    by_stage = (str(overview.open_by_stage.get(stage, 0)) for stage in Stage)
    counts.add_row(str(overview.reports_in), *by_stage, str(overview.closed), str(overview.commands_open))
    heat = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("heat", "level", "reports", "sources", "area", "title"):
        heat.add_column(name)
    for entry in overview.hottest[:_HOTTEST]:
        facts = (
            f"{entry.heat:.1f}",
            entry.level.value,
            str(entry.reports),
            str(entry.sources),
            entry.area_code,
        )
        heat.add_row(*facts, Text(_short(entry.title)))
    shown = ", ".join(map(str, changes[:_CHANGES_SHOWN])) + _more(changes)
    return Group(counts, heat, Text(f"ratings changed: {shown or 'none yet'}"))


async def show(overviews: Overviews, console: Console) -> None:
    """Draw until cancelled: a board on a terminal, else a line now and then. Waits in real time."""
    if console.is_terminal:
        await _show_board(overviews, console)
    else:
        await _show_lines(overviews, console)


async def _show_board(overviews: Overviews, console: Console) -> None:
    before = (await overviews.overview()).ratings
    latest: tuple[RatingChange, ...] = ()
    with Live(console=console, auto_refresh=False) as live:
        while True:
            overview = await overviews.overview()
            latest = changed_ratings(before, overview.ratings) or latest
            before = overview.ratings
            live.update(board_of(overview, latest), refresh=True)
            await asyncio.sleep(_BOARD_EVERY_SECONDS)


async def _show_lines(overviews: Overviews, console: Console) -> None:
    before = (await overviews.overview()).ratings
    while True:
        overview = await overviews.overview()
        told = line_of(overview, changed_ratings(before, overview.ratings))
        console.print(Text(told), soft_wrap=True)
        before = overview.ratings
        await asyncio.sleep(_LINE_EVERY_SECONDS)


def _short(title: str) -> str:
    words = " ".join(title.split())
    return words if len(words) <= _TITLE_CHARACTERS else words[: _TITLE_CHARACTERS - 1] + "…"


def _more(changes: tuple[RatingChange, ...]) -> str:
    return f" and {len(changes) - _CHANGES_SHOWN} more" if len(changes) > _CHANGES_SHOWN else ""
