"""Fingerprint: are the last records before where we stand the ones that were handled? If not, the topic is another one.

A topic that was deleted, made again and has grown past the old offset looks like the one that it was. Kafka's own id of
a topic is not told by our client's protocol. But whatever lies before `next_offset` was handled, and left a trace under
its own id in the inbox, or at its place among the dead letters; a record there that left none was never read.
"""

from collections.abc import Iterable

from sqlalchemy import and_, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import DEAD_LETTERS, INBOX
from models.topics import Topic
from streams.broker.reading import Read
from streams.processing import codec
from streams.store.progress import Partition

# Of each partition: one is enough unless the new topic happens to have the old one's message there, sent again.
LOOKED_AT = 10
_KNOWN = select(INBOX.c.message_id).where(INBOX.c.message_id.in_(bindparam("message_ids", expanding=True)))
_DEAD = select(
    DEAD_LETTERS.c.topic, DEAD_LETTERS.c.partition, DEAD_LETTERS.c.offset, DEAD_LETTERS.c.value
).where(
    and_(
        DEAD_LETTERS.c.cluster_id == bindparam("in_cluster"),
        tuple_(DEAD_LETTERS.c.topic, DEAD_LETTERS.c.partition, DEAD_LETTERS.c.offset).in_(
            bindparam("places", expanding=True)
        ),
    )
)


async def never_handled(
    connection: AsyncConnection, cluster_id: str, reads: Iterable[Read]
) -> dict[Partition, Read]:
    """Of each partition the last of these records that left no trace; all of them lie before where we stand."""
    found = {(read.topic, read.partition, read.offset): read for read in reads}
    if not found:
        return {}
    ids = {place: message_id_of(read) for place, read in found.items()}
    wanted = sorted({one for one in ids.values() if one is not None})
    known = set(await connection.scalars(_KNOWN, {"message_ids": wanted}))
    rows = await connection.execute(_DEAD, {"in_cluster": cluster_id, "places": sorted(found)})
    dead = {(row.topic, row.partition, row.offset): row.value for row in rows}
    return {
        (place[0], place[1]): read
        for place, read in sorted(found.items())
        if ids[place] not in known and dead.get(place) != read.value
    }


def message_id_of(read: Read) -> MessageId | None:
    """Under which id it was handled, if it can be read."""
    found = codec.read(codec.SHAPE_OF_TOPIC[Topic(read.topic)], read.value or None, read.at)
    return found.message.message_id if isinstance(found, codec.Readable) else None
