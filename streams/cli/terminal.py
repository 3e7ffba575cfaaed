"""Terminal: how a command speaks. Answers go to standard output, everything about them to standard error."""

import sys
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_BEIJING = timezone(timedelta(hours=8))
_WIDTH_IN_A_PIPE = 200  # nobody folds lines there
# Without emoji: `500108:fire:` would be printed with a flame for the department.
answers = Console(
    soft_wrap=True, highlight=False, emoji=False, width=None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE
)
remarks = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


class Exit(IntEnum):
    """What a command's end means to whoever called it. `run` has two more, see `streams.errors`."""

    GOOD = 0
    FOUND_WRONG = 1  # it looked, and what it found is not right
    CANNOT = 2  # it was called wrongly, or what it needs is not there


class CannotDo(Exception):
    """The command cannot do its work. The message says why and what to do; nothing was changed."""


def found_wrong(message: str) -> NoReturn:
    """Say what is wrong and end the command with 1."""
    remarks.print(f"[red]{escape(message)}[/red]")
    raise typer.Exit(Exit.FOUND_WRONG)


def remark(message: str) -> None:
    """Say something about the answer."""
    remarks.print(escape(message))


def answer(text: str) -> None:
    """Print a line as it is."""
    answers.print(text, markup=False)


def beijing_time(moment: datetime) -> str:
    """A moment as officers read it, whatever zone the machine is in; warnings state theirs in the same."""
    return moment.astimezone(_BEIJING).isoformat(sep=" ", timespec="seconds")


def table(title: str, *columns: str) -> Table:
    """A table for `answers`; its cells are plain text, and its first column is never folded."""
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=position == 0)
    return made


def add(to: Table, *cells: object) -> None:
    """Add a row of plain cells; None is a dash."""
    to.add_row(*("–" if cell is None else escape(str(cell)) for cell in cells))
