"""Reports: every accepted report with its original bytes, its place and the incident that it belongs to now.

A merge or split moves the row to the other incident, so that the reports of an incident are one index away. Text and
contact stay here and never enter the state or the log.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ReportRow(SQLModel, table=True):
    """One report by its identity. `body` is what arrived, `place` the JSON of `models.places.Place`.

    `refers_to` is indexed so that a report finds those that came before it and refer to it, `reporter_key` so that a
    flood from one reporter is noticed; `low_trust` is the JSON of `models.events.perception.LowTrust`.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_refers_to", "refers_to", "source_id"),
        Index("ix_reports_reporter", "reporter_key", "received_at"),
    )

    source_id: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    message_id: str
    refers_to: str | None
    reporter_key: str
    low_trust: bytes | None
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
