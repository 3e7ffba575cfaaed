"""Catalogue: which logs lie in which file, kept in the database, and reading a log wherever its parts lie."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.months import Month
from models.tables import ARCHIVED_LOGS, ARCHIVES
from streams.archive.files import ArchiveFolder, ArchiveUnreadable, Log, Piece, Written
from streams.store.statements import insert

_AT_A_TIME = 200
_OF_THESE = (
    select(ARCHIVED_LOGS)
    .where(ARCHIVED_LOGS.c.incident_id.in_(bindparam("ids", expanding=True)))
    .order_by(ARCHIVED_LOGS.c.incident_id, ARCHIVED_LOGS.c.last_seq)
)
_ARCHIVES = select(ARCHIVES).order_by(ARCHIVES.c.name)
_NEXT = (
    select(ARCHIVED_LOGS.c.incident_id)
    .where(ARCHIVED_LOGS.c.incident_id > bindparam("last"))
    .distinct()
    .order_by(ARCHIVED_LOGS.c.incident_id)
    .limit(_AT_A_TIME)
)


@dataclass(frozen=True, slots=True)
class PutAway:
    """A part of an incident's log and the file that has it."""

    archive: str
    piece: Piece


async def of_incidents(
    connection: AsyncConnection, incident_ids: Collection[str]
) -> Mapping[str, tuple[PutAway, ...]]:
    """What of these logs was put away, in the order of the log; an incident without is left out."""
    found: dict[str, tuple[PutAway, ...]] = {}
    if not incident_ids:
        return found
    for row in (await connection.execute(_OF_THESE, {"ids": sorted(incident_ids)})).mappings():
        piece = Piece(**{name: row[name] for name in Piece.__slots__})
        found[row["incident_id"]] = (
            *found.get(row["incident_id"], ()),
            PutAway(row["archive"], piece),
        )
    return found


async def logs_of(
    connection: AsyncConnection, incident_ids: Collection[str], folder: ArchiveFolder | None
) -> Mapping[str, Log]:
    """What was put away of these logs, read again. Raises ArchiveUnreadable, naming the file to bring."""
    read: dict[str, Log] = defaultdict(tuple)
    for incident_id, parts in (await of_incidents(connection, incident_ids)).items():
        for part in parts:
            if folder is None:
                raise ArchiveUnreadable(
                    f"{part.archive} has the log of {incident_id}, and no folder was named"
                )
            read[incident_id] += folder.read(part.archive, part.piece)
    return read


async def every_log(connection: AsyncConnection, folder: ArchiveFolder | None) -> AsyncIterator[Log]:
    """Every log that was put away, in the order of ids. Raises ArchiveUnreadable."""
    last = ""
    while ids := list((await connection.execute(_NEXT, {"last": last})).scalars()):
        for _, log in sorted((await logs_of(connection, ids, folder)).items()):
            yield log
        last = ids[-1]


async def faults(connection: AsyncConnection, folder: ArchiveFolder | None) -> AsyncIterator[tuple[str, str]]:
    """Each file that is missing or changed, and what is to be done about it."""
    for row in await connection.execute(_ARCHIVES):
        fault = "no archive folder was named" if folder is None else folder.fault_of(row.name, row.digest)
        if fault is not None:
            yield row.name, fault


async def record(
    connection: AsyncConnection, month: Month, written: Written, pieces: Collection[Piece], now: datetime
) -> None:
    """Remember a file of this month, and those of its logs that are taken from the database with this."""
    row = {
        "name": written.name,
        "digest": written.digest,
        "size_bytes": written.size_bytes,
        "opened_month": month,
        "incidents": len(pieces),
        "events": sum(one.last_seq - one.first_seq + 1 for one in pieces),
        "archived_at": now,
    }
    await insert(connection, ARCHIVES, [row])
    await insert(connection, ARCHIVED_LOGS, [asdict(one) | {"archive": written.name} for one in pieces])
