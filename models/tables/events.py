"""Events: the log. Appended, never changed; everything else can be folded from it."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime

# What moves the map of open incidents. Spelled out, and used by the query as it stands here: a database takes a
# partial index only for the very condition that made it.
SHOWN_ON_THE_MAP = text(
    "type IN ('incident_opened', 'preliminary_graded', 'graded', 'incident_acknowledged', 'incident_closed',"
    " 'incident_rejected', 'incident_merged', 'incident_reopened')"
)


class EventRow(SQLModel, table=True):
    """One fact. `body` is the Event as it went to `incident-events`, byte for byte."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("incident_id", "seq", name="uq_events_incident_seq"),
        # Partial: one fact of ten moves the map.
        Index(
            "ix_events_map",
            "incident_id",
            "seq",
            sqlite_where=SHOWN_ON_THE_MAP,
            postgresql_where=SHOWN_ON_THE_MAP,
        ),
    )

    event_id: str = Field(primary_key=True)
    incident_id: str
    seq: int
    type: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause_id: str
    body: bytes
