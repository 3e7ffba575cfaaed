"""What the sweepers do to a real database, with a list in the place of Kafka."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert, select

from models.identifiers import DeadlineId, deadline_passed_id
from models.messages.hand_over import HandOver
from models.tables import COMMANDS, DEADLINES, OUTBOX
from models.topics import Topic
from models.vocabulary import CommandStatus, DeadlineKind, HandOverType
from streams.bookkeeper import Bookkeeper
from streams.metrics import Metrics
from streams.publishing import Publication, PublishFailed
from streams.store import outbox
from streams.store.database import Database
from streams.store.publications import HEADERS, Outgoing
from streams.sweepers.commands import CommandSweep
from streams.sweepers.deadlines import DeadlineSweep
from streams.sweepers.gauges import GaugeSweep
from streams.sweepers.outbox import OutboxSweep
from tests.fakes.clock import NOON, ManualClock

DEADLINE = DeadlineId("d-1")
RECORD = Outgoing(Publication(Topic.REPORTS, b"500108", b"{}", HEADERS))


class Broker:
    """Takes publications, or refuses while it is away."""

    def __init__(self) -> None:
        self.taken: list[Publication] = []
        self.is_away = False

    async def publish(self, publications: Sequence[Publication]) -> None:
        if self.is_away:
            raise PublishFailed("no broker")
        self.taken += publications


def outbox_sweep(database: Database, wall: ManualClock, broker: Broker) -> OutboxSweep:
    return OutboxSweep(database, wall, broker.publish, "cluster-1", Metrics(CollectorRegistry()))


async def write_outbox(
    database: Database, *records: Outgoing, claim: str | None = None, held_seconds: float = 0
) -> None:
    until = NOON + timedelta(seconds=held_seconds) if claim else None
    async with database.write() as connection:
        await outbox.add(connection, records, NOON, claim, until)


async def published(database: Database) -> list[str | None]:
    async with database.read() as connection:
        return list(await connection.scalars(select(OUTBOX.c.published_cluster).order_by(OUTBOX.c.id)))


async def write_deadline(database: Database, due_seconds: float) -> None:
    async with database.write() as connection:
        await connection.execute(
            insert(DEADLINES).values(
                deadline_id=DEADLINE,
                incident_id="i-1",
                kind=DeadlineKind.STEP.value,
                stage="disposal",
                tier="township",
                due_at=NOON + timedelta(seconds=due_seconds),
                progress="open",
                times_extended=0,
                fire_count=0,
                updated_at=NOON,
            )
        )


async def write_command(database: Database, status: CommandStatus = CommandStatus.ISSUED) -> None:
    async with database.write() as connection:
        await connection.execute(
            insert(COMMANDS).values(
                command_id="c-1",
                incident_id="i-1",
                kind="order",
                unit_code="500108:fire",
                tier="district",
                task_id="rescue",
                status=status.value,
                exercise=False,
                issued_at=NOON,
                acknowledge_by=NOON + timedelta(minutes=5),
                deliveries=1,
                last_sent_at=NOON,
                body=b'{"command_id":"c-1"}',
            )
        )


async def test_what_waits_is_published_and_marked_once(database: Database) -> None:
    """An unclaimed row goes to Kafka with its key, value and headers, and is not sent again."""
    wall, broker = ManualClock(), Broker()
    await write_outbox(database, RECORD)
    sweep = outbox_sweep(database, wall, broker)
    assert [await sweep(), await sweep()] == [1, 0]
    assert broker.taken == [RECORD.publication]
    assert await published(database) == ["cluster-1"]


async def test_a_batch_keeps_what_it_has_claimed(database: Database) -> None:
    """Rows that a batch holds are left to it until its claim has run out, then they are published."""
    wall, broker = ManualClock(), Broker()
    await write_outbox(database, RECORD, claim="batch-1", held_seconds=5)
    sweep = outbox_sweep(database, wall, broker)
    assert await sweep() == 0
    wall.move(6)
    assert await sweep() == 1
    assert len(broker.taken) == 1


async def test_two_sweepers_publish_a_row_once(database: Database) -> None:
    """While one sweeper holds a row that the broker did not take, another one leaves it alone."""
    wall, broker = ManualClock(), Broker()
    await write_outbox(database, RECORD)
    broker.is_away = True
    with pytest.raises(PublishFailed):
        await outbox_sweep(database, wall, broker)()
    broker.is_away = False
    other = outbox_sweep(database, wall, broker)
    assert await other() == 0
    wall.move(61)
    assert await other() == 1
    assert len(broker.taken) == 1


async def test_a_passed_deadline_is_told_once(database: Database) -> None:
    """A minute before nothing is sent; afterwards its stage hears of it once, under the derived id."""
    clock, wall, nudges = ManualClock(), ManualClock(), list[int]()
    await write_deadline(database, due_seconds=60)
    sweep = DeadlineSweep(database, clock, wall, lambda: nudges.append(1))
    assert await sweep() == 0
    clock.move(60)
    assert [await sweep(), await sweep()] == [1, 0]
    assert nudges == [1]
    broker = Broker()
    await outbox_sweep(database, wall, broker)()
    (sent,) = broker.taken
    assert (sent.topic, sent.key) == (Topic.STAGE_DISPOSAL, b"i-1")
    hand_over = HandOver.model_validate_json(sent.value)
    assert (hand_over.message_id, hand_over.type) == (
        deadline_passed_id(DEADLINE),
        HandOverType.DEADLINE_PASSED,
    )


async def test_an_unheard_command_is_sent_again_byte_for_byte(database: Database) -> None:
    """Each half minute without `received` it goes out with the same bytes and a higher count."""
    clock, wall, broker = ManualClock(), ManualClock(), Broker()
    registry = CollectorRegistry()
    await write_command(database)
    sweep = CommandSweep(
        database, clock, wall, timedelta(seconds=30), lambda: None, metrics=Metrics(registry)
    )
    done = []
    for _ in range(4):
        clock.move(15)
        done.append(await sweep())
    assert done == [0, 1, 0, 1]
    await outbox_sweep(database, wall, broker)()
    assert {sent.value for sent in broker.taken} == {b'{"command_id":"c-1"}'}
    assert [dict(sent.headers)["delivery"] for sent in broker.taken] == [b"2", b"3"]
    assert registry.get_sample_value("fenghuo_command_redeliveries_total") == 2


@pytest.mark.parametrize("status", [status for status in CommandStatus if status is not CommandStatus.ISSUED])
async def test_a_command_that_was_heard_or_climbed_is_left_alone(
    database: Database, status: CommandStatus
) -> None:
    """Received, acknowledged, ended or escalated: nothing is sent again."""
    clock = ManualClock()
    await write_command(database, status)
    clock.move(3_600)
    metrics = Metrics(CollectorRegistry())
    sweep = CommandSweep(database, clock, ManualClock(), timedelta(seconds=30), lambda: None, metrics)
    assert await sweep() == 0


async def test_gauges_show_what_waits(database: Database) -> None:
    """One record that waits for ten seconds is shown as one and as ten."""
    registry, wall = CollectorRegistry(), ManualClock()
    metrics = Metrics(registry)
    await write_outbox(database, RECORD)
    wall.move(10)
    assert await GaugeSweep(database, wall, metrics, Bookkeeper(metrics))() == 0
    assert registry.get_sample_value("fenghuo_outbox_waiting") == 1
    assert registry.get_sample_value("fenghuo_outbox_oldest_seconds") == 10
    assert registry.get_sample_value("fenghuo_incidents_open", {"stage": "disposal"}) == 0
