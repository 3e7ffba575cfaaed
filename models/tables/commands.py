"""Commands: each order and retraction as sent, how far its unit is, and how often it was sent."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class CommandRow(SQLModel, table=True):
    """One command. `body` never changes: every re-delivery sends these bytes. `incident_id` follows merge and split."""

    __tablename__ = "commands"
    __table_args__ = (
        Index("ix_commands_unit", "unit_code", "status"),
        Index("ix_commands_resend", "status", "last_sent_at"),
    )

    command_id: str = Field(primary_key=True)
    incident_id: str = Field(index=True)
    kind: str
    retracts: str | None
    unit_code: str
    tier: str
    task_id: str
    status: str
    exercise: bool
    issued_at: datetime = Field(sa_type=UtcDateTime)
    acknowledge_by: datetime = Field(sa_type=UtcDateTime)
    complete_by: datetime | None = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(sa_type=UtcDateTime)
    deliveries: int
    last_sent_at: datetime = Field(sa_type=UtcDateTime)
    retraction_heard_at: datetime | None = Field(sa_type=UtcDateTime)
    body: bytes
