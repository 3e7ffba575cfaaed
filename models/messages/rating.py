"""Rating: how well an area or unit works, in five colours (`ratings`, key subject_code, compacted)."""

from typing import Annotated

from pydantic import Field

from models.messages.fields import Count, Digest, IdText, IncidentIdField, Moment, Outbound, Ratio, Value
from models.vocabulary import RatingColour, SubjectKind, Tier


class RatingComponent(Value):
    """One measured share, with the incidents behind it (at most 50; `omitted` counts the rest)."""

    id: IdText
    ratio: Ratio
    weight: Annotated[float, Field(ge=0)]
    numerator: Count
    denominator: Count
    incident_ids: Annotated[tuple[IncidentIdField, ...], Field(max_length=50)]
    omitted: Count = 0


class Rating(Outbound):
    """The colour of one subject over one window. Colour null: nothing to rate."""

    subject_code: IdText
    subject_kind: SubjectKind
    tier: Tier
    window_start: Moment
    window_end: Moment
    colour: RatingColour | None
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    few_data: bool
    sample: Count
    components: tuple[RatingComponent, ...]
    rulebook: Digest
    as_of: Moment
