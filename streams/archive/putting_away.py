"""Putting away: the logs of incidents that ended long ago, month by month, from the database into files.

A log is read and written first, and taken from the database only while its incident is locked and still stands where
the file ends; so nothing is lost whenever this is killed, and a file that no row names is written again. An incident
waits for those that it was merged with or split from, since each one's heat and undoing hang on the others' logs.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.perception import IncidentAbsorbed, IncidentMerged, ReportsSplitOff
from models.messages.event import Event
from models.months import Month
from models.tables import EVENTS, INCIDENTS, OUTBOX
from models.vocabulary import Status
from streams.archive import catalogue
from streams.archive.files import ArchiveFolder, FactRow, Log, Piece, Written
from streams.store.database import Database

QUIET_DAYS = 30
_IN_A_FILE = 2_000
_AT_A_TIME = 200
_MY_TURN = text("SELECT pg_advisory_xact_lock(7022026)")
_CLOSE_MONTH = select(func.fenghuo_close_month(bindparam("month")))
_MONTHS = (
    select(EVENTS.c.opened_month)
    .where(EVENTS.c.opened_month < bindparam("before"))
    .distinct()
    .order_by(EVENTS.c.opened_month)
)
_RESTLESS = or_(INCIDENTS.c.status == Status.OPEN.value, INCIDENTS.c.updated_at >= bindparam("quiet_since"))
_ALL_RESTLESS = select(INCIDENTS.c.incident_id).where(_RESTLESS)
_TIES = select(EVENTS.c.body).where(
    EVENTS.c.type.in_([IncidentAbsorbed.type_name, IncidentMerged.type_name, ReportsSplitOff.type_name])
)
# What still lies in the outbox is compared with the log by `fenghuo check`; it is pruned within days.
_IN_THE_OUTBOX = (
    select(EVENTS.c.incident_id)
    .join(OUTBOX, OUTBOX.c.event_id == EVENTS.c.event_id)
    .where(EVENTS.c.opened_month == bindparam("month"))
    .distinct()
)
_QUIET = (
    select(INCIDENTS.c.incident_id)
    .where(
        INCIDENTS.c.opened_month == bindparam("month"),
        ~_RESTLESS,
        exists().where(
            and_(
                EVENTS.c.incident_id == INCIDENTS.c.incident_id,
                EVENTS.c.opened_month == INCIDENTS.c.opened_month,
            )
        ),
    )
    .order_by(INCIDENTS.c.incident_id)
)
_LOGS = (
    select(EVENTS)
    .where(
        EVENTS.c.opened_month == bindparam("month"),
        EVENTS.c.incident_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(EVENTS.c.incident_id, EVENTS.c.seq)
)
_LOCK = (
    select(INCIDENTS.c.incident_id, INCIDENTS.c.seq)
    .where(INCIDENTS.c.incident_id.in_(bindparam("ids", expanding=True)))
    .order_by(INCIDENTS.c.incident_id)
    .with_for_update()
)
_TAKE = delete(EVENTS).where(
    EVENTS.c.opened_month == bindparam("month"), EVENTS.c.incident_id.in_(bindparam("ids", expanding=True))
)
_REMAIN = (
    select(func.count(EVENTS.c.incident_id.distinct()))
    .select_from(EVENTS)
    .where(EVENTS.c.opened_month == bindparam("month"))
)


@dataclass(frozen=True, slots=True)
class FileMade:
    """One file that was written and recorded."""

    name: str
    digest: str
    incidents: int
    events: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class MonthLeft:
    """A month after it was gone through: how many incidents' logs stay, for they are open or changed lately."""

    month: Month
    incidents: int


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Since when nothing may have changed, and what waits for another incident all the same."""

    now: datetime
    since: datetime
    bound: frozenset[str]


async def put_away(
    database: Database, folder: ArchiveFolder, before: Month, now: datetime, quiet_days: float = QUIET_DAYS
) -> AsyncIterator[FileMade | MonthLeft]:
    """Put away the logs of incidents opened before this month that have ended and stood still since `quiet_days`.

    Works beside a running engine and may take hours; killed, it goes on where it was. Raises TransientFault, and
    OSError when the folder takes no more.
    """
    since = now - timedelta(days=quiet_days)
    async with database.read() as connection:
        months = [Month(one) for one in await connection.scalars(_MONTHS, {"before": before})]
        ties = [Event.model_validate_json(body) for body in await connection.scalars(_TIES)]
        restless = await connection.scalars(_ALL_RESTLESS, {"quiet_since": since})
        quiet = _Quiet(now, since, _bound(ties, restless))
    for month in months:
        async for made in _put_away_month(database, folder, month, quiet):
            yield made
        yield MonthLeft(month, await _close(database, month))


async def _put_away_month(
    database: Database, folder: ArchiveFolder, month: Month, quiet: _Quiet
) -> AsyncIterator[FileMade]:
    async with database.read() as connection:
        sending = frozenset(await connection.scalars(_IN_THE_OUTBOX, {"month": month}))
        found = await connection.scalars(_QUIET, {"month": month, "quiet_since": quiet.since})
        ids = [one for one in found if one not in quiet.bound and one not in sending]
    for first in range(0, len(ids), _IN_A_FILE):
        async with database.read() as connection:
            logs = await _logs(connection, month, ids[first : first + _IN_A_FILE])
        written = folder.write(f"events-{month}", logs)
        async with database.write() as connection:
            taken = await _take(connection, month, written, quiet.now)
        if taken:
            events = sum(one.last_seq - one.first_seq + 1 for one in taken)
            yield FileMade(written.name, written.digest, len(taken), events, written.size_bytes)


async def _logs(connection: AsyncConnection, month: Month, ids: Sequence[str]) -> list[Log]:
    logs: dict[str, list[FactRow]] = defaultdict(list)
    for first in range(0, len(ids), _AT_A_TIME):
        asked = {"month": month, "ids": ids[first : first + _AT_A_TIME]}
        for row in (await connection.execute(_LOGS, asked)).mappings():
            logs[row["incident_id"]].append(dict(row))
    return [tuple(logs[one]) for one in sorted(logs)]


async def _take(
    connection: AsyncConnection, month: Month, written: Written, now: datetime
) -> tuple[Piece, ...]:
    """Take from the database what is in the file and still ends there; the rest of the file counts for nothing."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_MY_TURN)
    pieces = {one.incident_id: one for one in written.pieces}
    taken: list[Piece] = []
    for first in range(0, len(pieces), _AT_A_TIME):
        ids = sorted(pieces)[first : first + _AT_A_TIME]
        known = await catalogue.of_incidents(connection, ids)
        gone = {one for one, parts in known.items() if parts[-1].piece.last_seq >= pieces[one].last_seq}
        locked = (await connection.execute(_LOCK, {"ids": ids})).all()
        still = [row.incident_id for row in locked if row.seq == pieces[row.incident_id].last_seq]
        taken += [pieces[one] for one in still if one not in gone]
    if taken:
        await catalogue.record(connection, month, written, taken, now)
    for first in range(0, len(taken), _AT_A_TIME):
        ids = [one.incident_id for one in taken[first : first + _AT_A_TIME]]
        await connection.execute(_TAKE, {"month": month, "ids": ids})
    return tuple(taken)


async def _close(database: Database, month: Month) -> int:
    """Take an empty month away, where months lie apart; how many incidents' logs it still has."""
    async with database.write() as connection:
        remain = int((await connection.execute(_REMAIN, {"month": month})).scalar_one())
        if not remain and not database.is_sqlite:
            await connection.execute(_CLOSE_MONTH, {"month": month})
    return remain


def _bound(ties: Iterable[Event], restless: Iterable[str]) -> frozenset[str]:
    """Everything that hangs together with an incident that is open or changed lately, whatever it hangs by."""
    beside: dict[str, set[str]] = defaultdict(set)
    for event in ties:
        match event.data:
            case (
                IncidentAbsorbed(incident_id=other) | IncidentMerged(into=other) | ReportsSplitOff(into=other)
            ):
                beside[event.incident_id].add(other)
                beside[other].add(event.incident_id)
    bound, waiting = set[str](), [one for one in restless if one in beside]
    while waiting:
        bound.add(one := waiting.pop())
        waiting += beside[one] - bound
    return frozenset(bound)
