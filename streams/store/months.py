"""Months of the log: making their partitions ahead on PostgreSQL. SQLite keeps all of them in one table.

The database itself knows how (revision 0003), so that whoever runs the engine need not own the tables.
"""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.months import Month, following, month_of

MONTHS_AHEAD = 3
_OPEN = select(func.fenghuo_open_month(bindparam("month")))


async def open_ahead(connection: AsyncConnection, now: datetime) -> tuple[Month, ...]:
    """Make what is missing of this month (of the program's time) and the three after it; says which were made.

    What lay among the other months for want of a partition moves into it. Raises TransientFault when readers hold the
    table for long.
    """
    if connection.dialect.name != "postgresql":
        return ()
    made, month = list[Month](), month_of(now)
    for _ in range(MONTHS_AHEAD + 1):
        if (await connection.execute(_OPEN, {"month": month})).scalar_one():
            made.append(month)
        month = following(month)
    return tuple(made)
