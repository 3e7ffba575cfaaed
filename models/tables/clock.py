"""Clock: the embedded profile's scaled time, which stands still while the program is stopped."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime

THE_CLOCK = 1


class ClockRow(SQLModel, table=True):
    """The one row: program time when it was last written, and how many times faster than the wall it ran."""

    __tablename__ = "clock"

    id: int = Field(primary_key=True)
    reads: datetime = Field(sa_type=UtcDateTime)
    speed: float
