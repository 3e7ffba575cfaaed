"""Deadlines: durable clocks. Each fires once, or is cancelled or moot (I4), however many sweepers look."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class DeadlineProgress(StrEnum):
    """How far a clock has come."""

    OPEN = "open"  # runs
    SENT = "sent"  # passed; its message is in the outbox or on its way
    FIRED = "fired"  # the core heard of it and something followed
    MOOT = "moot"  # the core heard of it and nothing was left to do
    CANCELLED = "cancelled"  # what it waited for happened first

    @property
    def is_running(self) -> bool:
        """It can still fire."""
        return self in (DeadlineProgress.OPEN, DeadlineProgress.SENT)


class DeadlineRow(SQLModel, table=True):
    """One clock. `times_extended` keeps a passing before an extension apart from the one after it."""

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_due", "progress", "due_at"),)

    deadline_id: str = Field(primary_key=True)
    incident_id: str = Field(index=True)
    kind: str
    stage: str
    tier: str
    step: str | None
    command_id: str | None
    due_at: datetime = Field(sa_type=UtcDateTime)
    progress: str
    times_extended: int
    fire_count: int
    updated_at: datetime = Field(sa_type=UtcDateTime)
