"""Queries: what the command line, the terminal board and readiness ask of the store. Reads only.

Pages are keysets, never offsets: a row that arrives meanwhile neither repeats nor hides another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import AreaKind, area_tree
from models.identifiers import IncidentId
from models.messages.event import Event
from models.tables import COMMANDS, DEAD_LETTERS, EVENTS, INCIDENTS, PROGRESS, PROJECTIONS
from models.topics import Topic
from models.vocabulary import CommandKind, CommandStatus, DeadLetterReason, Level, Stage, Status, Verdict
from streams.store.reports import StoredReport, of_incident
from workflows.incident import Incident

_LIVE = [status.value for status in CommandStatus if status.is_live]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents; None is any. `area_code` takes in everything below it and what it succeeded."""

    stage: Stage | None = None
    status: Status | None = None
    verdict: Verdict | None = None
    level: Level | None = None
    area_code: str | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Incidents by their last change, newest first, and the place after which the next page begins."""

    incidents: tuple[Incident, ...]
    after: tuple[datetime, IncidentId] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Where everything stands."""

    reports: int
    open_by_stage: Mapping[Stage, int]
    closed: int
    open_commands: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class OverdueCommand:
    """An order without a person's name, or a retraction that its unit's system does not have, past its limit."""

    acknowledge_by: datetime
    unit_code: str
    tier: str
    kind: str
    task_id: str
    status: str
    exercise: bool
    command_id: str
    incident_id: str


@dataclass(frozen=True, slots=True)
class DeadLetterLine:
    """One dead letter as a list shows it; its bytes come with `dead_letter_value`."""

    cluster_id: str
    topic: str
    partition: int
    offset: int
    reason: DeadLetterReason
    field: str | None
    detail: str | None
    recorded_at: datetime
    retried_at: datetime | None


async def incidents(
    connection: AsyncConnection, wanted: Filter, limit: int, after: tuple[datetime, IncidentId] | None = None
) -> Page:
    """One page of incidents. `after` is what the page before gave."""
    order = (INCIDENTS.c.updated_at, INCIDENTS.c.incident_id)
    query = select(*order, INCIDENTS.c.state).where(*conditions(wanted))
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in order)).limit(limit)
    rows = (await connection.execute(query)).all()
    last = rows[-1] if len(rows) == limit else None
    return Page(
        tuple(Incident.model_validate_json(row.state) for row in rows),
        None if last is None else (last.updated_at, last.incident_id),
    )


async def incident(connection: AsyncConnection, incident_id: IncidentId) -> Incident | None:
    """One incident as it stands."""
    query = select(INCIDENTS.c.state).where(INCIDENTS.c.incident_id == incident_id)
    state = (await connection.execute(query)).scalar_one_or_none()
    return None if state is None else Incident.model_validate_json(state)


async def events(
    connection: AsyncConnection, incident_id: IncidentId, after_seq: int = 0, limit: int = 1_000
) -> tuple[Event, ...]:
    """The log of an incident after `after_seq`, in order."""
    query = (
        select(EVENTS.c.body)
        .where(EVENTS.c.incident_id == incident_id, EVENTS.c.seq > after_seq)
        .order_by(EVENTS.c.seq)
        .limit(limit)
    )
    return tuple(Event.model_validate_json(row.body) for row in await connection.execute(query))


async def reports(connection: AsyncConnection, incident_id: IncidentId) -> tuple[StoredReport, ...]:
    """All reports of an incident, those of merged ones too, as they were recorded."""
    return await of_incident(connection, incident_id)


async def dead_letters(
    connection: AsyncConnection, limit: int, reason: DeadLetterReason | None = None, *, waiting: bool = False
) -> tuple[DeadLetterLine, ...]:
    """The newest dead letters; `waiting`: only those that nobody has retried."""
    query = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.recorded_at.desc(), DEAD_LETTERS.c.offset.desc())
    if reason is not None:
        query = query.where(DEAD_LETTERS.c.reason == reason.value)
    if waiting:
        query = query.where(DEAD_LETTERS.c.retried_at.is_(None))
    return tuple(
        DeadLetterLine(
            row.cluster_id,
            row.topic,
            row.partition,
            row.offset,
            DeadLetterReason(row.reason),
            row.field,
            row.detail,
            row.recorded_at,
            row.retried_at,
        )
        for row in await connection.execute(query.limit(limit))
    )


