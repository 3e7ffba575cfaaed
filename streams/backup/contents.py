"""Contents: what a database holds, in figures and heads, as of the transaction that it is asked in."""

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import (
    ACTIVATIONS,
    ARCHIVES,
    ATTACHMENT_LINKS,
    ATTACHMENTS,
    AUDIT,
    EVENTS,
    PROGRESS,
    metadata,
)
from streams.backup.manifest import Contents, Head

_HEADS = select(PROGRESS).order_by(PROGRESS.c.cluster_id, PROGRESS.c.topic, PROGRESS.c.partition)
_AUDIT_HEAD = select(AUDIT.c.digest).order_by(AUDIT.c.seq.desc()).limit(1)
_RULEBOOK = select(ACTIVATIONS.c.digest).order_by(ACTIVATIONS.c.activated_at.desc()).limit(1)
# What nobody names may be removed at any moment; what is named stays.
_NAMED = (
    select(ATTACHMENTS.c.digest)
    .where(ATTACHMENTS.c.digest.in_(select(ATTACHMENT_LINKS.c.digest)))
    .order_by(ATTACHMENTS.c.digest)
)


async def contents_of(connection: AsyncConnection) -> Contents:
    """What it holds. Counts every row: minutes for a large database."""
    counts = {
        name: int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
        for name, table in sorted(metadata.tables.items())
    }
    heads = tuple(
        Head(cluster_id=row.cluster_id, topic=row.topic, partition=row.partition, next_offset=row.next_offset)
        for row in await connection.execute(_HEADS)
    )
    archives = await connection.execute(select(ARCHIVES.c.name, ARCHIVES.c.digest).order_by(ARCHIVES.c.name))
    return Contents(
        counts=counts,
        heads=heads,
        newest_fact=(await connection.execute(select(func.max(EVENTS.c.recorded_at)))).scalar_one(),
        audit_head=(await connection.execute(_AUDIT_HEAD)).scalar_one_or_none(),
        rulebook=(await connection.execute(_RULEBOOK)).scalar_one_or_none(),
        archives={row.name: row.digest for row in archives},
        photographs=tuple(await connection.scalars(_NAMED)),
    )


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether nothing was ever made in it."""
    return not await connection.run_sync(_tables)


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()
