"""Commands of one unit, as its desk shows them: what is owed first, then what has ended lately."""

from collections.abc import Iterable
from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act
from models.identifiers import UNIT_CODE_PATTERN, UnitCode
from models.messages.fields import Person
from models.tables import COMMANDS, INCIDENTS
from models.units import UnknownUnit, parse_unit
from models.vocabulary import CommandStatus
from streams.gateway.auditing import Refusal
from streams.gateway.callers import CallerOf
from streams.gateway.known import sees_commands_of
from streams.gateway.listing import Found
from streams.gateway.openapi import problems
from streams.gateway.parameters import MOST_ROWS, KnownParametersOnly
from streams.gateway.problems import not_found
from streams.gateway.services import ServicesOf
from streams.gateway.showing import command_view
from streams.gateway.views import CommandList
from streams.store import attachments

router = APIRouter(prefix="/api/units", tags=["commands"], dependencies=[KnownParametersOnly])

_LIVE = tuple(status.value for status in CommandStatus if status.is_live)
_OF_UNIT = (
    select(COMMANDS)
    .where(COMMANDS.c.unit_code == bindparam("of_unit"))
    .order_by(case((COMMANDS.c.status.in_(_LIVE), 0), else_=1), COMMANDS.c.issued_at.desc())
    .limit(MOST_ROWS)
)
_STATES = select(INCIDENTS.c.state).where(INCIDENTS.c.incident_id.in_(bindparam("of_these", expanding=True)))


@router.get("/{unit_code}/commands", responses=problems(400, 401, 404, 503))
async def get_commands(
    unit_code: Annotated[str, Path(pattern=UNIT_CODE_PATTERN)], caller: CallerOf, services: ServicesOf
) -> CommandList:
    """A unit's commands, at most 200: those that it still owes something for first, each group newest first."""
    try:
        area_code = parse_unit(unit_code).area_code
    except UnknownUnit:
        raise not_found("unit", unit_code) from None
    if not sees_commands_of(UnitCode(unit_code), caller):
        raise Refusal(not_found("unit", unit_code), caller, Act.READ_COMMANDS, area_code, unit_code)
    async with services.database.read() as connection:
        rows = list(await connection.execute(_OF_UNIT, {"of_unit": unit_code}))
        signed = await _signatures(connection, rows)
        named = await attachments.of_commands(connection, [row.command_id for row in rows])
    return CommandList(
        as_of=services.clock.now(),
        commands=tuple(
            command_view(row, signed.get(row.command_id), named.get(row.command_id, ())) for row in rows
        ),
    )


async def _signatures(connection: AsyncConnection, rows: Iterable[Found]) -> dict[str, Person]:
    """Who has signed for these commands. Read off the states as they lie: a desk asks every few seconds."""
    signed_for = {row.incident_id for row in rows if row.acknowledged_at is not None}
    states = await connection.execute(_STATES, {"of_these": sorted(signed_for)}) if signed_for else ()
    return {
        command_id: Person.model_validate(held["acknowledged_by"])
        for row in states
        for command_id, held in orjson.loads(row.state)["commands"].items()
        if held["acknowledged_by"]
    }
