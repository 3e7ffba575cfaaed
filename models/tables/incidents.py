"""Incidents: the fold of each log as one row, with the columns that filters, fusion and heat ask for.

`state` is the record; every other column repeats a part of it so that an index can serve it, and `fenghuo check`
compares them (I6). Heat is the one value beside the fold: it is folded from the same events in `seq` order.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class IncidentRow(SQLModel, table=True):
    """One incident as it stands. `seq` is its version; `updated_at` is the recorded_at of its last event.

    `opened_month` says where its log lies (`models.tables.events`).

    For fusion: `family` is its category's, empty while that is unknown, `locality` the township as
    `workflows.judgement.sketching` has it, `likeness` the JSON of `models.likeness.Likeness`.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_updated", "updated_at", "incident_id"),
        Index("ix_incidents_status", "status", "updated_at", "incident_id"),
        Index("ix_incidents_stage", "stage", "updated_at", "incident_id"),
        Index("ix_incidents_district", "district_code", "updated_at", "incident_id"),
        Index("ix_incidents_township", "township_code", "updated_at", "incident_id"),
        Index("ix_incidents_fusion_locality", "locality", "family", "last_reported_at"),
        Index("ix_incidents_fusion_district", "district_code", "family", "last_reported_at"),
        Index("ix_incidents_fusion_family", "family", "last_reported_at"),
        Index("ix_incidents_heat", "status", "heat_epoch", "log_heat"),
    )

    incident_id: str = Field(primary_key=True)
    seq: int
    status: str
    stage: str
    verdict: str
    level: str
    graded: bool
    nature: str
    category: str | None
    family: str
    title: str
    exercise: bool
    urgent: bool
    red_alarm: bool
    area_code: str
    city_code: str
    district_code: str | None
    township_code: str | None
    locality: str
    merged_into: str | None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_month: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)
    first_reported_at: datetime = Field(sa_type=UtcDateTime)
    last_reported_at: datetime = Field(sa_type=UtcDateTime)
    reports: int
    sources: int
    open_commands: int
    acknowledged: bool
    community_code: str | None
    grid_code: str | None
    step: str | None
    step_tier: str | None
    next_due_at: datetime | None = Field(sa_type=UtcDateTime)
    heat_epoch: int | None
    log_heat: float | None
    likeness: bytes
    state: bytes
