"""Intake: what the gateway has said yes to. Only gateways write here, together with the outbox row."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class IntakeRow(SQLModel, table=True):
    """One accepted message: a 2xx means that this row and its outbox row are committed."""

    __tablename__ = "intake"

    message_id: str = Field(primary_key=True)
    topic: str
    digest: str
    accepted_at: datetime = Field(sa_type=UtcDateTime, index=True)
