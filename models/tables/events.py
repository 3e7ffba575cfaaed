"""Events: the log. Appended, never changed; everything else can be folded from it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class EventRow(SQLModel, table=True):
    """One fact. `body` is the Event as it went to `incident-events`, byte for byte."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("incident_id", "seq", name="uq_events_incident_seq"),)

    event_id: str = Field(primary_key=True)
    incident_id: str
    seq: int
    type: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause_id: str
    body: bytes
