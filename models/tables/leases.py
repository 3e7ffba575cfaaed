"""Leases: who alone may do a job until when. Work stays correct without them; they only save doing it twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class LeaseRow(SQLModel, table=True):
    """One job and its holder."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    held_until: datetime = Field(sa_type=UtcDateTime)