async def dead_letter_value(connection: AsyncConnection, where: tuple[str, str, int, int]) -> bytes | None:
    """The original bytes of the dead letter at (cluster, topic, partition, offset)."""
    cluster_id, topic, partition, offset = where
    query = select(DEAD_LETTERS.c.value).where(
        DEAD_LETTERS.c.cluster_id == cluster_id,
        DEAD_LETTERS.c.topic == topic,
        DEAD_LETTERS.c.partition == partition,
        DEAD_LETTERS.c.offset == offset,
    )
    found: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return found


_OVERDUE = (
    select(*(COMMANDS.c[field.name] for field in fields(OverdueCommand)))
    .where(
        COMMANDS.c.status.in_([status.value for status in CommandStatus if status.awaits_acknowledgement]),
        # Nobody signs for a retraction: once it is received, nothing is owed.
        or_(COMMANDS.c.kind == CommandKind.ORDER.value, COMMANDS.c.status == CommandStatus.ISSUED.value),
        COMMANDS.c.acknowledge_by < bindparam("now"),
    )
    .order_by(COMMANDS.c.acknowledge_by)
    .limit(bindparam("most"))
)


async def overdue_commands(
    connection: AsyncConnection, now: datetime, limit: int
) -> tuple[OverdueCommand, ...]:
    """What units owe an answer to past its limit, the longest overdue first."""
    found = await connection.execute(_OVERDUE, {"now": now, "most": limit})
    return tuple(OverdueCommand(*row) for row in found)


async def projections(connection: AsyncConnection, topic: Topic) -> dict[str, bytes]:
    """The last published value of every key of a compacted topic."""
    query = select(PROJECTIONS.c.key, PROJECTIONS.c.value).where(PROJECTIONS.c.topic == topic.value)
    return {row.key: row.value for row in await connection.execute(query)}


async def counts(connection: AsyncConnection) -> Counts:
    """Where everything stands, in five cheap counts; asked about once a second."""
    open_by_stage = (
        select(INCIDENTS.c.stage, func.count().label("incidents"))
        .where(INCIDENTS.c.status == Status.OPEN.value)
        .group_by(INCIDENTS.c.stage)
    )
    return Counts(
        reports=await _count(connection, _REPORTS_HANDLED),
        open_by_stage={Stage(row.stage): row.incidents for row in await connection.execute(open_by_stage)},
        closed=await _count(connection, _of_status(Status.CLOSED)),
        open_commands=await _count(connection, _LIVE_ORDERS),
        dead_letters=await _count(connection, select(func.count()).select_from(DEAD_LETTERS)),
    )


# From the counts of partitions, since counting rows once a second would cost more the longer the program runs.
_REPORTS_HANDLED = select(func.coalesce(func.sum(PROGRESS.c.processed), 0)).where(
    PROGRESS.c.topic.in_([Topic.REPORTS.value, Topic.REPORTS_URGENT.value])
)
_LIVE_ORDERS = (
    select(func.count())
    .select_from(COMMANDS)
    .where(COMMANDS.c.status.in_(_LIVE), COMMANDS.c.kind == CommandKind.ORDER.value)
)


async def _count(connection: AsyncConnection, query: Select[int]) -> int:
    return int((await connection.execute(query)).scalar_one())


def _of_status(status: Status) -> Select[int]:
    return select(func.count()).select_from(INCIDENTS).where(INCIDENTS.c.status == status.value)


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter as conditions on `incidents`, also for readers that want other columns than `state`."""
    columns = INCIDENTS.c
    exact = (
        (columns.stage, wanted.stage),
        (columns.status, wanted.status),
        (columns.verdict, wanted.verdict),
        (columns.level, wanted.level),
    )
    found = [column == word.value for column, word in exact if word is not None]
    if wanted.area_code is not None:
        found.append(_within(wanted.area_code))
    if wanted.updated_from is not None:
        found.append(columns.updated_at >= wanted.updated_from)
    if wanted.updated_before is not None:
        found.append(columns.updated_at < wanted.updated_before)
    return found


def _within(area_code: str) -> ColumnElement[bool]:
    """Below it by the codes of the row, or of an area that it succeeded.

    Each kind of area has a column, and a row that names an area names what lies above it, too: so for one area it is
    one column, and its index is walked in the order of the page.
    """
    listed = {area.code: area for area in area_tree() if area_code in (area.code, area.successor)}
    found = [
        column.in_(codes)
        for kind, column in _COLUMN_OF_KIND.items()
        if (
            codes := [c for c, area in listed.items() if area.kind is kind and area.parent_code not in listed]
        )
    ]
    return or_(false(), *found)


_COLUMN_OF_KIND = {
    AreaKind.CITY: INCIDENTS.c.city_code,
    AreaKind.DISTRICT: INCIDENTS.c.district_code,
    AreaKind.TOWNSHIP: INCIDENTS.c.township_code,
}
