"""Commands of one unit, as its desk shows them: what is owed first, then what has ended lately."""

from collections.abc import Iterable
from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act
from models.identifiers import UNIT_CODE_PATTERN, UnitCode
from models.messages.fields import Moment, Person
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
from streams.gateway.views import CommandView, View
from streams.store import attachments
from workflows.masking import mask

router = APIRouter(prefix="/api/units", tags=["commands"], dependencies=[KnownParametersOnly])

_LIVE = tuple(status.value for status in CommandStatus if status.is_live)
_OF_UNIT = (
    select(COMMANDS, INCIDENTS.c.title.label("incident_title"))
    .outerjoin(INCIDENTS, INCIDENTS.c.incident_id == COMMANDS.c.incident_id)
    .where(COMMANDS.c.unit_code == bindparam("of_unit"))
    .order_by(case((COMMANDS.c.status.in_(_LIVE), 0), else_=1), COMMANDS.c.issued_at.desc())
    .limit(MOST_ROWS)
)
_STATES = select(INCIDENTS.c.state).where(INCIDENTS.c.incident_id.in_(bindparam("of_these", expanding=True)))


class UnitCommandView(CommandView):
    """One command of a unit, with what the officer calls its incident: masked, and null until that is known here."""

    incident_title: str | None


class UnitCommandList(View):
    """A unit's commands; `as_of` is the program's time, by which their clocks run."""

    as_of: Moment
    commands: tuple[UnitCommandView, ...]


@router.get("/{unit_code}/commands", responses=problems(400, 401, 404, 503))
async def get_commands(
    unit_code: Annotated[str, Path(pattern=UNIT_CODE_PATTERN)], caller: CallerOf, services: ServicesOf
) -> UnitCommandList:
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
    return UnitCommandList(
        as_of=services.clock.now(),
        commands=tuple(
            _shown(row, command_view(row, signed.get(row.command_id), named.get(row.command_id, ())))
            for row in rows
        ),
    )


def _shown(row: Found, command: CommandView) -> UnitCommandView:
    return UnitCommandView(**dict(command), incident_title=row.incident_title and mask(row.incident_title))


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
