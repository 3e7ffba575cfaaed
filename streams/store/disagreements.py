"""Disagreements: keeping what was found to differ between Kafka and the database, once each, and asking for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import DISAGREEMENTS
from models.tables.disagreements import DisagreementKind
from streams.store.statements import Row, insert_new


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One finding: about which partition or event, what Kafka has, and the sentence for an operator."""

    kind: DisagreementKind
    subject: str
    found: str
    detail: str


_ABOUT_EVENTS = select(DISAGREEMENTS.c.subject, DISAGREEMENTS.c.found).where(
    DISAGREEMENTS.c.kind.in_([kind.value for kind in DisagreementKind if kind.is_about_an_event])
)
_ALL = (
    select(DISAGREEMENTS)
    .where(DISAGREEMENTS.c.cluster_id == bindparam("in_cluster"))
    .order_by(DISAGREEMENTS.c.recorded_at, DISAGREEMENTS.c.kind, DISAGREEMENTS.c.subject)
)


async def record(
    connection: AsyncConnection, cluster_id: str, found: Iterable[Disagreement], now: datetime
) -> None:
    """Keep each; one that is kept already stays as it was first found. `now` is real time."""
    rows: list[Row] = [
        {
            "cluster_id": cluster_id,
            "kind": one.kind.value,
            "subject": one.subject,
            "found": one.found,
            "detail": one.detail,
            "recorded_at": now,
        }
        for one in found
    ]
    await insert_new(connection, DISAGREEMENTS, rows)


async def settled_events(connection: AsyncConnection) -> frozenset[tuple[str, str]]:
    """Records of `incident-events` of which it was settled that the log has them otherwise: (event id, digest)."""
    return frozenset((row.subject, row.found) for row in await connection.execute(_ABOUT_EVENTS))


async def every(connection: AsyncConnection, cluster_id: str) -> tuple[Disagreement, ...]:
    """All that were found at this cluster, the first first."""
    rows = await connection.execute(_ALL, {"in_cluster": cluster_id})
    return tuple(Disagreement(DisagreementKind(row.kind), row.subject, row.found, row.detail) for row in rows)
