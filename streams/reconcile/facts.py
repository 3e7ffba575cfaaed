"""Facts: the log as it lies on `incident-events`, and which of it the database does not have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import EventId, IncidentId, MessageId
from models.tables import ARCHIVED_LOGS, EVENTS
from streams.broker.reading import Read
from streams.store import disagreements

_PAGE = 500
_ARCHIVED = select(ARCHIVED_LOGS.c.incident_id, ARCHIVED_LOGS.c.first_seq, ARCHIVED_LOGS.c.last_seq).where(
    ARCHIVED_LOGS.c.incident_id.in_(bindparam("incident_ids", expanding=True))
)
_BODIES = select(EVENTS.c.event_id, EVENTS.c.body).where(
    EVENTS.c.event_id.in_(bindparam("event_ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One record of `incident-events`: what it takes to decide the same again, and the digest of its bytes.

    `heard_at` is the moment at which its cause was handled: a report's is in it, and `recorded_at` may be later.
    """

    event_id: EventId
    incident_id: IncidentId
    seq: int
    type: str
    cause_id: MessageId
    recorded_at: datetime
    heard_at: datetime
    rulebook: str
    digest: str
    where: str


def facts_in(reads: Iterable[Read]) -> Iterator[Fact]:
    """Those of the records that are facts, of whatever version; others are for `fenghuo check` (I7) to name."""
    for read in reads:
        fact = _fact_in(read)
        if fact is not None:
            yield fact


async def digests_of(connection: AsyncConnection, facts: Iterable[Fact]) -> dict[EventId, str]:
    """The digests of the bytes that the log has for these, where it has any."""
    wanted = sorted({fact.event_id for fact in facts})
    known: dict[EventId, str] = {}
    for first in range(0, len(wanted), _PAGE):
        rows = await connection.execute(_BODIES, {"event_ids": wanted[first : first + _PAGE]})
        known |= {row.event_id: sha256(row.body).hexdigest() for row in rows}
    return known


async def unknown(connection: AsyncConnection, facts: Iterable[Fact]) -> list[Fact]:
    """Those of the facts that the log does not have, and of which nothing was settled before; each once.

    Kafka may keep for longer what was put away here (`streams.archive`): that is known, too.
    """
    once = {(fact.event_id, fact.digest): fact for fact in facts}
    known = await digests_of(connection, once.values())
    settled = await disagreements.settled_events(connection)
    missing = [fact for key, fact in once.items() if fact.event_id not in known and key not in settled]
    return await _without_archived(connection, missing)


async def _without_archived(connection: AsyncConnection, facts: list[Fact]) -> list[Fact]:
    archived: dict[IncidentId, list[range]] = {}
    wanted = sorted({fact.incident_id for fact in facts})
    for first in range(0, len(wanted), _PAGE):
        for row in await connection.execute(_ARCHIVED, {"incident_ids": wanted[first : first + _PAGE]}):
            archived.setdefault(row.incident_id, []).append(range(row.first_seq, row.last_seq + 1))
    return [fact for fact in facts if not any(fact.seq in one for one in archived.get(fact.incident_id, ()))]


def _fact_in(read: Read) -> Fact | None:
    try:
        body = orjson.loads(read.value)
        recorded_at = datetime.fromisoformat(body["recorded_at"])
        heard = body["data"].get("received_at")
        return Fact(
            event_id=EventId(str(body["event_id"])),
            incident_id=IncidentId(str(body["incident_id"])),
            seq=int(body["seq"]),
            type=str(body["type"]),
            cause_id=MessageId(str(body["cause_id"])),
            recorded_at=recorded_at,
            heard_at=recorded_at if heard is None else datetime.fromisoformat(heard),
            rulebook=str(body["rulebook"]),
            digest=sha256(read.value).hexdigest(),
            where=f"{read.topic}[{read.partition}] offset={read.offset}",
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
