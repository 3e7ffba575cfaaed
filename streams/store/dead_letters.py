"""Dead letters: keeping what could not be handled, telling operators, and bringing it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.messages.dead_letter import DeadLetter
from models.tables import DEAD_LETTERS
from models.vocabulary import DeadLetterReason
from streams.broker.publishing import Publication
from streams.store.publications import (
    Headers,
    Outgoing,
    as_base64,
    kept_headers,
    of_dead_letter,
    packed,
    unpacked,
)
from streams.store.statements import Row, insert_new

# In base64 a third longer, and no record on Kafka may be larger than 1,000,000 bytes.
_MOST_PUBLISHED_BYTES = 600_000
_CUT = f"on the topic only the first {_MOST_PUBLISHED_BYTES} bytes; `fenghuo dead-letters show` has all"


@dataclass(frozen=True, slots=True)
class Dead:
    """One message that could not be handled, by where it stood. `message_id` is None when it could not be read."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    reason: DeadLetterReason
    field: str | None
    detail: str | None
    recorded_at: datetime
    message_id: MessageId | None = None
    headers: Headers = ()

    @property
    def letter(self) -> DeadLetter:
        """As it goes to operators."""
        return DeadLetter(
            topic=self.topic,
            partition=self.partition,
            offset=self.offset,
            key=None if self.key is None else self.key.decode(errors="replace"),
            value_base64=as_base64(self.value[:_MOST_PUBLISHED_BYTES]),
            reason=self.reason,
            field=self.field,
            detail=self.detail if len(self.value) <= _MOST_PUBLISHED_BYTES else f"{self.detail} ({_CUT})",
            recorded_at=self.recorded_at,
        )


_WHERE = and_(
    DEAD_LETTERS.c.cluster_id == bindparam("in_cluster"),
    DEAD_LETTERS.c.topic == bindparam("in_topic"),
    DEAD_LETTERS.c.partition == bindparam("in_partition"),
    DEAD_LETTERS.c.offset == bindparam("at_offset"),
)
_RETRIED = (
    update(DEAD_LETTERS).where(_WHERE, DEAD_LETTERS.c.retried_at.is_(None)).values(retried_at=bindparam("at"))
)
_ONE = select(DEAD_LETTERS).where(_WHERE)


async def bury(connection: AsyncConnection, cluster_id: str, dead: Iterable[Dead]) -> tuple[Outgoing, ...]:
    """Keep these messages whole; returns their records for the outbox of this transaction."""
    kept = tuple(dead)
    await insert_new(connection, DEAD_LETTERS, [_row(cluster_id, one) for one in kept])
    return tuple(of_dead_letter(one.letter, one.key) for one in kept)


async def retry(
    connection: AsyncConnection, where: tuple[str, str, int, int], now: datetime
) -> Outgoing | None:
    """The original record of (cluster, topic, partition, offset), for the outbox; None if it is gone or was retried."""
    key = dict(zip(("in_cluster", "in_topic", "in_partition", "at_offset"), where, strict=True))
    if (await connection.execute(_RETRIED, {**key, "at": now})).rowcount != 1:
        return None
    row = (await connection.execute(_ONE, key)).one()
    message_id = None if row.message_id is None else MessageId(row.message_id)
    return Outgoing(Publication(row.topic, row.key or b"", row.value, unpacked(row.headers)), message_id)


def _row(cluster_id: str, one: Dead) -> Row:
    return {
        "cluster_id": cluster_id,
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "message_id": one.message_id,
        "key": one.key,
        "value": one.value,
        "headers": packed(kept_headers(one.headers)),
        "reason": one.reason.value,
        "field": one.field,
        "detail": one.detail,
        "recorded_at": one.recorded_at,
        "retried_at": None,
    }
