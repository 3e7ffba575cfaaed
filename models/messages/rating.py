"""Rating: how well an area or unit works, in five colours (`ratings`, key subject_code, compacted)."""

from typing import Annotated

from pydantic import Field

from models.messages.fields import Count, Digest, IdText, IncidentIdField, Moment, Outbound, Ratio, Value
from models.vocabulary import RatingColour, SubjectKind, Tier


class RatingComponent(Value):
    """One measured share, with the incidents behind it (at most 50; `omitted` counts the rest)."""

    id: IdText
    """which measure, as the rulebook names it"""
    ratio: Ratio
    """the share that went well"""
    weight: Annotated[float, Field(ge=0)]
    """in the score, before the weights of what was measured are scaled to 1"""
    numerator: Count
    """how many went well"""
    denominator: Count
    """of how many"""
    incident_ids: Annotated[tuple[IncidentIdField, ...], Field(max_length=50)]
    """the incidents behind it, those that went wrong first"""
    omitted: Count = 0
    """how many more there are"""


class Rating(Outbound):
    """The colour of one subject over one window. Colour null: nothing to rate."""

    subject_code: IdText
    """an area code or a unit code"""
    subject_kind: SubjectKind
    """which of the two"""
    tier: Tier
    """of the subject"""
    window_start: Moment
    """what happened after this is rated"""
    window_end: Moment
    """up to and including this"""
    colour: RatingColour | None
    """from green, the best, to red; null: nothing to rate"""
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    """100 is the best; absent with the colour"""
    few_data: bool
    """fewer than the rulebook asks for: the colour is a hint"""
    sample: Count
    """how many things were measured"""
    components: tuple[RatingComponent, ...]
    """what the score is made of"""
    rulebook: Digest
    """digest of the rules that it was made under"""
    as_of: Moment
    """when it was computed"""
