"""Dossier: everything that is stored about one incident, read in pages, so that checks are functions of a value.

Its log is folded as it is read; what cannot be folded is said in `broken`, and the checks that need the state pass it
over (I5 and I6 report it). Never in here: an invariant.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.messages.event import Event
from models.tables import COMMANDS, DEADLINES, EVENTS, INCIDENTS, OUTCOMES, REPORTS
from streams.archive.catalogue import logs_of
from streams.archive.files import ArchiveFolder, Log
from streams.check.rows import Row, rows
from workflows.appraisal.heat import relatives
from workflows.appraisal.outcomes import Outcome, outcomes_of_log
from workflows.errors import UnknownEvent
from workflows.fold import fold
from workflows.incident import Incident

Logs = Mapping[IncidentId, Sequence[Event]]
_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Dossier:
    """One incident: its row, its log as rows and as facts, and every row that names it."""

    incident_id: IncidentId
    row: Row | None
    event_rows: tuple[Row, ...]
    log: tuple[Event, ...]
    state: Incident | None
    broken: str | None
    measured: tuple[Outcome, ...]
    deadlines: tuple[Row, ...]
    commands: tuple[Row, ...]
    outcomes: Mapping[str, Row]  # by id: those of the incident and those that its log measured
    reports: int
    family: Logs  # its log and those that its heat hangs on
    put_away: int = 0  # how many facts of its log lie in an archive


def _all_of(table: Table, *order: str) -> Select[Any]:
    chosen = select(table).where(table.c.incident_id.in_(bindparam("ids", expanding=True)))
    return chosen.order_by(table.c.incident_id, *(table.c[name] for name in order))


_NAMED = tuple(
    select(table.c.incident_id)
    .where(table.c.incident_id > bindparam("last"))
    .distinct()
    .order_by(table.c.incident_id)
    .limit(_AT_A_TIME)
    for table in (INCIDENTS, EVENTS, COMMANDS, DEADLINES, OUTCOMES, REPORTS)
)
_INCIDENTS = _all_of(INCIDENTS)
_EVENTS = _all_of(EVENTS, "seq", "event_id")
_DEADLINES = _all_of(DEADLINES, "deadline_id")
_COMMANDS = _all_of(COMMANDS, "issued_at", "command_id")
_OUTCOMES = _all_of(OUTCOMES, "outcome_id")
_MEASURED = select(OUTCOMES).where(OUTCOMES.c.outcome_id.in_(bindparam("ids", expanding=True)))
_REPORTS = (
    select(REPORTS.c.incident_id, func.count().label("reports"))
    .where(REPORTS.c.incident_id.in_(bindparam("ids", expanding=True)))
    .group_by(REPORTS.c.incident_id)
)


async def dossiers(connection: AsyncConnection, archive: ArchiveFolder | None) -> AsyncIterator[Dossier]:
    """Every incident that any row names, in the order of ids, a page of 200 at a time. Raises ArchiveUnreadable."""
    last = ""
    while ids := await _next_ids(connection, last):
        for dossier in await _page(connection, ids, archive):
            yield dossier
        last = ids[-1]


async def dossier_of(connection: AsyncConnection, incident_id: str, archive: ArchiveFolder | None) -> Dossier:
    """What is stored under this id; all of it may be empty. Raises ArchiveUnreadable."""
    return (await _page(connection, [incident_id], archive))[0]


async def _next_ids(connection: AsyncConnection, last: str) -> list[str]:
    found: set[str] = set()
    for statement in _NAMED:
        found.update((await connection.execute(statement, {"last": last})).scalars())
    return sorted(found)[:_AT_A_TIME]


async def _page(connection: AsyncConnection, ids: list[str], archive: ArchiveFolder | None) -> list[Dossier]:
    incidents = {row["incident_id"]: row for row in await rows(connection, _INCIDENTS, ids=ids)}
    put_away = await logs_of(connection, ids, archive)
    events = await _events(connection, ids, put_away)
    deadlines = await _grouped(connection, _DEADLINES, ids)
    commands = await _grouped(connection, _COMMANDS, ids)
    outcomes = await _grouped(connection, _OUTCOMES, ids)
    reports = {row["incident_id"]: row["reports"] for row in await rows(connection, _REPORTS, ids=ids)}
    readings = {one: _Reading.of(events[one]) for one in ids}
    moved = await _measured(connection, readings.values())
    logs = await _with_relatives(connection, {IncidentId(one): readings[one].log for one in ids}, archive)
    return [
        Dossier(
            incident_id=IncidentId(one),
            row=incidents.get(one),
            event_rows=tuple(events[one]),
            log=readings[one].log,
            state=readings[one].state,
            broken=readings[one].broken,
            measured=readings[one].measured,
            deadlines=tuple(deadlines[one]),
            commands=tuple(commands[one]),
            outcomes={
                **{row["outcome_id"]: row for row in outcomes[one]},
                **{
                    o.outcome_id: moved[o.outcome_id] for o in readings[one].measured if o.outcome_id in moved
                },
            },
            reports=reports.get(one, 0),
            family=logs,
            put_away=len(put_away.get(one, ())),
        )
        for one in ids
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A log as it could be read: facts, state and what they measured, or why not."""

    log: tuple[Event, ...]
    state: Incident | None = None
    measured: tuple[Outcome, ...] = ()
    broken: str | None = None

    @classmethod
    def of(cls, events: Iterable[Row]) -> "_Reading":
        log: tuple[Event, ...] = ()
        try:
            log = tuple(Event.model_validate_json(row["body"]) for row in events)
            if not log:
                return cls(log)
            return cls(log, fold(log), outcomes_of_log(log))
        # KeyError: an event speaks of a command or step that its log never named.
        except (ValidationError, UnknownEvent, KeyError) as error:
            return cls(log, broken=f"{type(error).__name__}: {error}".partition("\n")[0][:200])


async def _grouped(
    connection: AsyncConnection, statement: Select[Any], ids: Iterable[str]
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await rows(connection, statement, ids=list(ids)):
        found[row["incident_id"]].append(row)
    return found


async def _measured(connection: AsyncConnection, readings: Iterable[_Reading]) -> dict[str, Row]:
    """What the logs measured, as it is kept now, perhaps under another incident."""
    ids = [outcome.outcome_id for reading in readings for outcome in reading.measured]
    found: dict[str, Row] = {}
    for first in range(0, len(ids), _AT_A_TIME):
        kept = await rows(connection, _MEASURED, ids=ids[first : first + _AT_A_TIME])
        found.update((row["outcome_id"], row) for row in kept)
    return found


async def _events(
    connection: AsyncConnection, ids: Iterable[str], put_away: Mapping[str, Log]
) -> dict[str, list[Row]]:
    """Whole logs: what was put away, then what stands in the table."""
    standing = await _grouped(connection, _EVENTS, ids)
    return {one: [*put_away.get(one, ()), *standing.get(one, ())] for one in ids}


async def _with_relatives(
    connection: AsyncConnection, logs: dict[IncidentId, tuple[Event, ...]], archive: ArchiveFolder | None
) -> Logs:
    """These logs and, as far as they hang together, those of what they absorbed and split off."""
    known = dict(logs)
    wanted = {one for log in logs.values() for one in relatives(log)} - known.keys()
    while wanted:
        events = await _events(connection, wanted, await logs_of(connection, wanted, archive))
        known.update((one, _Reading.of(events[one]).log) for one in wanted)
        wanted = {relative for one in wanted for relative in relatives(known[one])} - known.keys()
    return known
