"""The hand-written table of levels, read: `golden_levels.txt` beside this file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from models.categories import Category
from models.identifiers import AreaCode
from models.messages.report import Facts
from models.vocabulary import Level, Nature
from workflows.judgement.case import Case
from workflows.rulebook_pack_layout import MEASURES
from workflows.rulebook_packs import Figure

_TABLE = Path(__file__).with_name("golden_levels.txt")


@dataclass(frozen=True)
class Golden:
    """One row: what is known besides, and the level for each value of one total (or of a sum of two)."""

    pack_id: str
    category: Category | None
    nature: Nature
    day: date
    district_code: AreaCode | None
    besides: dict[str, Figure]
    total: str
    levels: dict[Figure, Level]

    def case(self, value: Figure) -> Case:
        """The case of one value; a sum is shared out between its totals."""
        names = self.total.split("+")
        stated = {names[0]: value} if len(names) == 1 else _shared(names, int(value))
        return Case(
            category=self.category,
            nature=self.nature,
            facts=Facts.model_validate({**self.besides, **stated}),
            origins={},
            happened_on=self.day,
            district_code=self.district_code,
            sensitive=(),
        )


def goldens() -> Iterator[Golden]:
    """Every row of the table."""
    for text in _TABLE.read_text().splitlines():
        if text and not text.startswith("#"):
            yield _row([cell.strip() for cell in text.split("|")])


def _row(cells: list[str]) -> Golden:
    pack_id, category, nature, day, district, besides, total, levels = cells
    pairs = [pair.split(":") for pair in levels.split()]
    return Golden(
        pack_id=pack_id,
        category=None if category == "-" else Category(category),
        nature=Nature(nature),
        day=date.fromisoformat(day),
        district_code=None if district == "-" else AreaCode(district),
        besides={} if besides == "-" else {besides.split("=")[0]: int(besides.split("=")[1])},
        total=total,
        levels={_figure(value, total): Level(level) for value, level in pairs},
    )


def _figure(text: str, total: str) -> Figure:
    number = Decimal(text.removesuffix("万")) * (10_000 if text.endswith("万") else 1)
    return float(number) if total in MEASURES and total != "direct_loss_yuan" else int(number)


def _shared(names: list[str], value: int) -> dict[str, int]:
    return {names[0]: value // 2, names[1]: value - value // 2}
