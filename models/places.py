"""Place: where an incident lies in the area tree, resolved once when its report is accepted."""

from typing import Annotated

from pydantic import Field

from models.identifiers import AreaCode
from models.messages.fields import AreaCodeField, Text, Value
from models.messages.report import Position
from models.vocabulary import Tier


class Place(Value):
    """The area in force, the code as given, and what lies below the tiers (community, grid, words, point)."""

    given_code: AreaCodeField
    area_code: AreaCodeField = Field(
        description="township, or the district or city where that is the lowest tier"
    )
    tier: Tier
    city_code: AreaCodeField
    district_code: AreaCodeField | None = None
    township_code: AreaCodeField | None = None
    community_code: AreaCodeField | None = None
    grid_code: str | None = None
    words: Annotated[Text, Field(max_length=200)] | None = None
    position: Position | None = None

    def at(self, tier: Tier) -> AreaCode:
        """The area of this place at a tier; where that tier is missing, the nearest one above it."""
        by_tier = {
            Tier.TOWNSHIP: self.township_code,
            Tier.DISTRICT: self.district_code,
            Tier.CITY: self.city_code,
        }
        wanted: Tier | None = tier
        while wanted is not None:
            if (code := by_tier[wanted]) is not None:
                return code
            wanted = wanted.above
        return self.city_code
