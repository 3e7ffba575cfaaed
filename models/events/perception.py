"""What perception finds out: that there is an incident, which reports speak of it, and what they state."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.categories import Category
from models.events.registry import EventData, event_type
from models.likeness import LANDMARKS_REMEMBERED, Sketch
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

SUGGESTIONS_REMEMBERED = 5


class FusionFeature(StrEnum):
    """What two reports, or a report and an incident, are compared by."""

    PLACE = "place"
    TIME = "time"
    CATEGORY = "category"
    WORDS = "words"
    NUMBERS = "numbers"
    REPORTER = "reporter"


class FusionOutcome(StrEnum):
    """Whether it is one event: the rule's answer, or a question to the officer."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


class FeaturePoints(Value):
    """What one feature says for it (above 0) or against it, as points of the rulebook, and what was seen."""

    feature: FusionFeature
    points: float
    reason: Text


class FusionScore(Value):
    """How well one candidate fitted, and why. `score` is the likelihood that the points add up to, 0 to 1."""

    incident_id: IncidentIdField
    score: Ratio
    outcome: FusionOutcome
    reason: Text
    features: Annotated[tuple[FeaturePoints, ...], Field(max_length=8)] = ()


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


class LowTrust(Value):
    """Why a report is of low trust: its reporter told so many, itself included, where the rulebook allows `most`."""

    reports: Count
    most: Count
    within_seconds: Count


class ReportTrust(Value):
    """Who speaks for an incident: affirming reports that count in full, and all reports of low trust."""

    trusted: Count = 0
    low: Count = 0

    def after(self, claim: Claim, low_trust: LowTrust | None) -> "ReportTrust":
        """With one more report."""
        if low_trust is not None:
            return ReportTrust(trusted=self.trusted, low=self.low + 1)
        return ReportTrust(trusted=self.trusted + (claim is Claim.AFFIRM), low=self.low)

    def together(self, other: "ReportTrust") -> "ReportTrust":
        """Of two incidents that are one."""
        return ReportTrust(trusted=self.trusted + other.trusted, low=self.low + other.low)


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

    `facts`, `category` and `approximate` are what it states by fields and words together; `understood` is what its
    words say, `words` and `landmarks` are their sketch for fusion. `awaits` names an earlier report of its source that
    has not arrived. `low_trust` is given for one of a flood from one reporter.
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
    category: Category | None
    words: Text
    landmarks: Annotated[tuple[Text, ...], Field(max_length=LANDMARKS_REMEMBERED)]
    occurred_at: Moment | None
    reported_at: Moment
    known_at: Moment | None
    received_at: Moment
    place: Place
    direct_report_within_limit: bool | None
    fusion_reason: Text
    candidates: Annotated[tuple[FusionScore, ...], Field(max_length=20)] = ()
    awaits: ReportIdField | None = None
    low_trust: LowTrust | None = None


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
    """A later report named the category that the first one left open, or by far most reports name another."""

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
class MergeSuggested(EventData):
    """These two may be one event: an officer decides, by a merge or by doing nothing."""

    suggestion: FusionScore


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
    sketch: Sketch
    suggestions: Annotated[tuple[FusionScore, ...], Field(max_length=SUGGESTIONS_REMEMBERED)]
    reporters: dict[str, ReporterStand]
    sources: tuple[str, ...]
    trust: ReportTrust
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
    sketch: Sketch
    reporters: dict[str, ReporterStand]
    sources: tuple[str, ...]
    trust: ReportTrust
    reason: Text
