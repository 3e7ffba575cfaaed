"""HeatRanking: how much incidents are being reported now (`heat-rankings`, key scope_code, compacted)."""

from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.messages.fields import AreaCodeField, Count, IncidentIdField, Moment, Outbound, Text, Value
from models.vocabulary import Level


class HeatEntry(Value):
    """One rank. `score` is in the log domain and comparable within an epoch; `heat` is its value at `as_of`."""

    rank: Annotated[int, Field(ge=1, le=20)]
    """1 is the hottest"""
    incident_id: IncidentIdField
    """of the incident"""
    title: Text
    """of the incident"""
    category: Category | None
    """null while it is not known"""
    level: Level
    """of the incident, I the gravest"""
    area_code: AreaCodeField
    """where it is"""
    score: float
    """logarithm, comparable within an epoch however old"""
    heat: float
    """at `as_of`; halves every half-life without reports"""
    reports: Count
    """how many came"""
    sources: Count
    """from how many different sources"""


class HeatRanking(Outbound):
    """At most 20 open incidents of one scope, hottest first. Published when an id, level or score changed."""

    scope_code: AreaCodeField
    """the city, or one district"""
    epoch: Count
    """scores of different epochs cannot be compared"""
    half_life_seconds: Annotated[int, Field(ge=1)]
    """the rulebook's"""
    as_of: Moment
    """when it was computed"""
    entries: Annotated[tuple[HeatEntry, ...], Field(max_length=20)]
    """the hottest first"""
