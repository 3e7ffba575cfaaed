"""Known: whether the incident or command that a path names exists, before anything is said about it."""

from typing import Annotated

from fastapi import Path
from sqlalchemy import bindparam, select

from models.identifiers import ID_PATTERN
from models.tables import COMMANDS, INCIDENTS
from streams.gateway.problems import not_found
from streams.store.database import Database

# What is no id is not found, and never reaches the database.
IdInPath = Annotated[str, Path(pattern=ID_PATTERN)]

_INCIDENT = select(INCIDENTS.c.incident_id).where(INCIDENTS.c.incident_id == bindparam("name"))
_COMMAND = select(COMMANDS.c.command_id).where(COMMANDS.c.command_id == bindparam("name"))


async def require_incident(incident_id: str, database: Database) -> None:
    """Raises Problem (404) when there is no such incident; a merged one is there."""
    async with database.read() as connection:
        if (await connection.execute(_INCIDENT, {"name": incident_id})).first() is None:
            raise not_found("incident", incident_id)


async def require_command(command_id: str, database: Database) -> None:
    """Raises Problem (404) when there is no such command; one of a merged incident is there."""
    async with database.read() as connection:
        if (await connection.execute(_COMMAND, {"name": command_id})).first() is None:
            raise not_found("command", command_id)
