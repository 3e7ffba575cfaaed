"""Inbox: which messages the engine has handled, so that doing it again changes nothing. Only the engine writes here."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class InboxRow(SQLModel, table=True):
    """One handled message: where it was read, its one time, and what the core said (`refusal_code` None: applied)."""

    __tablename__ = "inbox"

    message_id: str = Field(primary_key=True)
    digest: str
    cluster_id: str
    topic: str
    partition: int
    offset: int = Field(sa_type=BigInteger)
    incident_id: str | None
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    refusal_code: str | None
    refusal_detail: str | None
