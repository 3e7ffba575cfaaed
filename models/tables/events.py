"""Events: the log. Appended, never changed; everything else can be folded from it.

On PostgreSQL in one partition for each month of opening (decision 0014), on SQLite one table; the keys are the same.
"""

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
    """One fact. `body` is the Event as it went to `incident-events`, byte for byte.

    `opened_month` is that of the incident (`models.months`) and the same for all of its facts: PostgreSQL wants the
    partition's key in every unique key, and so this one says that (incident_id, seq) is unique.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("incident_id", "seq", "opened_month", name="uq_events_incident_seq"),
        # Partial: one fact of ten moves the map.
        Index(
            "ix_events_map",
            "incident_id",
            "seq",
            sqlite_where=SHOWN_ON_THE_MAP,
            postgresql_where=SHOWN_ON_THE_MAP,
        ),
        {"postgresql_partition_by": "LIST (opened_month)"},
    )

    event_id: str = Field(primary_key=True)
    opened_month: str = Field(primary_key=True)
    incident_id: str
    seq: int
    type: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause_id: str
    body: bytes
