"""The terminal's board: one line says it all, changes of colour are told once, and titles cannot break it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import StringIO

from rich.console import Console

from models.categories import Category
from models.identifiers import AreaCode, IncidentId
from models.messages.heat_ranking import HeatEntry
from models.vocabulary import Level, RatingColour, Stage
from streams.program.board import Overview, RatingChange, board_of, changed_ratings, line_of, show

HOT = HeatEntry(
    rank=1,
    incident_id=IncidentId("i-1"),
    title="[bold]两车追尾\n当场1死7伤，一段长得不能再长的标题，还有[/bold]更多的字",
    category=Category.ROAD_TRAFFIC,
    level=Level.III,
    area_code=AreaCode("500108102"),
    score=2.5,
    heat=12.18,
    reports=7,
    sources=4,
)
OVERVIEW = Overview(
    reports_in=120,
    open_by_stage={Stage.VERIFICATION: 2, Stage.FOLLOW_UP: 9},
    closed=31,
    commands_open=44,
    hottest=(HOT,),
    ratings={"500108": RatingColour.GREEN},
)


def drawn(console_width: int = 100, changes: tuple[RatingChange, ...] = ()) -> str:
    """The board as text."""
    console = Console(file=StringIO(), width=console_width, force_terminal=False)
    console.print(board_of(OVERVIEW, changes))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@dataclass
class Told:
    """Overviews one after the other; after the last one nothing more is said."""

    overviews: list[Overview]
    none_left: asyncio.Event = field(default_factory=asyncio.Event)

    async def overview(self) -> Overview:
        """See `Overviews`."""
        if len(self.overviews) == 1:
            self.none_left.set()
            return self.overviews[0]
        return self.overviews.pop(0)


def with_ratings(ratings: Mapping[str, RatingColour | None]) -> Overview:
    return replace(OVERVIEW, ratings=ratings)


def test_a_line_says_what_is_going_on() -> None:
    """Reports, each stage, closed, open commands and the hottest incident stand in one line without line breaks."""
    line = line_of(OVERVIEW, ())
    assert line.startswith(
        "reports 120 | perception 0 | verification 2 | assessment 0 | disposal 0 | follow_up 9"
    )
    assert "closed 31 | commands open 44 | hottest [III]" in line
    assert "\n" not in line


def test_changed_ratings_are_told_with_before_and_after() -> None:
    """A first colour, another colour and a lost colour are changes; the same colour is none."""
    before = {"a": RatingColour.GREEN, "b": RatingColour.RED, "c": RatingColour.BLUE}
    after = {"a": RatingColour.GREEN, "b": RatingColour.ORANGE, "c": None, "d": RatingColour.YELLOW}
    changes = changed_ratings(before, after)
    assert list(map(str, changes)) == ["b red->orange", "c blue->none", "d none->yellow"]


def test_many_changes_are_cut_short_and_counted() -> None:
    """A line names six changes and says how many more there are."""
    changes = changed_ratings({}, {f"50010{n}": RatingColour.GREEN for n in range(9)})
    assert line_of(OVERVIEW, changes).endswith("500105 none->green and 3 more")


def test_the_board_shows_the_heat_and_takes_no_title_for_markup() -> None:
    """The title is shortened and shown as written, brackets and all; counts and changes stand beside it."""
    text = drawn(changes=(RatingChange("500108", None, RatingColour.GREEN),))
    assert "[bold]两车追尾 当场1死7伤" in text
    assert "…" in text
    assert "12.2" in text
    assert "500108 none->green" in text


async def test_a_log_gets_a_plain_line() -> None:
    """Where nobody looks on, a line is printed, and a colour that stood before the start is no change."""
    console = Console(file=StringIO(), width=500, force_terminal=False)
    told = Told([with_ratings({"a": RatingColour.RED}), with_ratings({"a": RatingColour.RED})])
    showing = asyncio.create_task(show(told, console))
    await told.none_left.wait()
    showing.cancel()
    await asyncio.wait([showing])
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == line_of(told.overviews[0], ()) + "\n"
