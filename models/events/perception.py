"""What perception finds out: that there is an incident, which reports speak of it, and what they state."""

from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.events.registry import EventData, event_type
from models.messages.fields import (
    AreaCodeField,
    Count,
    IncidentIdField,
    Moment,
    Ratio,
    ReportIdField,
    ShortText,
    SourceIdField,
    Text,
    Value,
)
from models.messages.report import FactName, Facts
from models.places import Place
from models.understanding import SensitiveFound, Span, Understanding
from models.vocabulary import Channel, Claim, Nature, ReportKind


class FusionScore(Value):
    """How well one candidate fitted, and why."""

    incident_id: IncidentIdField
    score: Ratio
    reason: Text


class Contradiction(Value):
    """A field of a report and its words that cannot both be right; the field counts until an officer says otherwise."""

    field: Text
    given: Text
    read: Text
    span: Span


class FactOrigin(Value):
    """Which report gave a total that is now known, and where its words say so; no spans when a field gave it."""

    source_id: SourceIdField
    report_id: ReportIdField
    spans: Annotated[tuple[Span, ...], Field(max_length=8)] = ()


class ReporterStand(Value):
    """One reporter's latest word on whether the event is real."""

    channel: Channel
    claim: Claim


@event_type
class IncidentOpened(EventData):
    """A report spoke of something that no open incident is about."""

    nature: Nature
    category: Category | None
    title: ShortText
    place: Place
    exercise: bool
    urgent: bool
    occurred_at: Moment | None
    reported_at: Moment
    split_from: IncidentIdField | None = None


@event_type
class ReportJoined(EventData):
    """A report belongs to this incident. Text and contact stay in the report's row.

    `facts` and `approximate` are what it states by fields and words together; `understood` is what its words say.
    """

    source_id: SourceIdField
    report_id: ReportIdField
    kind: ReportKind
    claim: Claim
    channel: Channel
    reporter_key: Text
    urgent: bool
    facts: Facts
    approximate: tuple[FactName, ...]
    understood: Understanding
    reported_at: Moment
    known_at: Moment | None
    received_at: Moment
    place: Place
    direct_report_within_limit: bool | None
    fusion_reason: Text
    candidates: Annotated[tuple[FusionScore, ...], Field(max_length=20)] = ()


@event_type
class ReportContradicted(EventData):
    """A report's fields and its words differ: shown to the officer, with the words."""

    source_id: SourceIdField
    report_id: ReportIdField
    contradictions: Annotated[tuple[Contradiction, ...], Field(min_length=1, max_length=12)]


@event_type
class ReporterStood(EventData):
    """A reporter's latest word on whether the event is real; the earlier one no longer counts."""

    reporter_key: Text
    stand: ReporterStand


@event_type
class FactsRevised(EventData):
    """The totals now known, which of them are approximate, and which report gave each."""

    facts: Facts
    approximate: tuple[FactName, ...]
    origins: dict[FactName, FactOrigin]


@event_type
class FactsCorrected(EventData):
    """A report said that earlier numbers were wrong: the totals that count now, and those that did before."""

    facts: Facts
    approximate: tuple[FactName, ...]
    origins: dict[FactName, FactOrigin]
    before: Facts
    span: Span


@event_type
class SensitivityFound(EventData):
    """Words that make the event sensitive whatever its size: all that are known now."""

    sensitive: Annotated[tuple[SensitiveFound, ...], Field(max_length=8)]


@event_type
class CategorySettled(EventData):
    """A later report named the category that the first one left open."""

    category: Category


@event_type
class UrgencyRaised(EventData):
    """A reporter flagged danger to life; never lowered by silence."""


@event_type
class DirectReported(EventData):
    """Every tier concerned sees the incident from here on."""

    area_codes: tuple[AreaCodeField, ...]


@event_type
class TwinsCompared(EventData):
    """The fusion check looked for the same event opened elsewhere meanwhile."""

    candidates: Annotated[tuple[FusionScore, ...], Field(max_length=20)]


@event_type
class IncidentMerged(EventData):
    """This incident lives on in another; feedback and references follow."""

    into: IncidentIdField
    reason: Text


@event_type
class IncidentAbsorbed(EventData):
    """Another incident's reports, facts and evidence now count here; its commands follow as `CommandAdopted`."""

    incident_id: IncidentIdField
    reports: Count
    facts: Facts
    approximate: tuple[FactName, ...]
    origins: dict[FactName, FactOrigin]
    sensitive: Annotated[tuple[SensitiveFound, ...], Field(max_length=8)]
    reporters: dict[str, ReporterStand]
    sources: tuple[str, ...]
    urgent: bool
    reason: Text


@event_type
class ReportsSplitOff(EventData):
    """These reports speak of another event after all; what remains was counted again."""

    into: IncidentIdField
    reports: Count
    facts: Facts
    approximate: tuple[FactName, ...]
    origins: dict[FactName, FactOrigin]
    sensitive: Annotated[tuple[SensitiveFound, ...], Field(max_length=8)]
    reporters: dict[str, ReporterStand]
    sources: tuple[str, ...]
    reason: Text
