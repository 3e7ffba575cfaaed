"""Archives: which logs of ended incidents were put away, in which file, and where in it.

The files lie in the archive folder (`streams.archive`). An incident's row, its reports, commands and clocks stay.
"""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ArchiveRow(SQLModel, table=True):
    """One file. `digest` is that of its bytes, as they were written."""

    __tablename__ = "archives"

    name: str = Field(primary_key=True)
    digest: str
    size_bytes: int = Field(sa_type=BigInteger)
    opened_month: str
    incidents: int
    events: int
    archived_at: datetime = Field(sa_type=UtcDateTime)


class ArchivedLogRow(SQLModel, table=True):
    """The facts from `first_seq` to `last_seq` of one incident: so many bytes of that file, and the digest of those.

    Whoever reopens an incident whose log was put away goes on with the next seq in `events`.
    """

    __tablename__ = "archived_logs"

    incident_id: str = Field(primary_key=True)
    last_seq: int = Field(primary_key=True)
    first_seq: int
    archive: str = Field(foreign_key="archives.name")
    offset_bytes: int = Field(sa_type=BigInteger)
    size_bytes: int = Field(sa_type=BigInteger)
    digest: str
