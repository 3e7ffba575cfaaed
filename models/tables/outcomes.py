"""Outcomes: single measured goods and bads of areas and units; ratings only add them up."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class OutcomeRow(SQLModel, table=True):
    """One outcome; its id is derived, so that measuring the same thing again replaces it."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_window", "happened_at", "measure"),)

    outcome_id: str = Field(primary_key=True)
    measure: str
    district_code: str | None
    township_code: str | None
    unit_code: str | None
    incident_id: str = Field(index=True)
    happened_at: datetime = Field(sa_type=UtcDateTime)
    good: bool
