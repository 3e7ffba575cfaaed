"""Wall time of the database: the one clock that all workers of a PostgreSQL installation can see."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READS = text("SELECT clock_timestamp()")


async def read(connection: AsyncConnection) -> datetime | None:
    """What the database's own clock says now; None on SQLite, which has none but the machine's."""
    if connection.dialect.name == "sqlite":
        return None
    moment: datetime = (await connection.execute(_READS)).scalar_one()
    return moment
