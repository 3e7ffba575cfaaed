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
    CONTRADICTION = "contradiction"  # a second sender's system gives another number than his own words
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
        return level_of(self.category, self.facts)


# Most severe first; 以上 includes the number. Written here once more and on purpose: what the simulator expects must
# not come from the rules that it is used to check.
_SEVEREST_FIRST = (Level.I, Level.II, Level.III)
_LINES: tuple[tuple[int, int, int], ...] = (  # 生产安全事故报告和调查处理条例 (Order 493) article 3
    (30, 100, 100_000_000),
    (10, 50, 50_000_000),
    (3, 10, 10_000_000),
)
_BURNT_LINES = (1_000, 100, 1)  # 森林防火条例 article 40, hectares; nothing but forests has this total
_EARTHQUAKE_LINES = (300, 50, 10)  # 国家地震应急预案 of 2012: deaths, the missing among them
_MANY_ILL, _MANY_DEAD_OF_FOOD = 100, 10  # food-safety plans


def level_of(category: Category, facts: Facts) -> Level:
    """The level that the totals of such an event give; level IV when none reaches a line.

    Left out is what a rulebook may do besides: raise an event for its time, place or people, or go by a magnitude.
    """
    deaths, serious, loss_yuan = facts.deaths or 0, facts.serious or 0, facts.direct_loss_yuan or 0
    match category:
        case Category.EARTHQUAKE:
            reached = [deaths + (facts.missing or 0) >= line for line in _EARTHQUAKE_LINES]
        case Category.FOOD_POISONING:
            reached = [False, *_of_food(deaths, facts.injured or 0)]
        case _:
            burnt = facts.burnt_hectares or 0
            reached = [
                deaths >= dead or serious >= hurt or loss_yuan >= lost or burnt >= area
                for (dead, hurt, lost), area in zip(_LINES, _BURNT_LINES, strict=True)
            ]
    return next((level for level, is_so in zip(_SEVEREST_FIRST, reached, strict=True) if is_so), Level.IV)


def _of_food(deaths: int, ill: int) -> tuple[bool, bool]:
    """Whether levels II and III are reached: many ill and a death, or many deaths; many ill, or any death."""
    are_many = ill >= _MANY_ILL
    return (are_many and deaths > 0) or deaths >= _MANY_DEAD_OF_FOOD, are_many or deaths > 0
