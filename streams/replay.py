"""Replay: fold a log again and compare it with the stored state, field by field.

The log is the record: where the two differ, the state is wrong, or this version folds otherwise than the one that
wrote it. Never in here: a repair.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.archive.files import ArchiveFolder
from streams.check.difference import first_difference
from streams.check.dossier import Dossier, dossier_of, dossiers


@dataclass(frozen=True, slots=True)
class Replayed:
    """One incident after its replay; `difference` None: the stored state is what its log folds to."""

    incident_id: str
    events: int
    difference: str | None


async def replay(connection: AsyncConnection, incident_id: str, archive: ArchiveFolder) -> Replayed | None:
    """Replay one incident; None when nothing is stored under this id. Raises ArchiveUnreadable."""
    dossier = await dossier_of(connection, incident_id, archive)
    if dossier.row is None and not dossier.event_rows:
        return None
    return _replayed(dossier)


async def replay_all(connection: AsyncConnection, archive: ArchiveFolder) -> AsyncIterator[Replayed]:
    """Replay every incident, in the order of ids. Raises ArchiveUnreadable."""
    async for dossier in dossiers(connection, archive):
        if dossier.row is not None or dossier.event_rows:
            yield _replayed(dossier)


def _replayed(dossier: Dossier) -> Replayed:
    return Replayed(dossier.incident_id, len(dossier.event_rows), _difference(dossier))


def _difference(dossier: Dossier) -> str | None:
    if dossier.broken is not None:
        return f"the log cannot be folded: {dossier.broken}"
    if dossier.state is None:
        return "there is a state and no log"
    if dossier.row is None:
        return "there is a log and no state"
    return first_difference(dossier.row["state"], dossier.state)
