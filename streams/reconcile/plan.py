"""Plan: what a reconciliation has before it - facts to be derived again, and the records that they come from."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.tables import INCIDENTS
from models.topics import ENGINE_READ, Topic
from streams.broker.reading import Read
from streams.processing.arrivals import Record
from streams.reconcile.facts import Fact, facts_in, unknown
from streams.reconcile.fingerprint import message_id_of
from streams.reconcile.holdings import Holdings
from streams.reconcile.turns import Input
from streams.store import progress, rulebooks
from streams.store.database import Database
from streams.store.progress import Partition

_PAGE = 500
_LOGS = select(INCIDENTS.c.incident_id, INCIDENTS.c.seq).where(
    INCIDENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What Kafka has beyond the database. Nothing to do when there are no facts that the database does not know."""

    facts: tuple[Fact, ...]
    inputs: tuple[Input, ...]
    logs: Mapping[IncidentId, int]
    stands_at: Mapping[Partition, int]
    unknown_rulebooks: tuple[str, ...]

    @property
    def incidents(self) -> int:
        """How many incidents the facts are about."""
        return len({fact.incident_id for fact in self.facts})

    def to_read(self) -> Mapping[Partition, int]:
        """How many records of each partition are read again."""
        return Counter(one.record.source for one in self.inputs)

    def gone(self) -> Mapping[Partition, int]:
        """How many records are no longer on Kafka between where the database stands and the oldest there."""
        first: dict[Partition, int] = {}
        for one in self.inputs:
            first.setdefault(one.record.source, one.record.offset)
        found = {source: offset - self.stands_at.get(source, 0) for source, offset in first.items()}
        return {source: missing for source, missing in found.items() if missing}


async def draw_up(database: Database, cluster_id: str, holdings: Holdings) -> Plan:
    """Read the whole of `incident-events`, and all input from where the database stands; takes a while.

    Everything is held in memory: about a gigabyte for a million records. Raises KafkaError, Transient.
    """
    published = list(facts_in(await holdings.since(Topic.INCIDENT_EVENTS, {})))
    async with database.read() as connection:
        facts = await unknown(connection, published)
        stands_at = await progress.next_offsets(connection, cluster_id)
        logs = await _logs(connection, {fact.incident_id for fact in facts})
        known = {stored.digest for stored in await rulebooks.every_rulebook(connection)}
    rulebooks_told = {fact.rulebook for fact in facts}
    return Plan(
        facts=tuple(facts),
        inputs=await _inputs(holdings, stands_at) if facts else (),
        logs=logs,
        stands_at=stands_at,
        unknown_rulebooks=tuple(sorted(rulebooks_told - known)),
    )


async def _logs(connection: AsyncConnection, incident_ids: set[IncidentId]) -> dict[IncidentId, int]:
    wanted = sorted(incident_ids)
    found: dict[IncidentId, int] = {}
    for first in range(0, len(wanted), _PAGE):
        rows = await connection.execute(_LOGS, {"incident_ids": wanted[first : first + _PAGE]})
        found |= {row.incident_id: row.seq for row in rows}
    return found


async def _inputs(holdings: Holdings, stands_at: Mapping[Partition, int]) -> tuple[Input, ...]:
    topics = sorted(ENGINE_READ)
    read = await asyncio.gather(
        *(
            holdings.since(topic, {number: at for (name, number), at in stands_at.items() if name == topic})
            for topic in topics
        )
    )
    return tuple(_input(topic, one) for topic, found in zip(topics, read, strict=True) for one in found)


def _input(topic: Topic, read: Read) -> Input:
    record = Record(topic, read.partition, read.offset, read.key, read.value or None, read.headers)
    return Input(record, read.at, message_id_of(read))
