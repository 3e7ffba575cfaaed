"""Outbox: adding what must be on Kafka, claiming it, marking it done, and bringing it back for a new cluster.

A claim is a word on the row and a time until which nobody else takes it. Times here are wall time, also where the
program's clock is scaled: a claim waits for a machine, not for a deadline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import COMMANDS, DEAD_LETTERS, INBOX, OUTBOX, PROGRESS, PROJECTIONS
from models.topics import Topic
from models.vocabulary import CommandStatus
from streams.broker.publishing import Publication
from streams.store.commands import count_deliveries
from streams.store.publications import HEADERS, Outgoing, again, packed, unpacked
from streams.store.statements import Row, insert, insert_new

EVERY_TOPIC = tuple(Topic)
WAITS_TOO_LONG_SECONDS = (
    60.0  # for Kafka: readiness, `fenghuo doctor` and the alert FenghuoOutboxOld go by it
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Rows that are ours to publish until the claim runs out; then mark the claim as published, whole."""

    claim: str
    publications: tuple[Publication, ...]


_SEEN = or_(
    exists().where(INBOX.c.message_id == OUTBOX.c.message_id),
    exists().where(
        and_(DEAD_LETTERS.c.message_id == OUTBOX.c.message_id, DEAD_LETTERS.c.retried_at.is_(None))
    ),
)
_UNCLAIMED = select(OUTBOX.c.id).where(
    OUTBOX.c.published_at.is_(None),
    # A row or claim from later than a second claim after one of now would run is of a process whose clock went ahead:
    # it may be dead, and nobody else would see the row until the true time has come so far. What lives publishes it
    # twice at worst; clocks that agree to within a claim take nothing from one another.
    or_(OUTBOX.c.created_at <= bindparam("older_than"), OUTBOX.c.created_at > bindparam("ahead")),
    OUTBOX.c.topic.in_(bindparam("topics", expanding=True)),
    or_(
        OUTBOX.c.claimed_until.is_(None),
        OUTBOX.c.claimed_until < bindparam("at"),
        OUTBOX.c.claimed_until > bindparam("ahead"),
    ),
)
_WAITING = (
    _UNCLAIMED.order_by(OUTBOX.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    # A CTE, since PostgreSQL may run a plain subquery more than once and then claims more than the limit.
    .cte("waiting")
)
_CLAIM = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(select(_WAITING.c.id)))
    .values(claim=bindparam("by"), claimed_until=bindparam("until"))
    .returning(OUTBOX.c.id, OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.value, OUTBOX.c.headers)
)
_PUBLISHED = (
    update(OUTBOX)
    .where(OUTBOX.c.claim.in_(bindparam("claims", expanding=True)), OUTBOX.c.published_at.is_(None))
    .values(
        published_at=bindparam("at"),
        published_cluster=bindparam("in_cluster"),
        claim=None,
        claimed_until=None,
    )
)
_UNSEEN_AGAIN = (
    update(OUTBOX)
    .where(OUTBOX.c.message_id.is_not(None), OUTBOX.c.published_at.is_not(None), ~_SEEN)
    .values(published_at=None, published_cluster=None, claim=None, claimed_until=None)
)
_PRUNE = delete(OUTBOX).where(
    OUTBOX.c.published_at < bindparam("published_before"), or_(OUTBOX.c.message_id.is_(None), _SEEN)
)
_UNPUBLISHED = select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.published_at.is_(None))
_UNACKNOWLEDGED = select(
    COMMANDS.c.command_id, COMMANDS.c.unit_code, COMMANDS.c.body, COMMANDS.c.deliveries
).where(
    COMMANDS.c.status.in_([status.value for status in CommandStatus if status.awaits_acknowledgement]),
    COMMANDS.c.retraction_heard_at.is_(None),
)


async def add(
    connection: AsyncConnection,
    outgoing: Iterable[Outgoing],
    now: datetime,
    claim: str | None = None,
    claimed_until: datetime | None = None,
) -> Claimed:
    """Write rows that the caller will publish itself under `claim`; without a claim the sweeper takes them."""
    kept = tuple(outgoing)
    stamp: Row = {"created_at": now, "claim": claim, "claimed_until": claimed_until}
    await insert(connection, OUTBOX, [{**_row(one), **stamp} for one in kept])
    return Claimed(claim or "", tuple(one.publication for one in kept))


