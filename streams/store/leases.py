"""Leases: one holder at a time for a job that several workers could do; without one it would only be done twice.

Times here are wall time, also where the program's clock is scaled: a lease waits for a machine, not for a deadline.
"""

from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import LEASES
from streams.store.statements import insert_new

# A lease that ends later than a second one after one of now is of a process whose clock went ahead: it may be dead, and
# the job would lie until the true time has come so far. Clocks that agree to within a lease take nothing away.
_TAKE = (
    update(LEASES)
    .where(
        LEASES.c.name == bindparam("job"),
        or_(
            LEASES.c.holder == bindparam("by"),
            LEASES.c.held_until < bindparam("at"),
            LEASES.c.held_until > bindparam("ahead"),
        ),
    )
    .values(holder=bindparam("by"), held_until=bindparam("until"))
)


async def hold(connection: AsyncConnection, job: str, by: str, now: datetime, until: datetime) -> bool:
    """Take or keep the job until `until`; False while somebody else has it.

    Inside the transaction that does the work it is a fence as well: whoever lost the job writes nothing.
    """
    await insert_new(connection, LEASES, [{"name": job, "holder": by, "held_until": until}])
    ahead = until + (until - now)
    taken = await connection.execute(_TAKE, {"job": job, "by": by, "at": now, "until": until, "ahead": ahead})
    return taken.rowcount == 1
