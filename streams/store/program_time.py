"""Program time: what the embedded profile's scaled clock read when it was last written, to go on from there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import CLOCK
from models.tables.clock import THE_CLOCK
from streams.store.statements import upsert


async def load(connection: AsyncConnection) -> datetime | None:
    """What the clock read last; None when it never ran."""
    found = (
        await connection.execute(select(CLOCK.c.reads).where(CLOCK.c.id == THE_CLOCK))
    ).scalar_one_or_none()
    return found if found is None or isinstance(found, datetime) else None


async def store(connection: AsyncConnection, reads: datetime, speed: float) -> None:
    """Write what the clock reads now, and how fast it runs."""
    await upsert(connection, CLOCK, [{"id": THE_CLOCK, "reads": reads, "speed": speed}])
