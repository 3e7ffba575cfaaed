"""Disagreements: where Kafka was found to say something else than the database, kept for whoever asks later."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class DisagreementKind(StrEnum):
    """In what they differ; what was done about it stands in `deploy/docs/recovery.md`."""

    OFFSETS_AHEAD = "offsets_ahead"  # the group was set past what the database has handled: sought back
    TRUNCATED = "truncated"  # records are gone that nobody has handled: a gap, and ours are sent again
    REWOUND = "rewound"  # the partition ends before what was handled: it is another one, read from its start
    EVENT_DIFFERS = "event_differs"  # derived again after a restore, a fact came out with other bytes
    EVENT_MISSING = "event_missing"  # a fact that Kafka has was not derived again after a restore

    @property
    def is_about_an_event(self) -> bool:
        """Its subject is the id of an event and `found` the digest of the bytes that Kafka has."""
        return self in (DisagreementKind.EVENT_DIFFERS, DisagreementKind.EVENT_MISSING)


class DisagreementRow(SQLModel, table=True):
    """One finding. `subject` is topic[partition] or an event id; `found` is what Kafka said."""

    __tablename__ = "disagreements"

    cluster_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    found: str = Field(primary_key=True)
    detail: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
