"""Meddling: how a test gets past what the database itself refuses, as somebody would who owns it.

For tests of what is noticed all the same. Never in here: what is changed then.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def lift_guards(connection: AsyncConnection) -> None:
    """Let the audit be changed: on PostgreSQL for this transaction, on SQLite from now on."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for statement in (
        "DROP TRIGGER IF EXISTS audit_is_never_changed",
        "DROP TRIGGER IF EXISTS audit_is_never_shortened",
    ):
        await connection.exec_driver_sql(statement)
