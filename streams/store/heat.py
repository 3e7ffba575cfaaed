"""Heat from the log: where one answer is not enough to know it (a split, a new epoch), the events are read again.

The sums themselves are the rules' (`workflows.appraisal.heat`); this file only brings them their logs and rulebooks.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.messages.event import Event
from models.tables import EVENTS, INCIDENTS, RULEBOOKS
from models.vocabulary import Status
from workflows.appraisal.heat import heat_of_log, relatives
from workflows.rulebook import Rulebook
from workflows.rulebook_file import parse_rulebook

_LOGS = (
    select(EVENTS.c.incident_id, EVENTS.c.body)
    .where(EVENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .order_by(EVENTS.c.incident_id, EVENTS.c.seq)
)
_HEAT = select(INCIDENTS.c.log_heat).where(INCIDENTS.c.incident_id == bindparam("of_incident"))
_RULEBOOKS = select(RULEBOOKS.c.body).where(RULEBOOKS.c.digest.in_(bindparam("digests", expanding=True)))
_OF_OTHER_EPOCH = (
    select(INCIDENTS.c.incident_id)
    .where(
        INCIDENTS.c.status == Status.OPEN.value,
        INCIDENTS.c.exercise.is_(False),
        or_(INCIDENTS.c.heat_epoch.is_(None), INCIDENTS.c.heat_epoch != bindparam("epoch")),
    )
    .order_by(INCIDENTS.c.incident_id)
)
_SET = (
    update(INCIDENTS)
    .where(INCIDENTS.c.incident_id == bindparam("of_incident"))
    .values(heat_epoch=bindparam("in_epoch"), log_heat=bindparam("at_log_heat"))
)


async def refold(connection: AsyncConnection, incident_id: IncidentId, rules: Rulebook) -> float | None:
    """The heat that an incident's stored log adds up to, by the half-life in force; its row is not touched.

    Events of the running transaction must be written already. Reads the logs of everything absorbed and split off;
    where a part of them was put away (`streams.archive`), the heat stays what it is, which was next to nothing.
    """
    logs: dict[IncidentId, list[Event]] = {}
    wanted = {incident_id}
    while wanted:
        logs |= await _logs(connection, wanted)
        wanted = {one for incident in wanted for one in relatives(logs[incident])} - logs.keys()
    if not all(log and log[0].seq == 1 for log in logs.values()):
        return await _standing(connection, incident_id)
    digests = {event.rulebook for log in logs.values() for event in log}
    return heat_of_log(incident_id, logs, rules, await _rulebooks(connection, digests, rules))


async def is_of_one_epoch(connection: AsyncConnection, rules: Rulebook) -> bool:
    """Whether every open incident's heat is of the epoch in force, so that a ranking compares like with like."""
    rows = await connection.execute(_OF_OTHER_EPOCH.limit(1), {"epoch": rules.heat.epoch})
    return rows.first() is None


async def refold_other_epochs(connection: AsyncConnection, rules: Rulebook, limit: int) -> int:
    """Bring open incidents into the epoch in force, up to `limit` of them. Returns how many; they stay locked."""
    locked = _OF_OTHER_EPOCH.limit(limit).with_for_update()
    rows = await connection.execute(locked, {"epoch": rules.heat.epoch})
    found: list[IncidentId] = [row.incident_id for row in rows]
    if found:
        heats = {incident_id: await refold(connection, incident_id, rules) for incident_id in found}
        await connection.execute(
            _SET,
            [
                {"of_incident": one, "in_epoch": rules.heat.epoch, "at_log_heat": heat}
                for one, heat in heats.items()
            ],
        )
    return len(found)


async def _standing(connection: AsyncConnection, incident_id: IncidentId) -> float | None:
    log_heat: float | None = (await connection.execute(_HEAT, {"of_incident": incident_id})).scalar()
    return log_heat


async def _logs(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId]
) -> dict[IncidentId, list[Event]]:
    logs: dict[IncidentId, list[Event]] = {incident_id: [] for incident_id in incident_ids}
    for row in await connection.execute(_LOGS, {"incident_ids": sorted(logs)}):
        logs[row.incident_id].append(Event.model_validate_json(row.body))
    return logs


async def _rulebooks(
    connection: AsyncConnection, digests: set[str], in_force: Rulebook
) -> dict[str, Rulebook]:
    """The rulebooks that events were made under, so that each report keeps the weight it came with."""
    wanted = sorted(digests - {in_force.digest})
    if not wanted:
        return {}
    rows = await connection.execute(_RULEBOOKS, {"digests": wanted})
    return {rules.digest: rules for rules in (parse_rulebook(row.body) for row in rows)}
