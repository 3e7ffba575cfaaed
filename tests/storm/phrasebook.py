"""Phrasebook: the sentence frames of each category, by the voice that speaks so, and the words that fill their slots.

One file of `frames/` a category, one frame a line. A frame is a wording of its own; it fits an event only when every
total that it names is known. Must never enter: chance, and which event a sentence is about.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from string import Formatter

from models.categories import Category
from models.messages.report import FACT_NAMES
from models.vocabulary import Channel

_FOLDER = Path(__file__).parent / "frames"
_ANY_EVENT = "any_event"
ABOUT = "_about"  # "{affected_about}" is the total, rounded and said to be so
NOBODY = "nobody"  # "{nobody}" says that nobody was hurt


class Voice(StrEnum):
    """Who speaks; each has its own length and hurry."""

    GRID = "grid"
    CALLER = "caller"
    HOTLINE = "hotline"
    DEPARTMENT = "department"
    SENSOR = "sensor"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Frame:
    """One wording. `facts` are the totals that it states, `says_nobody` that there are no casualties."""

    text: str
    slots: frozenset[str]
    facts: frozenset[str]
    says_nobody: bool


@dataclass(frozen=True, slots=True)
class TotalRange:
    """How often an event of this category has this total, and between which numbers it then lies."""

    ratio: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """One category's words. `details` hold names for one thing, chosen once an event; `fillers` vary."""

    category: Category
    callers: tuple[Channel, ...]
    totals: Mapping[str, TotalRange]
    details: Mapping[str, tuple[tuple[str, ...], ...]]
    is_paired: bool  # the n-th row of one detail goes with the n-th of the others
    fillers: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]
    frames: Mapping[Voice, tuple[Frame, ...]]

    @property
    def frame_count(self) -> int:
        """How many wordings the category has of its own."""
        return sum(len(frames) for frames in self.frames.values())


@dataclass(frozen=True, slots=True)
class FramesOfAnyEvent:
    """Wordings that fit every category: what comes later, what is denied, and how somebody says that all are well."""

    follow_ups: tuple[Frame, ...]
    finals: tuple[Frame, ...]
    denials: tuple[Frame, ...]
    nobody: tuple[str, ...]


@lru_cache(maxsize=1)
def phrasebooks() -> Mapping[Category, Phrasebook]:
    """Every category that has a file, in the order of their names."""
    files = sorted(file for file in _FOLDER.glob("*.toml") if file.stem != _ANY_EVENT)
    books = (_phrasebook(tomllib.loads(file.read_text("utf-8"))) for file in files)
    return {book.category: book for book in books}


@lru_cache(maxsize=1)
def frames_of_any_event() -> FramesOfAnyEvent:
    """The wordings of `any_event.toml`."""
    read = tomllib.loads((_FOLDER / f"{_ANY_EVENT}.toml").read_text("utf-8"))
    return FramesOfAnyEvent(
        follow_ups=tuple(map(_frame, read["follow_ups"])),
        finals=tuple(map(_frame, read["finals"])),
        denials=tuple(map(_frame, read["denials"])),
        nobody=tuple(read["nobody"]),
    )


def _phrasebook(read: dict[str, dict[str, list[str]]]) -> Phrasebook:
    told = read["event"]
    return Phrasebook(
        category=Category(str(told["category"])),
        callers=tuple(Channel(channel) for channel in told["callers"]),
        totals={name: TotalRange(*map(float, row)) for name, row in read["totals"].items()},
        details={
            name: tuple(tuple(words.split("|")) for words in rows) for name, rows in read["details"].items()
        },
        is_paired=bool(told.get("paired", False)),
        fillers={name: tuple(words) for name, words in read.get("fillers", {}).items()},
        titles=tuple(told["titles"]),
        frames={Voice(name): tuple(map(_frame, frames)) for name, frames in read["frames"].items()},
    )


def _frame(text: str) -> Frame:
    slots = frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    stated = frozenset(slot.removesuffix(ABOUT) for slot in slots)
    return Frame(text, slots, stated & set(FACT_NAMES), says_nobody=NOBODY in slots)
