"""Reports in words for the tests of fusion, and what they are compared as."""

from datetime import datetime, timedelta

from models.categories import Category
from models.messages.report import Facts, Position, Report
from models.vocabulary import CoordinateSystem
from tests.core_world import START, TOWNSHIP, make_report, place_of
from workflows.judgement.account import Account, account_of
from workflows.judgement.comparison import Comparison, compare
from workflows.judgement.likeness import of_account, view_of
from workflows.judgement.understanding.understand import understand
from workflows.rulebook import Fusion
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
NEXT_DOOR = "500108002"
ELSEWHERE = "500101001"


def told(
    name: str = "r-1",
    text: str = "",
    *,
    category: Category | None = Category.FIRE,
    area: str = TOWNSHIP,
    minutes: float = 0,
    source: str = "grid-1",
    reporter: str | None = None,
    at: tuple[float, float] | None = None,
    crs: CoordinateSystem = CoordinateSystem.WGS84,
    **facts: int,
) -> Account:
    """The account of a report; say only what the test is about."""
    moment: datetime = START + timedelta(minutes=minutes)
    made = make_report(
        name, source=source, category=category, area=area, at=moment, facts=Facts.model_validate(facts)
    )
    position = None if at is None else Position(lon=at[0], lat=at[1], crs=crs)
    report = Report.model_validate(
        dict(made) | {"title": None, "text": text or "某处", "reporter_id": reporter, "position": position}
    )
    place = place_of(area).model_copy(update={"position": position})
    return account_of(report, place, understand(None, report.text, moment))


def compared(
    one: Account, other: Account, rules: Fusion = RULES.fusion, spread: float = 0
) -> Comparison | None:
    """The two side by side."""
    return compare(view_of(of_account(one)), view_of(of_account(other)), rules, spread)
