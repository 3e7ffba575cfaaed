"""Progress: how far each partition of each cluster was processed. The database decides this, not Kafka's offsets."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ProgressRow(SQLModel, table=True):
    """One partition. processed + duplicate + dead + recorded gaps = next_offset (I8)."""

    __tablename__ = "progress"

    cluster_id: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True)
    next_offset: int = Field(sa_type=BigInteger)
    processed: int = Field(sa_type=BigInteger)
    duplicate: int = Field(sa_type=BigInteger)
    dead: int = Field(sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class GapRow(SQLModel, table=True):
    """Offsets from `from_offset` up to, not including, `to_offset` that never existed for a reader."""

    __tablename__ = "gaps"

    cluster_id: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True)
    from_offset: int = Field(primary_key=True, sa_type=BigInteger)
    to_offset: int = Field(sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
