"""Incidents: locking them in id order, loading their state, and writing the fold back as a row.

Two transactions that touch several incidents always lock them in the same order; `seq` is the version of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.months import month_of
from models.tables import INCIDENTS
from streams.store.fusion_keys import family_of
from streams.store.statements import Row, upsert
from workflows.agenda import current_step, next_due_at
from workflows.incident import Incident
from workflows.judgement.likeness import of_incident
from workflows.judgement.sketching import locality_of


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident with what its row has beside the fold: when it was reported last, and its heat."""

    incident: Incident
    last_reported_at: datetime
    heat_epoch: int | None = None
    log_heat: float | None = None


_COLUMNS = (
    INCIDENTS.c.incident_id,
    INCIDENTS.c.state,
    INCIDENTS.c.last_reported_at,
    INCIDENTS.c.heat_epoch,
    INCIDENTS.c.log_heat,
)
_LOCK = (
    select(*_COLUMNS)
    .where(INCIDENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .order_by(INCIDENTS.c.incident_id)
    .with_for_update()
)
_MERGED = select(INCIDENTS.c.incident_id, INCIDENTS.c.merged_into).where(
    INCIDENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True))
)


async def lock(connection: AsyncConnection, incident_ids: Iterable[IncidentId]) -> dict[IncidentId, Standing]:
    """Lock those incidents that exist until the transaction ends, in id order, and load them."""
    wanted = sorted(set(incident_ids))
    if not wanted:
        return {}
    rows = await connection.execute(_LOCK, {"incident_ids": wanted})
    return {
        row.incident_id: Standing(
            Incident.model_validate_json(row.state), row.last_reported_at, row.heat_epoch, row.log_heat
        )
        for row in rows
    }


async def follow_merges(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId]
) -> dict[IncidentId, IncidentId]:
    """For each incident that exists, the one it lives on in: itself, or where its chain of merges ends."""
    into: dict[IncidentId, IncidentId | None] = {}
    wanted = set(incident_ids)
    while wanted:
        rows = await connection.execute(_MERGED, {"incident_ids": sorted(wanted)})
        into |= {row.incident_id: row.merged_into for row in rows}
        wanted = {target for target in into.values() if target is not None and target not in into}
    return {incident_id: _end_of(incident_id, into) for incident_id in into}


async def save(connection: AsyncConnection, standings: Iterable[Standing]) -> None:
    """Write these incidents, new or not; the caller holds their locks."""
    await upsert(connection, INCIDENTS, [row_of(standing) for standing in standings])


def row_of(standing: Standing) -> Row:
    """The row that this state has; `fenghuo check` compares it with what is stored (I6)."""
    incident = standing.incident
    place, step = incident.place, current_step(incident)
    return {
        "incident_id": incident.incident_id,
        "seq": incident.seq,
        "status": incident.status.value,
        "stage": incident.stage.value,
        "verdict": incident.verdict.value,
        "level": incident.level.value,
        "graded": incident.graded,
        "nature": incident.nature.value,
        "category": None if incident.category is None else incident.category.value,
        "family": family_of(incident.category),
        "title": incident.title,
        "exercise": incident.exercise,
        "urgent": incident.urgent,
        "red_alarm": incident.red_alarm,
        "area_code": place.area_code,
        "city_code": place.city_code,
        "district_code": place.district_code,
        "township_code": place.township_code,
        "locality": locality_of(place),
        "merged_into": incident.merged_into,
        "opened_at": incident.opened_at,
        "opened_month": month_of(incident.opened_at),
        "updated_at": incident.last_recorded_at,
        "closed_at": incident.closed_at,
        "first_reported_at": incident.reported_at,
        "last_reported_at": standing.last_reported_at,
        "reports": incident.reports,
        "sources": len(incident.sources),
        "open_commands": len(incident.owed_commands),
        "acknowledged": incident.acknowledged_by is not None,
        "community_code": place.community_code,
        "grid_code": place.grid_code,
        "step": None if step is None else step.value,
        "step_tier": None if step is None else incident.steps[step].tier.value,
        "next_due_at": next_due_at(incident),
        "heat_epoch": standing.heat_epoch,
        "log_heat": standing.log_heat,
        "likeness": of_incident(incident).model_dump_json(exclude_none=True).encode(),
        "state": incident.model_dump_json().encode(),
    }


def _end_of(incident_id: IncidentId, into: dict[IncidentId, IncidentId | None]) -> IncidentId:
    target = into.get(incident_id)
    while target is not None:
        incident_id, target = target, into.get(target)
    return incident_id
