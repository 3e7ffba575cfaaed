"""I11 and what of I7 needs no broker: everything that must be on Kafka was sent, byte for byte as it is kept."""

from collections.abc import AsyncIterator

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import EVENTS, OUTBOX
from models.topics import Topic
from streams.check.rows import rows
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

_UNPUBLISHED = select(OUTBOX).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.id)
_ALTERED = (
    select(OUTBOX.c.id, OUTBOX.c.event_id)
    .where(
        OUTBOX.c.topic == Topic.INCIDENT_EVENTS.value,
        ~exists().where(EVENTS.c.event_id == OUTBOX.c.event_id, EVENTS.c.body == OUTBOX.c.value),
    )
    .order_by(OUTBOX.c.id)
)


async def nothing_is_unpublished(
    connection: AsyncConnection, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I11 nothing unpublished, no expired claim (a claim has run out when its publisher died: the sweeper takes it)."""
    for row in await rows(connection, _UNPUBLISHED):
        where = f"outbox id={row['id']} topic={row['topic']}"
        if row["claimed_until"] is not None and yardstick.is_long_past(row["claimed_until"]):
            yield Violation(Invariant.I11, where, f"its claim ran out at {row['claimed_until'].isoformat()}")
        elif yardstick.is_long_past(row["created_at"]):
            yield Violation(Invariant.I11, where, f"unpublished since {row['created_at'].isoformat()}")


async def outbox_repeats_the_log(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I7 ... with the same bytes: what the outbox sends to `incident-events` is what the log keeps."""
    for row in await rows(connection, _ALTERED):
        detail = f"its bytes are not those of event {row['event_id']}"
        yield Violation(Invariant.I7, f"outbox id={row['id']}", detail)
