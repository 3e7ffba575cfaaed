"""Understanding: what a report's words say, found by `workflows.judgement.understanding`, each with where it stands.

For: the shapes of what was read out of title and text. Must never enter: how it is read. An absent item means that
the words do not say, never zero; what a report's own fields say wins over what is here (`workflows.judgement.account`).
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.messages.fields import AreaCodeField, Moment, Text, Value
from models.messages.report import FactName


class Part(StrEnum):
    """The piece of a report that a span counts in."""

    TITLE = "title"
    TEXT = "text"


class Span(Value):
    """Where something stands: characters `start` to before `end` of that part, and those characters as written."""

    part: Part
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    words: Text


class FactFound(Value):
    """One total for the main event. A sum has a span for each of its parts; 约, 余, 近, 数十 make it approximate."""

    fact: FactName
    value: int | float
    approximate: bool
    spans: tuple[Span, ...]


class CategoryFound(Value):
    """What kind of event it is, and the words that say so."""

    category: Category
    spans: tuple[Span, ...]


class PlaceFound(Value):
    """A place of the area tree that is named. Several codes: the name fits each, and nothing said decides.

    `matched` says what made it match, for example "district and township named", "short name of one township only".
    `is_clear`: named so fully (a district, or a township by its whole name) that it can be held against a field.
    """

    area_codes: tuple[AreaCodeField, ...]
    matched: Text
    is_clear: bool
    span: Span


class TimeFound(Value):
    """When it happened, from words that may be relative to the report's time. A vague word gives its beginning."""

    moment: Moment
    span: Span


class Sensitivity(StrEnum):
    """What makes an event reportable whatever its size."""

    TIME = "time"
    PLACE = "place"
    GROUP = "group"
    NATURE = "nature"  # the thing itself: 爆炸, 危化品, 投毒


class SensitiveFound(Value):
    """A word that makes the event sensitive."""

    kind: Sensitivity
    span: Span


class Understanding(Value):
    """Everything that was read. `outside`: the words that put the event outside the city; then no place is given."""

    category: CategoryFound | None = None
    facts: tuple[FactFound, ...] = ()
    places: tuple[PlaceFound, ...] = ()
    outside: Span | None = None
    time: TimeFound | None = None
    sensitive: tuple[SensitiveFound, ...] = ()
    denial: Span | None = None  # 经核实为谣言: what was told before is not so
    correction: Span | None = None  # 更正, 核减: lower figures here are meant to replace higher ones
