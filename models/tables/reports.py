"""Reports: every accepted report with its original bytes, its place and the incident that it belongs to now.

A merge or split moves the row to the other incident, so that the reports of an incident are one index away. Text and
contact stay here and never enter the state or the log.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ReportRow(SQLModel, table=True):
    """One report by its identity. `body` is what arrived, `place` the JSON of `models.places.Place`."""

    __tablename__ = "reports"

    source_id: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    message_id: str
    incident_id: str = Field(index=True)
    digest: str
    kind: str
    channel: str
    area_code: str
    reported_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    place: bytes
    body: bytes
