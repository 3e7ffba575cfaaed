"""Projections: the last published rating of each subject and heat ranking of each scope."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ProjectionRow(SQLModel, table=True):
    """What stands under this key on a compacted topic, byte for byte."""

    __tablename__ = "projections"

    topic: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: bytes
    updated_at: datetime = Field(sa_type=UtcDateTime)
