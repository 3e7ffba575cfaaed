"""Plot: one event of the scenario before it is told: what it is, where and when it begins, and what is odd about it."""

from dataclasses import dataclass
from enum import StrEnum

from models.categories import Category
from models.messages.report import Facts
from models.vocabulary import Level, Nature
from streams.simulator.sites import Site


class Twist(StrEnum):
    """What else happens around an event's reports."""

    OPENING = "opening"  # the round begins with it, and its units work at their best
    DUPLICATE = "duplicate"  # the initial report arrives a second time, byte for byte
    ID_CONFLICT = "id_conflict"  # its id is used again for other content
    GARBAGE = "garbage"  # something that is no message lies on the topic
    UNKNOWN_AREA = "unknown_area"  # somebody writes an area code that never existed
    TWIN = "twin"  # a second caller names the neighbouring township
    RETIRED_AREA = "retired_area"  # the reporters still write codes of before 2025-11-06


@dataclass(frozen=True, slots=True)
class Plot:
    """`facts` are the totals in the end. `starts_at_seconds` is program time from the beginning of the round."""

    event_id: str
    starts_at_seconds: int
    nature: Nature
    is_true: bool
    is_urgent: bool
    category: Category
    title: str
    text: str
    kind_zh: str
    facts: Facts
    is_approximate: bool
    site: Site
    neighbour: Site | None
    twists: frozenset[Twist]

    @property
    def level(self) -> Level:
        """The level of the totals in the end."""
        return level_of(self.facts)


# 生产安全事故报告和调查处理条例 (Order 493) article 3; 以上 includes the number. Written here once more and on
# purpose: what the simulator expects must not come from the rules that it is used to check.
_LINES: tuple[tuple[Level, int, int, int], ...] = (
    (Level.I, 30, 100, 100_000_000),
    (Level.II, 10, 50, 50_000_000),
    (Level.III, 3, 10, 10_000_000),
)


def level_of(facts: Facts) -> Level:
    """The level that deaths, serious injuries and direct loss (yuan) give; level IV when none reaches a line."""
    for level, deaths, serious, loss_yuan in _LINES:
        if (
            (facts.deaths or 0) >= deaths
            or (facts.serious or 0) >= serious
            or (facts.direct_loss_yuan or 0) >= loss_yuan
        ):
            return level
    return Level.IV