async def waiting(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """How many rows are not on Kafka yet, and since when the oldest is not (real time)."""
    count, since = (await connection.execute(_UNPUBLISHED)).one()
    return count, since


async def is_waiting(
    connection: AsyncConnection,
    older_than: datetime,
    now: datetime,
    until: datetime,
    topics: Sequence[Topic] = EVERY_TOPIC,
) -> bool:
    """Whether there is anything to claim: asked first, so that an idle sweeper takes no writer lock."""
    found = await connection.execute(_UNCLAIMED.limit(1), _asked(older_than, now, until, topics))
    return found.first() is not None


async def claim(
    connection: AsyncConnection,
    by: str,
    *,
    limit: int,
    older_than: datetime,
    now: datetime,
    until: datetime,
    topics: Sequence[Topic] = EVERY_TOPIC,
) -> Claimed:
    """Take up to `limit` rows for these topics, written before `older_than`, that nobody holds; others skip them."""
    taken: Row = {"by": by, "until": until, "most": limit}
    found = await connection.execute(_CLAIM, taken | _asked(older_than, now, until, topics))
    rows = sorted(found, key=lambda row: int(row.id))
    return Claimed(
        by, tuple(Publication(row.topic, row.key, row.value, unpacked(row.headers)) for row in rows)
    )


def _asked(older_than: datetime, now: datetime, until: datetime, topics: Sequence[Topic]) -> Row:
    ahead = until + (until - now)
    return {"older_than": older_than, "at": now, "ahead": ahead, "topics": _names(topics)}


async def mark_published(
    connection: AsyncConnection, claims: Sequence[str], cluster_id: str, now: datetime
) -> int:
    """Kafka has everything under these claims. Returns how many rows; rows that somebody else took over are theirs."""
    marked = await connection.execute(
        _PUBLISHED, {"claims": list(claims), "in_cluster": cluster_id, "at": now}
    )
    return marked.rowcount


async def republish_unseen(connection: AsyncConnection) -> int:
    """Bring back what the engine should have read and has not: after offsets that went missing. Returns how many."""
    return (await connection.execute(_UNSEEN_AGAIN)).rowcount


async def republish_for_new_cluster(
    connection: AsyncConnection, cluster_id: str, now: datetime, at: datetime
) -> int:
    """Give a cluster that has nothing what it needs: unread messages, unacknowledged commands, ratings and heat.

    Does nothing for a cluster that is known. `now` is real time, `at` the program's. Returns how many records will be
    sent.
    """
    mark: Row = {"cluster_id": cluster_id, "topic": Topic.REPORTS.value, "partition": 0}
    known = select(PROGRESS.c.topic).where(PROGRESS.c.cluster_id == cluster_id).limit(1)
    if (await connection.execute(known)).first() is not None:
        return 0
    zero: Row = {"next_offset": 0, "processed": 0, "duplicate": 0, "dead": 0, "updated_at": now}
    await insert_new(connection, PROGRESS, [{**mark, **zero}])
    commands = (await connection.execute(_UNACKNOWLEDGED)).all()
    if commands:
        await count_deliveries(connection, [row.command_id for row in commands], at)
    standing = (await connection.execute(select(PROJECTIONS))).all()
    outgoing = [again(row.unit_code, row.body, row.deliveries + 1) for row in commands]
    outgoing += [Outgoing(Publication(row.topic, row.key.encode(), row.value, HEADERS)) for row in standing]
    await add(connection, outgoing, now)
    return await republish_unseen(connection) + len(outgoing)


async def prune(connection: AsyncConnection, published_before: datetime) -> int:
    """Forget rows published before this time, save those that the engine has yet to read. Returns how many."""
    return (await connection.execute(_PRUNE, {"published_before": published_before})).rowcount


def _names(topics: Iterable[Topic]) -> list[str]:
    return [topic.value for topic in topics]


def _row(one: Outgoing) -> Row:
    publication = one.publication
    message_id: MessageId | None = one.message_id
    return {
        "topic": str(publication.topic),
        "key": publication.key,
        "value": publication.value,
        "headers": _PLAIN_HEADERS if publication.headers is HEADERS else packed(publication.headers),
        "message_id": message_id,
        "event_id": one.event_id,
    }


_PLAIN_HEADERS = packed(HEADERS)
