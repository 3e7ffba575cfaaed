"""Outbox: what must be on Kafka, committed together with what caused it.

A row is published by whoever claims it: first the batch that wrote it, then, when that one died, the sweeper. Claims
are leases on rows; nothing may walk this table by `id > cursor`, since ids do not commit in order.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime, growing_key

_UNPUBLISHED = text("published_at IS NULL")
_PUBLISHED = text("published_at IS NOT NULL")
_NAMED = text("message_id IS NOT NULL")


class OutboxRow(SQLModel, table=True):
    """One record to publish. `message_id` names it where the engine itself reads it, `event_id` where it is the log."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "id", sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED),
        Index("ix_outbox_claim", "claim", sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED),
        Index("ix_outbox_published", "published_at", sqlite_where=_PUBLISHED, postgresql_where=_PUBLISHED),
        # Partial: nine rows of ten are facts of the log, which nobody looks up here.
        Index("ix_outbox_message", "message_id", sqlite_where=_NAMED, postgresql_where=_NAMED),
    )

    id: int | None = Field(default=None, sa_column=growing_key())
    topic: str
    key: bytes
    value: bytes
    headers: bytes
    message_id: str | None
    event_id: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    claim: str | None
    claimed_until: datetime | None = Field(sa_type=UtcDateTime)
    published_cluster: str | None
    published_at: datetime | None = Field(sa_type=UtcDateTime)
