"""Leases: one holder at a time for a job that several workers could do. Work stays correct without; it is only done once.

Times here are wall time, also where the program's clock is scaled: a lease waits for a machine.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import LEASES
from streams.store.statements import Insert, insert_into


async def hold(connection: AsyncConnection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take or keep the job until `until`; False while somebody else has it.

    Inside the transaction that does the work it is a fence too: whoever lost the job writes nothing.
    """
    asked = {"name": name, "holder": holder, "held_until": until, "at": now}
    return (await connection.execute(_hold(connection.dialect.name), asked)).first() is not None
