"""HeatRanking: how much incidents are being reported now (`heat-rankings`, key scope_code, compacted)."""

from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.messages.fields import AreaCodeField, Count, IncidentIdField, Moment, Outbound, Text, Value
from models.vocabulary import Level


class HeatEntry(Value):
    """One rank. `score` is in the log domain and comparable within an epoch; `heat` is its value at `as_of`."""

    rank: Annotated[int, Field(ge=1, le=20)]
    incident_id: IncidentIdField
    title: Text
    category: Category | None
    level: Level
    area_code: AreaCodeField
    score: float
    heat: float
    reports: Count
    sources: Count


class HeatRanking(Outbound):
    """At most 20 open incidents of one scope, hottest first. Published when an id, level or score changed."""

    scope_code: AreaCodeField
    epoch: Count
    half_life_seconds: Annotated[int, Field(ge=1)]
    as_of: Moment
    entries: Annotated[tuple[HeatEntry, ...], Field(max_length=20)]
