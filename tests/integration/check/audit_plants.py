"""Violations of what the audit knows, to plant: acts that nobody noted, and a note that was changed."""

from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act
from models.tables import AUDIT, INBOX, INCIDENTS, INTAKE, PROPOSALS
from streams.access import audit
from streams.access.audit import Outsider, entry_of
from tests.databases.meddling import lift_guards
from tests.integration.check.tampering import change, one

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def decision_nobody_sent(connection: AsyncConnection) -> str:
    row = await one(connection, INBOX, INBOX.c.topic == "decisions")
    accepted = {"topic": "decisions", "digest": row.digest, "accepted_at": LONG_AGO}
    await connection.execute(insert(INTAKE).values(message_id=row.message_id, **accepted))
    return f"intake message_id={row.message_id}"


async def decision_that_was_denied(connection: AsyncConnection) -> str:
    where = await decision_nobody_sent(connection)
    await noted(connection, where.partition("=")[2], allowed=False)
    return where


async def proposal_nobody_made(connection: AsyncConnection) -> str:
    return await proposal(connection, second_id=None, state="waiting")


async def decline_of_nobody(connection: AsyncConnection) -> str:
    where = await proposal(connection, second_id="li", state="declined")
    await noted(connection, where.partition("=")[2], allowed=True)
    return where


async def proposal(connection: AsyncConnection, *, second_id: str | None, state: str) -> str:
    """A proposal's row as the gateway keeps it."""
    row = await one(connection, INCIDENTS)
    await connection.execute(
        insert(PROPOSALS).values(
            message_id="proposal-1",
            incident_id=row.incident_id,
            area_code=row.area_code,
            officer_id="wang",
            officer_area_code=row.area_code,
            action="release",
            orders=11,
            digest="sha256:0",
            body=b"{}",
            proposed_at=LONG_AGO,
            expires_at=LONG_AGO,
            state=state,
            second_id=second_id,
            second_name=second_id,
        )
    )
    return "proposals message_id=proposal-1"


async def audit_entry_changed(connection: AsyncConnection) -> str:
    for subject in ("one", "two"):
        await noted(connection, subject, allowed=False)
    await lift_guards(connection)
    await change(connection, AUDIT, await one(connection, AUDIT), outcome="allowed")
    return "audit seq=1"


async def noted(connection: AsyncConnection, subject: str, *, allowed: bool) -> None:
    """Write an entry as the gateway does."""
    entry = entry_of(Outsider.INSTALLATION, Act.HANDLE, None, subject, allowed=allowed, at=LONG_AGO)
    await audit.append(connection, entry)
