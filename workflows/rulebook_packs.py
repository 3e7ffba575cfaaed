"""Rule packs of grading: the shape of the lines that one public text draws, and on which days and events they bind.

For: packs as the rules read them; `workflows.rulebook_pack_layout` says how they are written. Must never enter:
figures (`rulebooks/grading/*.toml`, each with its source) and how a level is found (`workflows.judgement.grading`).
"""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from models.categories import Category, CategoryClass
from models.messages.fields import AreaCodeField, IdText, ShortText, Text, Value
from models.messages.report import FactName
from models.understanding import Sensitivity
from models.vocabulary import Level, Nature

Subject = Category | CategoryClass | Literal["any"]
Figure = int | float


class Condition(Value):
    """These totals together reach `at_least` (以上 includes). A total that nobody stated adds nothing."""

    facts: Annotated[tuple[FactName, ...], Field(min_length=1)]
    at_least: Figure


class GradingLine(Value):
    """A line: when all its conditions are met, in an area of the list `where` if it names one, its level is reached.

    `preliminary`: the line stands in for harm that is not yet counted, as an earthquake's magnitude does.
    """

    id: IdText
    level: Level
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    source: ShortText
    source_zh: ShortText
    where: IdText | None = None
    preliminary: bool = False


class ExpertLine(Value):
    """A line that no stated number decides: it is asked, never fired. Pointless once a condition is known to fail."""

    id: IdText
    level: Level
    ask_zh: ShortText
    ask_en: ShortText
    source: ShortText
    source_zh: ShortText
    conditions: tuple[Condition, ...] = ()


class GradingPack(Value):
    """规则包: what one text says about some kinds of event, from `valid_from` on and until the day before `valid_to`.

    Days are Beijing days. `is_on` is False for a pack that is shipped switched off and that the rulebook leaves so.
    """

    pack_id: IdText
    name_zh: ShortText
    name_en: ShortText
    source: ShortText
    source_zh: ShortText
    note: Text
    valid_from: date
    valid_to: date | None
    applies_to: Annotated[tuple[Subject, ...], Field(min_length=1)]
    natures: Annotated[tuple[Nature, ...], Field(min_length=1)]
    is_on: bool
    areas: dict[IdText, tuple[AreaCodeField, ...]]
    lines: tuple[GradingLine, ...]
    expert_lines: tuple[ExpertLine, ...]

    @property
    def is_fallback(self) -> bool:
        """It speaks where no other pack has a line that numbers decide."""
        return "any" in self.applies_to

    def is_in_force(self, on: date) -> bool:
        """Whether it is switched on and bound on that day."""
        return self.is_on and self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def is_about(self, subjects: Collection[Subject], nature: Nature) -> bool:
        """Whether it names one of these; the fallback names every event, one of unknown kind too."""
        return nature in self.natures and (
            self.is_fallback or any(subject in self.applies_to for subject in subjects)
        )


class Sensitive(Value):
    """By how many levels a sensitive time, place, group or thing raises, never past `at_most`; 0 switches one off."""

    at_most: Level
    raises_by: dict[Sensitivity, Annotated[int, Field(ge=0, le=3)]]


def packs_for(
    packs: tuple[GradingPack, ...], category: Category | None, nature: Nature, on: date
) -> tuple[GradingPack, ...]:
    """The packs that grade such an event of that day; with a fallback unless another has a line with numbers."""
    subjects = () if category is None else (category, category.facts.category_class)
    speaking = [pack for pack in packs if pack.is_in_force(on) and pack.is_about(subjects, nature)]
    own = [pack for pack in speaking if not pack.is_fallback]
    return tuple(own if any(pack.lines for pack in own) else speaking)
