"""The kinds of field that messages are made of, with the limits that keep both databases and every reader safe.

NUL and lone surrogates pass SQLite and break PostgreSQL, NaN passes Python and breaks JSON readers, and an integer
past 2^63 breaks both: all are refused here, at the edge, with the field's name.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from models.identifiers import (
    AREA_CODE_PATTERN,
    ID_PATTERN,
    UNIT_CODE_PATTERN,
    AreaCode,
    CommandId,
    DeadlineId,
    DecisionId,
    FeedbackId,
    IncidentId,
    MessageId,
    ReportId,
    SourceId,
    UnitCode,
    WarningId,
)
from models.messages.versions import SCHEMA_VERSION, Versioned
from models.vocabulary import Role

# Control characters but for tab and line ends, and lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_YEARS = range(1990, 2100)
_CONVERTIBLE = range(2, 9999)  # the first and the last hours of all years lie outside them in another zone


def _printable(text: str) -> str:
    if found := _UNPRINTABLE.search(text):
        raise ValueError(f"character U+{ord(found[0]):04X} is not allowed in text")
    return text


def _in_calendar(moment: datetime) -> datetime:
    if moment.year not in _CONVERTIBLE or (in_utc := moment.astimezone(UTC)).year not in _YEARS:
        raise ValueError("time lies outside 1990 to 2099")
    return in_utc


_Id = Annotated[str, Field(pattern=ID_PATTERN)]
IdText = _Id
Text = Annotated[str, AfterValidator(_printable)]
ShortText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
LongText = Annotated[str, Field(max_length=20_000), AfterValidator(_printable)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]
Yuan = Annotated[int, Field(ge=0, le=10**15)]
Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Magnitude = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Hectares = Annotated[float, Field(ge=0, le=10**8, allow_inf_nan=False)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]

IncidentIdField = Annotated[IncidentId, Field(pattern=ID_PATTERN)]
ReportIdField = Annotated[ReportId, Field(pattern=ID_PATTERN)]
SourceIdField = Annotated[SourceId, Field(pattern=ID_PATTERN)]
DecisionIdField = Annotated[DecisionId, Field(pattern=ID_PATTERN)]
FeedbackIdField = Annotated[FeedbackId, Field(pattern=ID_PATTERN)]
CommandIdField = Annotated[CommandId, Field(pattern=ID_PATTERN)]
DeadlineIdField = Annotated[DeadlineId, Field(pattern=ID_PATTERN)]
WarningIdField = Annotated[WarningId, Field(pattern=ID_PATTERN)]
MessageIdField = Annotated[MessageId, Field(pattern=ID_PATTERN)]
AreaCodeField = Annotated[AreaCode, Field(pattern=AREA_CODE_PATTERN)]
UnitCodeField = Annotated[UnitCode, Field(pattern=UNIT_CODE_PATTERN)]
SchemaVersion = Annotated[int, Field(ge=1, le=1_000_000)]


class Value(BaseModel):
    """A frozen, strict, closed value: everything that Fenghuo itself makes."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Part(BaseModel):
    """A piece of a message from outside: strict on what it knows, and keeping what it does not."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Inbound(Versioned):
    """A message from outside: strict on what it knows, and keeping what it does not (`unknown_fields`)."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )

    schema_version: SchemaVersion = SCHEMA_VERSION
    """of the contract that the sender writes by; a newer one than the reader knows is parked until the upgrade"""

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Names that the contract does not have, sorted; kept in the stored original and told to the sender."""
        return tuple(sorted(_unknown_in(self, "")))


def _unknown_in(part: BaseModel, path: str) -> list[str]:
    extra: dict[str, Any] = part.model_extra or {}
    names = [path + name for name in extra]
    for name in type(part).model_fields:
        if isinstance(value := getattr(part, name), Part):
            names += _unknown_in(value, f"{path}{name}.")
    return names


class Outbound(Versioned, Value):
    """A message that Fenghuo sends: exactly the contract's fields."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    """of the contract that this is written by"""


class Person(Part):
    """Somebody with a name; an acknowledgement without one is none."""

    id: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)] | None = None
    """as the unit knows the person"""
    name: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
    """who takes the responsibility"""


class Officer(Part):
    """An officer who decides, by id and name, and as what; the gateway fills the role in."""

    id: IdText
    """as the identity provider or the account has it"""
    name: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
    """shown wherever the act is told of"""
    role: Role | None = None
    """in which the officer acts; over HTTP the gateway fills it in"""


class SecondOfficer(Officer):
    """The officer who countersigns another's decision, and where they sit."""

    area_code: AreaCodeField
    """where the second officer sits"""


class Attachment(Part):
    """A file named by its digest; its bytes never travel on a topic."""

    digest: Digest
    """SHA-256 of the bytes; hand these in at `POST /api/attachments`"""
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[A-Za-z0-9.+-]{1,100}$")]
    """as its sender names it"""
    name: ShortText
    """for people, a file name as a rule"""
