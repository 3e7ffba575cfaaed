"""Listing: incidents and what belongs to them by page; each page starts where the last one's last row stood.

Incidents come by their last change, newest first. One that changes while somebody pages moves to the front: whoever
must have seen all of them asks once more for what changed since he began.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.tables import ARCHIVED_LOGS, COMMANDS, EVENTS, INCIDENTS, REPORTS
from models.vocabulary import Status
from streams.gateway.cursors import Place
from streams.gateway.problems import not_found
from streams.gateway.views import IncidentSummary
from streams.store.queries import Filter, conditions

_SUMMARY = [INCIDENTS.c[name] for name in IncidentSummary.model_fields]
_INCIDENTS = select(*_SUMMARY).order_by(INCIDENTS.c.updated_at.desc(), INCIDENTS.c.incident_id.desc())
_INCIDENT = select(*_SUMMARY, INCIDENTS.c.state).where(INCIDENTS.c.incident_id == bindparam("named"))
_REPORTS = (
    select(REPORTS)
    .where(REPORTS.c.incident_id == bindparam("of_incident"))
    .order_by(REPORTS.c.recorded_at.desc(), REPORTS.c.source_id.desc(), REPORTS.c.report_id.desc())
)
_EVENTS = (
    select(EVENTS.c.seq, EVENTS.c.body)
    .where(EVENTS.c.incident_id == bindparam("of_incident"), EVENTS.c.seq > bindparam("after"))
    .order_by(EVENTS.c.seq)
    .limit(bindparam("most"))
)
_ARCHIVED = select(func.max(ARCHIVED_LOGS.c.last_seq)).where(
    ARCHIVED_LOGS.c.incident_id == bindparam("of_incident")
)
_COMMANDS = (
    select(COMMANDS)
    .where(COMMANDS.c.incident_id == bindparam("of_incident"))
    .order_by(COMMANDS.c.issued_at, COMMANDS.c.command_id)
)

Found = Row[*tuple[Any, ...]]


async def incidents(
    connection: AsyncConnection, wanted: Filter, after: Place | None, limit: int
) -> tuple[list[Found], Place | None]:
    """One page of incidents, and the place where the next one starts; None when this is the last."""
    rows = list(await connection.execute(incidents_after(wanted, after).limit(limit + 1)))
    places = [(row.updated_at.isoformat(), row.incident_id) for row in rows[:limit]]
    return rows[:limit], places[-1] if len(rows) > limit else None


def incidents_after(wanted: Filter, after: Place | None) -> Select[*tuple[Any, ...]]:
    """What such a page is read with, from its place on."""
    statement = _INCIDENTS.where(*conditions(wanted))
    if after is None:
        return statement
    moment, incident_id = after
    place = (datetime.fromisoformat(moment), incident_id)
    return statement.where(tuple_(INCIDENTS.c.updated_at, INCIDENTS.c.incident_id) < place)


async def reports(
    connection: AsyncConnection, incident_id: str, after: Place | None, limit: int
) -> tuple[list[Found], Place | None]:
    """One page of an incident's reports, newest first, and the place where the next one starts."""
    statement = _REPORTS
    if after is not None:
        moment, source_id, report_id = after
        place = (datetime.fromisoformat(moment), source_id, report_id)
        columns = (REPORTS.c.recorded_at, REPORTS.c.source_id, REPORTS.c.report_id)
        statement = statement.where(tuple_(*columns) < place)
    rows = list(await connection.execute(statement.limit(limit + 1), {"of_incident": incident_id}))
    places = [(row.recorded_at.isoformat(), row.source_id, row.report_id) for row in rows[:limit]]
    return rows[:limit], places[-1] if len(rows) > limit else None


async def events(
    connection: AsyncConnection, incident_id: str, after_seq: int, limit: int
) -> tuple[list[Found], int | None]:
    """Some of an incident's log after this seq, in order, and the last seq if there is more."""
    asked = {"of_incident": incident_id, "after": after_seq, "most": limit + 1}
    rows = list(await connection.execute(_EVENTS, asked))
    return rows[:limit], rows[limit - 1].seq if len(rows) > limit else None


async def archived_until_seq(connection: AsyncConnection, incident_id: str) -> int | None:
    """Up to which seq an incident's log was put away; None: it is all there."""
    found: int | None = (await connection.execute(_ARCHIVED, {"of_incident": incident_id})).scalar_one()
    return found


async def commands(connection: AsyncConnection, incident_id: str) -> list[Found]:
    """All commands of an incident in the order of issue; a plan has a few dozen at most."""
    return list(await connection.execute(_COMMANDS, {"of_incident": incident_id}))


async def incident(connection: AsyncConnection, incident_id: str) -> Found:
    """One incident with its state. Raises Problem (404)."""
    row = (await connection.execute(_INCIDENT, {"named": incident_id})).first()
    if row is None:
        raise not_found("incident", incident_id)
    return row


async def open_among(
    connection: AsyncConnection, incident_ids: Collection[IncidentId]
) -> frozenset[IncidentId]:
    """Which of these are open; of none of them nothing is asked."""
    if not incident_ids:
        return frozenset()
    query = select(INCIDENTS.c.incident_id).where(
        INCIDENTS.c.incident_id.in_(incident_ids), INCIDENTS.c.status == Status.OPEN.value
    )
    return frozenset((await connection.execute(query)).scalars())
