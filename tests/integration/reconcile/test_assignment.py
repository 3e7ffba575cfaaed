"""Partitions are assigned: what Kafka says of them is compared with the database, on both engines."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from models.tables import DISAGREEMENTS, GAPS, OUTBOX, PROGRESS
from models.tables.disagreements import DisagreementKind
from models.topics import Topic
from models.vocabulary import DeadLetterReason
from streams.broker.publishing import Publication
from streams.metrics import Metrics
from streams.reconcile import Assignments
from streams.store import dead_letters, inbox, outbox, progress
from streams.store.database import Database
from streams.store.dead_letters import Dead
from streams.store.inbox import InboxEntry
from streams.store.migrations import upgrade
from streams.store.progress import Partition, PartitionCounts, Slice
from streams.store.publications import HEADERS, Outgoing
from tests.contract.store.worker import report
from tests.fakes.clock import ManualClock
from tests.integration.reconcile.restored import MemoryHoldings, TimedBroker

HERE: Partition = (Topic.REPORTS.value, 0)
CLUSTER = "cluster-1"
HANDLED = 5


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """One in which five records of one partition were handled."""
    database = Database(database_url)
    await upgrade(database)
    now = datetime.now(UTC)
    async with database.write() as connection:
        piece = Slice(*HERE, tuple(range(HANDLED)))
        await progress.advance(connection, CLUSTER, [piece], now, accept_gap=False)
        await progress.count(connection, CLUSTER, {HERE: PartitionCounts(dead=HANDLED)})
        await dead_letters.bury(connection, CLUSTER, [_dead(offset) for offset in range(HANDLED)])
    yield database
    await database.close()


def _dead(offset: int) -> Dead:
    reason, at = DeadLetterReason.INVALID, datetime.now(UTC)
    return Dead(*HERE, offset, b"k", b"{}", reason, None, "no report", at)


class Kafka:
    """A broker in memory, and whoever compares it with the database."""

    def __init__(self, database: Database) -> None:
        self.broker = TimedBroker(CLUSTER, ManualClock())
        self.holdings = MemoryHoldings(self.broker)
        self.registry = CollectorRegistry()
        clock = ManualClock()
        self.assignments = Assignments(
            database, self.holdings, CLUSTER, "fenghuo", clock, clock, Metrics(self.registry)
        )

    def holds(self, records: int, value: bytes = b"{}") -> None:
        """So many records were written, and nothing is gone."""
        for _ in range(records):
            self.broker.append(HERE[0], b"k", value, HERE[1])

    async def compare(self) -> list[tuple[DisagreementKind, str, str]]:
        """What differs, as an assignment finds it."""
        return [(one.kind, one.subject, one.found) for one in await self.assignments.compare([HERE])]

    def counted(self, kind: DisagreementKind) -> float | None:
        return self.registry.get_sample_value("fenghuo_disagreements_total", {"kind": kind.value})


async def stands_at(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.scalars(select(PROGRESS.c.next_offset))).one())


async def kept(database: Database) -> list[str]:
    async with database.read() as connection:
        return list(await connection.scalars(select(DISAGREEMENTS.c.kind)))


@pytest.mark.parametrize("committed", [None, 0, 3, HANDLED])
async def test_a_group_without_or_with_lower_offsets_has_no_effect(
    database: Database, committed: int | None
) -> None:
    """Deleted, set to the earliest, or not committed before a crash: nothing is raised."""
    kafka = Kafka(database)
    kafka.holds(8)
    if committed is not None:
        kafka.holdings.groups[HERE] = committed
    assert await kafka.compare() == []
    assert (await stands_at(database), await kept(database)) == (HANDLED, [])


async def test_an_offset_past_what_was_handled_is_raised(database: Database) -> None:
    """Set to the latest: reading begins where the database stands, and a row, a count and a line tell of it."""
    kafka = Kafka(database)
    kafka.holds(8)
    kafka.holdings.groups[HERE] = 8
    assert await kafka.compare() == [(DisagreementKind.OFFSETS_AHEAD, "reports[0]", "8")]
    assert await stands_at(database) == HANDLED
    assert await kept(database) == ["offsets_ahead"]
    assert kafka.counted(DisagreementKind.OFFSETS_AHEAD) == 1


async def test_records_that_are_gone_are_a_gap_and_ours_come_again(database: Database) -> None:
    """Nothing needs to arrive for it to be noticed; what the gateway took in is sent again, and offsets add up."""
    kafka = Kafka(database)
    kafka.holds(9)
    kafka.broker.lose_before(*HERE, 9)
    ours = report("r-1")
    accepted = Publication(Topic.REPORTS, b"k", ours.model_dump_json().encode(), HEADERS)
    async with database.write() as connection:
        await outbox.add(connection, [Outgoing(accepted, ours.message_id)], datetime.now(UTC), "a-claim")
        await outbox.mark_published(connection, ["a-claim"], CLUSTER, datetime.now(UTC))
    assert await kafka.compare() == [(DisagreementKind.TRUNCATED, "reports[0]", "9")]
    assert await stands_at(database) == 9
    async with database.read() as connection:
        assert (await connection.execute(select(GAPS.c.from_offset, GAPS.c.to_offset))).all() == [(5, 9)]
        assert (await connection.scalars(select(OUTBOX.c.published_at))).all() == [None]
    assert await kafka.compare() == []
    assert kafka.counted(DisagreementKind.TRUNCATED) == 1


async def test_records_that_were_handled_may_go(database: Database) -> None:
    """What retention takes of the past is no gap."""
    kafka = Kafka(database)
    kafka.holds(8)
    kafka.broker.lose_before(*HERE, HANDLED)
    assert await kafka.compare() == []


async def test_a_topic_that_was_made_anew_is_read_from_its_start(database: Database) -> None:
    """Its offsets were used before: what was read of the old one is kept apart, and nothing new is taken for old."""
    kafka = Kafka(database)
    kafka.holds(8)
    kafka.broker.make_anew(*HERE)
    kafka.holds(2)
    assert await kafka.compare() == [(DisagreementKind.REWOUND, "reports[0]", "2")]
    async with database.read() as connection:
        assert await progress.next_offsets(connection, CLUSTER) == {}
        (kept_apart,) = (await connection.execute(select(PROGRESS))).all()
    assert kept_apart.cluster_id.startswith(f"{CLUSTER} until ")
    assert kept_apart.next_offset == HANDLED
    assert await kafka.compare() == []


@pytest.mark.parametrize("value", [b"[]", report("never-handled").model_dump_json().encode()])
async def test_a_topic_that_was_made_anew_and_has_grown_is_noticed(database: Database, value: bytes) -> None:
    """Its end lies beyond the old offset, and nothing else tells: but nobody ever handled what stands before it."""
    kafka = Kafka(database)
    kafka.holds(8)
    kafka.broker.make_anew(*HERE)
    kafka.holds(HANDLED + 3, value)
    assert await kafka.compare() == [(DisagreementKind.REWOUND, "reports[0]", str(HANDLED + 3))]
    async with database.read() as connection:
        assert await progress.next_offsets(connection, CLUSTER) == {}
    assert await kafka.compare() == []


async def test_a_message_that_was_handled_is_known_by_its_id(database: Database) -> None:
    """A report that went through, or came twice, has left its id: the partition is the one that it was."""
    ours = report("r-1")
    kafka = Kafka(database)
    kafka.holds(HANDLED + 1, ours.model_dump_json().encode())
    async with database.write() as connection:
        entry = InboxEntry(ours.message_id, "sha256:0", *HERE, 0, None, datetime.now(UTC), None)
        await inbox.record(connection, CLUSTER, [entry])
    assert await kafka.compare() == []


async def test_an_end_that_is_told_too_low_means_nothing(database: Database) -> None:
    """As Tansu does: while the last record that was handled is there, the partition is the one that it was."""

    class Low(MemoryHoldings):
        async def ends(self, partitions: Collection[Partition]) -> dict[Partition, int]:
            return dict.fromkeys(partitions, 2)

    kafka = Kafka(database)
    kafka.holds(8)
    kafka.assignments = replace(kafka.assignments, holdings=Low(kafka.broker))
    assert await kafka.compare() == []
    assert await stands_at(database) == HANDLED


async def test_a_broker_that_is_silent_holds_up_nothing(database: Database) -> None:
    """Then nothing is compared; what is gone is found by reading on."""

    class Silent(MemoryHoldings):
        async def committed(self, group: str, partitions: object) -> dict[Partition, int]:
            raise TimeoutError

    kafka = Kafka(database)
    kafka.assignments = replace(kafka.assignments, holdings=Silent(kafka.broker))
    assert await kafka.compare() == []
