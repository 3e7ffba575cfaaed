"""Dead letters: messages that could not be handled, whole, until somebody retries them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class DeadLetterRow(SQLModel, table=True):
    """One message by where it stood. `message_id` is known if it could be read and was trusted, `retried_at` once it
    was sent again; `headers` are what it needs for that.
    """

    __tablename__ = "dead_letters"
    __table_args__ = (
        Index("ix_dead_letters_recorded", "recorded_at"),
        Index("ix_dead_letters_message", "message_id"),
    )

    cluster_id: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True)
    offset: int = Field(primary_key=True, sa_type=BigInteger)
    message_id: str | None
    key: bytes | None
    value: bytes
    headers: bytes
    reason: str
    field: str | None
    detail: str | None
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    retried_at: datetime | None = Field(sa_type=UtcDateTime)
