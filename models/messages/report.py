"""Report: what the field sends about one event (`reports`, `reports-urgent`, `POST /api/reports`).

Absent means unknown and never zero; casualties are totals at the time of the report, `injured` includes `serious`.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from models.categories import Category
from models.identifiers import MessageId, report_message_id
from models.messages.fields import (
    AreaCodeField,
    Attachment,
    Count,
    Hectares,
    IdText,
    Inbound,
    LongText,
    Magnitude,
    Moment,
    Part,
    ReportIdField,
    ShortText,
    SourceIdField,
    Text,
    Yuan,
)
from models.vocabulary import Channel, Claim, CoordinateSystem, Nature, ReportKind


class Facts(Part):
    """Totals that a report states. None is unknown; a stated 0 is a zero."""

    deaths: Count | None = None
    """persons who died"""
    missing: Count | None = None
    """persons who are looked for"""
    serious: Count | None = None
    """persons badly injured; they count among the injured, too"""
    injured: Count | None = None
    """persons injured, the badly injured among them"""
    trapped: Count | None = None
    """persons who cannot get out"""
    affected: Count | None = None
    """persons whom it touches in any way"""
    evacuated: Count | None = None
    """persons brought away"""
    direct_loss_yuan: Yuan | None = None
    """direct economic loss, whole yuan"""
    magnitude: Magnitude | None = None
    """of an earthquake"""
    burnt_hectares: Hectares | None = None
    """burnt area of a forest or grassland fire, hectares"""


FACT_NAMES: tuple[str, ...] = tuple(Facts.model_fields)


class Position(Part):
    """A point in degrees, with the datum that it was measured in."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    """longitude, degrees, east is positive"""
    lat: Annotated[float, Field(ge=-90, le=90)]
    """latitude, degrees, north is positive"""
    crs: CoordinateSystem
    """the datum; GCJ02 is what map services in China give"""


class Contact(Part):
    """Whom to call about the report. Personal data: never logged, counted or published."""

    name: ShortText | None = None
    """of the person to call"""
    phone: Annotated[str, Field(pattern=r"^[0-9+() -]{3,32}$")] | None = None
    """digits, spaces and + ( ) -"""


def _fact_name(name: str) -> str:
    if name not in FACT_NAMES:
        raise ValueError(f"not the name of a fact: {', '.join(FACT_NAMES)}")
    return name


FactName = Annotated[str, Field(max_length=32), AfterValidator(_fact_name)]


class Report(Inbound):
    """What the field sends about one event. Its identity is (source_id, report_id)."""

    report_id: ReportIdField
    """the source's own; the same id with the same content counts once, with other content it is a conflict"""
    source_id: SourceIdField
    """who sends, the same in every report; without a `reporter_id` all its reports are the word of one reporter"""
    channel: Channel
    """the way it came in; sets its weight as evidence; over HTTP 110, 119 and 120 take the urgent lane"""
    reporter_id: IdText | None = None
    """who at the source tells it; counts once as evidence, too many at once are a flood; masked on screens"""
    kind: ReportKind
    """the first report of this source on this event, a further one, or the last"""
    number: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """place among this source's reports on this event, from 1; kept, not acted upon"""
    refers_to: IdText | None = None
    """report_id of the same source, else an incident_id: it joins that incident; needed unless kind is initial"""
    nature: Nature = Nature.EMERGENCY
    """something that has happened, or a danger that it may"""
    claim: Claim = Claim.AFFIRM
    """`deny`: it is not so; left out, words in title or text that deny it count as a denial"""
    urgent: bool = False
    """danger to life now: disposal begins before verification"""
    exercise: bool = False
    """an exercise: never fused with the real, never rated, marked on every command and warning"""
    category: Category | None = None
    """of the national classification; read from title and text where it is left out"""
    title: ShortText | None = None
    """in a line; one of category, title, text is needed"""
    text: LongText | None = None
    """in the reporter's words; facts, place and danger are read from it, and contradictions with the fields told"""
    area_code: AreaCodeField
    """where: city or district 6, township 9, community 12 digits; a retired code is read as its successor"""
    grid_code: IdText | None = None
    """the grid worker's cell, shown beside the place"""
    place: Annotated[Text, Field(max_length=200)] | None = None
    """in words, below the area code"""
    position: Position | None = None
    """where it happened; weighs more than words in fusion"""
    occurred_at: Moment | None = None
    """when it happened, at most a day ahead of now; left out, it is read from the words"""
    known_at: Moment | None = None
    """when the source learned of it: the direct-report limit runs from here, area codes are read as of this day"""
    reported_at: Moment
    """when the source sent it"""
    facts: Facts = Facts()
    """totals as of this report, not additions; silence never lowers a number"""
    approximate: tuple[FactName, ...] = ()
    """names of facts that are estimates"""
    contact: Contact | None = None
    """whom to call back; personal data, shown through a door of its own and never logged"""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    """photographs, by digest; their bytes go to `POST /api/attachments`"""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.category is None and not self.title and not self.text:
            raise ValueError("one of category, title, text is required")
        if self.kind is not ReportKind.INITIAL and self.refers_to is None:
            raise ValueError("refers_to is required unless kind is initial")
        return self

    @property
    def message_id(self) -> MessageId:
        """The report's identity as the inbox knows it."""
        return report_message_id(self.source_id, self.report_id)

    @property
    def reporter_key(self) -> str:
        """Who vouches for it: the named reporter of this source, else the source itself."""
        return f"{self.source_id}/{self.reporter_id or ''}"
