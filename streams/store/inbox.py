"""Inbox: has the engine handled this message, and what did it say?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId, MessageId
from models.tables import INBOX
from streams.store.statements import Row, insert
from workflows.answer import Refusal


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message that was handled before."""

    digest: str
    incident_id: IncidentId | None


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A message handled now. `refusal` None: it was applied."""

    message_id: MessageId
    digest: str
    topic: str
    partition: int
    offset: int
    incident_id: IncidentId | None
    recorded_at: datetime
    refusal: Refusal | None


_KNOWN = select(INBOX.c.message_id, INBOX.c.digest, INBOX.c.incident_id).where(
    INBOX.c.message_id.in_(bindparam("message_ids", expanding=True))
)


async def handled(
    connection: AsyncConnection, message_ids: Iterable[MessageId]
) -> dict[MessageId, KnownMessage]:
    """Those of the messages that were handled before."""
    rows = await connection.execute(_KNOWN, {"message_ids": list(message_ids)})
    return {row.message_id: KnownMessage(row.digest, row.incident_id) for row in rows}


async def record(connection: AsyncConnection, cluster_id: str, entries: Iterable[InboxEntry]) -> None:
    """Remember these messages. DataRefused means that another worker handled one of them meanwhile."""
    await insert(connection, INBOX, [_row(cluster_id, entry) for entry in entries])


def _row(cluster_id: str, entry: InboxEntry) -> Row:
    return {
        "message_id": entry.message_id,
        "digest": entry.digest,
        "cluster_id": cluster_id,
        "topic": entry.topic,
        "partition": entry.partition,
        "offset": entry.offset,
        "incident_id": entry.incident_id,
        "recorded_at": entry.recorded_at,
        "refusal_code": None if entry.refusal is None else entry.refusal.code.value,
        "refusal_detail": None if entry.refusal is None else entry.refusal.detail,
    }
