"""I7: the database and Kafka agree on what was published. Needs a broker; everything on it is read once.

Kafka is read before the database, beside a running engine: what is there must be in the log by then, and what was
marked before the reading began must have been found.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import DEAD_LETTERS, EVENTS, INBOX, OUTBOX
from models.topics import Topic
from streams.archive.catalogue import every_log
from streams.archive.files import ArchiveFolder
from streams.broker.access import Brokers
from streams.broker.reading import Read, read_to_end
from streams.check.rows import rows
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick
from streams.store import disagreements

_PAGE = 500
_BODIES = select(EVENTS.c.event_id, EVENTS.c.body).where(
    EVENTS.c.event_id.in_(bindparam("ids", expanding=True))
)
_MARKED = (
    select(OUTBOX.c.id, OUTBOX.c.event_id, OUTBOX.c.value)
    .where(
        OUTBOX.c.topic == Topic.INCIDENT_EVENTS.value,
        OUTBOX.c.published_cluster == bindparam("in_cluster"),
        OUTBOX.c.published_at < bindparam("before"),
        OUTBOX.c.id > bindparam("last"),
    )
    .order_by(OUTBOX.c.id)
    .limit(_PAGE)
)
_UNHEARD = (
    select(OUTBOX.c.id, OUTBOX.c.topic, OUTBOX.c.message_id, OUTBOX.c.published_at)
    .where(
        OUTBOX.c.message_id.is_not(None),
        OUTBOX.c.published_cluster == bindparam("in_cluster"),
        ~exists().where(INBOX.c.message_id == OUTBOX.c.message_id),
        ~exists().where(DEAD_LETTERS.c.message_id == OUTBOX.c.message_id),
    )
    .order_by(OUTBOX.c.id)
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A broker that answers: where, and who it is."""

    brokers: Brokers
    cluster_id: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lay on `incident-events`: the digest of each version of each event, and where it was seen first."""

    cluster_id: str
    read_from: datetime
    found: Mapping[tuple[str, bytes], str]


async def read_shelf(cluster: Cluster) -> Shelf:
    """Read the whole topic; takes seconds to minutes. Raises KafkaError when the broker does not answer."""
    began = datetime.now(UTC)
    found: dict[tuple[str, bytes], str] = {}
    async for record in read_to_end(cluster.brokers, Topic.INCIDENT_EVENTS.value):
        where = f"{record.topic}[{record.partition}] offset={record.offset}"
        found.setdefault((_event_id(record), sha256(record.value).digest()), where)
    return Shelf(cluster.cluster_id, began, found)


async def shelf_holds_only_the_log(
    connection: AsyncConnection, shelf: Shelf, archive: ArchiveFolder | None = None
) -> AsyncIterator[Violation]:
    """I7 ... and no other is: every record of `incident-events` is an event of the log with the same bytes.

    Save those that `fenghuo reconcile` told by name: they came out otherwise after a restore, and that is kept.
    """
    settled = await disagreements.settled_events(connection)
    strange = [
        (event_id, digest)
        async for event_id, digest in _not_in_the_table(connection, shelf)
        if (event_id, digest.hex()) not in settled
    ]
    if strange:
        # Kafka may keep for longer what was put away here.
        async for log in every_log(connection, archive):
            known = {(fact["event_id"], sha256(fact["body"]).digest()) for fact in log}
            strange = [one for one in strange if one not in known]
    for event_id, digest in strange:
        detail = f"event {event_id or '?'} is not in the log with these bytes"
        yield Violation(Invariant.I7, shelf.found[event_id, digest], detail)


async def _not_in_the_table(connection: AsyncConnection, shelf: Shelf) -> AsyncIterator[tuple[str, bytes]]:
    records = list(shelf.found)
    for first in range(0, len(records), _PAGE):
        page = records[first : first + _PAGE]
        bodies = {
            row["event_id"]: sha256(row["body"]).digest()
            for row in await rows(connection, _BODIES, ids=sorted({event_id for event_id, _ in page}))
        }
        for event_id, digest in page:
            if bodies.get(event_id) != digest:
                yield event_id, digest


async def published_is_on_the_shelf(connection: AsyncConnection, shelf: Shelf) -> AsyncIterator[Violation]:
    """I7 every event marked published to this cluster id is on Kafka with the same bytes."""
    last = 0
    while page := await rows(
        connection, _MARKED, in_cluster=shelf.cluster_id, before=shelf.read_from, last=last
    ):
        for row in page:
            if (row["event_id"], sha256(row["value"]).digest()) not in shelf.found:
                detail = (
                    f"marked published to {shelf.cluster_id}; event {row['event_id']} is not there like this"
                )
                yield Violation(Invariant.I7, f"outbox id={row['id']}", detail)
        last = page[-1]["id"]


async def sent_messages_are_heard(
    connection: AsyncConnection, cluster_id: str, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I8 what was published for the engine to read was handled or is dead, unless the engine is behind."""
    for row in await rows(connection, _UNHEARD, in_cluster=cluster_id):
        if yardstick.is_long_past(row["published_at"]):
            where = f"outbox id={row['id']} topic={row['topic']} message_id={row['message_id']}"
            detail = f"published at {row['published_at'].isoformat()} and not handled: lost, or the engine is behind"
            yield Violation(Invariant.I8, where, detail)


def _event_id(record: Read) -> str:
    try:
        event = orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return ""
    return str(event.get("event_id", "")) if isinstance(event, dict) else ""
