"""Known: whether the incident or command that a path names exists and is this caller's to see, before a word about it.

Not found and not allowed look the same, so that nobody learns from an answer what lies in another's area; both are
written down, so that nobody learns it from the time either.
"""

from typing import Annotated

from fastapi import Path
from sqlalchemy import bindparam, select

from models.access import Act
from models.identifiers import ID_PATTERN, AreaCode, UnitCode
from models.tables import COMMANDS, INCIDENTS
from models.units import parse_unit
from streams.gateway.auditing import Refusal
from streams.gateway.callers import Caller
from streams.gateway.problems import Problem, not_found
from streams.store.database import Database

# What is no id is not found, and never reaches the database.
IdInPath = Annotated[str, Path(pattern=ID_PATTERN)]

_INCIDENT = select(INCIDENTS.c.area_code).where(INCIDENTS.c.incident_id == bindparam("name"))
_COMMAND = select(COMMANDS.c.unit_code).where(COMMANDS.c.command_id == bindparam("name"))


async def require_incident(
    incident_id: str, caller: Caller, database: Database, absent: Problem | None = None
) -> AreaCode:
    """The area of an incident that this caller may see. Raises Problem (404); a merged one is there.

    `absent` is said instead where the path named something of the incident and not the incident itself.
    """
    async with database.read() as connection:
        area_code = (await connection.execute(_INCIDENT, {"name": incident_id})).scalar()
    if area_code is None or not caller.may(Act.READ_INCIDENTS, area_code):
        told = absent or not_found("incident", incident_id)
        raise Refusal(told, caller, Act.READ_INCIDENTS, area_code, incident_id)
    return AreaCode(area_code)


async def require_command(command_id: str, caller: Caller, database: Database) -> UnitCode:
    """The unit of a command that this caller may see. Raises Problem (404); one of a merged incident is there."""
    async with database.read() as connection:
        unit_code = (await connection.execute(_COMMAND, {"name": command_id})).scalar()
    if unit_code is None or not sees_commands_of(UnitCode(unit_code), caller):
        area_code = None if unit_code is None else parse_unit(unit_code).area_code
        raise Refusal(not_found("command", command_id), caller, Act.READ_COMMANDS, area_code, command_id)
    return UnitCode(unit_code)


def sees_commands_of(unit_code: UnitCode, caller: Caller) -> bool:
    """A unit sees its own commands alone; a desk sees those of every unit in its area."""
    if caller.someone is not None and caller.someone.unit_code not in (None, unit_code):
        return False
    return caller.may(Act.READ_COMMANDS, parse_unit(unit_code).area_code)
