"""A city after two years: incidents and all that hangs on them, so that PostgreSQL plans as it would then.

A fifth of a million of them, which is planned alike and made in half a minute; PLANS_INCIDENTS=1000000 makes them all.
Made by the database itself from series of numbers (million.sql): how often each value comes is about what a city
would have, what the values say is nothing. Never in here: a query.
"""

import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

INCIDENTS = int(os.environ.get("PLANS_INCIDENTS", "200000"))
_APART = 63_000_000 // INCIDENTS  # seconds: two years of them
# Tables that grow with every report: nothing may read one of them from end to end.
LARGE = frozenset(
    (
        "attachment_links",
        "attachments",
        "audit",
        "commands",
        "deadlines",
        "events",
        "inbox",
        "incidents",
        "intake",
        "outbox",
        "outcomes",
        "reports",
    )
)
_SECONDARY = text(
    "SELECT indexdef, indexname FROM pg_indexes JOIN pg_class ON relname = indexname"
    " JOIN pg_index ON indexrelid = pg_class.oid"
    " WHERE NOT indisunique AND NOT relispartition AND tablename = ANY(:large) AND tablename <> 'events'"
)
_SERIES = Path(__file__).with_suffix(".sql")


async def fill(connection: AsyncConnection) -> None:
    """Fill an empty PostgreSQL database of this version, and let it count. Takes about a minute on two cores."""
    for setting in ("SET LOCAL synchronous_commit = off", "SET LOCAL maintenance_work_mem = '256MB'"):
        await connection.exec_driver_sql(setting)
    months, *statements = _statements()
    await connection.exec_driver_sql(months)
    # Indexes are built faster once than grown row by row.
    indexes = list(await connection.execute(_SECONDARY, {"large": sorted(LARGE)}))
    for index in indexes:
        await connection.exec_driver_sql(f"DROP INDEX {index.indexname}")
    for statement in statements:
        await connection.exec_driver_sql(statement)
    for index in indexes:
        await connection.exec_driver_sql(index.indexdef)
    await connection.exec_driver_sql("ANALYZE")


def _statements() -> list[str]:
    series = _SERIES.read_text(encoding="utf-8")
    series = series.replace("@incidents@", str(INCIDENTS)).replace("@apart@", str(_APART))
    return [statement for statement in series.split(";") if statement.strip()]
