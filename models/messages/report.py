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
    missing: Count | None = None
    serious: Count | None = None
    injured: Count | None = None
    trapped: Count | None = None
    affected: Count | None = None
    evacuated: Count | None = None
    direct_loss_yuan: Yuan | None = None
    magnitude: Magnitude | None = None
    burnt_hectares: Hectares | None = None


FACT_NAMES: tuple[str, ...] = tuple(Facts.model_fields)


class Position(Part):
    """A point in degrees, with the datum that it was measured in."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: CoordinateSystem


class Contact(Part):
    """Whom to call about the report. Personal data: never logged, counted or published."""

    name: ShortText | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+() -]{3,32}$")] | None = None


def _fact_name(name: str) -> str:
    if name not in FACT_NAMES:
        raise ValueError(f"not the name of a fact: {', '.join(FACT_NAMES)}")
    return name


FactName = Annotated[str, Field(max_length=32), AfterValidator(_fact_name)]


class Report(Inbound):
    """What the field sends about one event. Its identity is (source_id, report_id)."""

    report_id: ReportIdField
    source_id: SourceIdField
    channel: Channel
    reporter_id: IdText | None = None
    kind: ReportKind
    number: Annotated[int, Field(ge=1, le=100_000)] | None = None
    refers_to: IdText | None = None
    nature: Nature = Nature.EMERGENCY
    claim: Claim = Claim.AFFIRM
    urgent: bool = False
    exercise: bool = False
    category: Category | None = None
    title: ShortText | None = None
    text: LongText | None = None
    area_code: AreaCodeField
    grid_code: IdText | None = None
    place: Annotated[Text, Field(max_length=200)] | None = None
    position: Position | None = None
    occurred_at: Moment | None = None
    known_at: Moment | None = None
    reported_at: Moment
    facts: Facts = Facts()
    approximate: tuple[FactName, ...] = ()
    contact: Contact | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()

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
