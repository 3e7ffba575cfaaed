"""What the sweepers do to a real database, with a list in the place of Kafka."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert, select, update

from models.identifiers import DeadlineId, deadline_passed_id
from models.messages.hand_over import HandOver
from models.tables import COMMANDS, DEADLINES, OUTBOX
from models.topics import Topic
from models.vocabulary import CommandKind, CommandStatus, DeadlineKind, HandOverType
from streams.broker.publishing import Publication, PublishFailed
from streams.broker.transport import Progress
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.relay import Relay
from streams.program.readiness import Component, Readiness
from streams.store import outbox
from streams.store.database import Database
from streams.store.publications import HEADERS, Outgoing
from streams.store.unit_of_work import UnitsOfWork
from streams.sweepers.commands import CommandSweep
from streams.sweepers.deadlines import DeadlineSweep
from streams.sweepers.gauges import GaugeSweep
from streams.sweepers.outbox import OutboxPruning, OutboxSweep
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


def relay(database: Database, broker: Broker, registry: CollectorRegistry | None = None) -> Relay:
    units = UnitsOfWork(database, "cluster-1", uuid4().hex)
    return Relay(broker.publish, units, Metrics(registry or CollectorRegistry()))


async def write_outbox(database: Database, claim: str | None = None, held_seconds: float = 0) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(seconds=held_seconds) if claim else None
    async with database.write() as connection:
        await outbox.add(connection, [RECORD], now, claim, until)


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


async def write_command(
    database: Database,
    status: CommandStatus = CommandStatus.ISSUED,
    kind: CommandKind = CommandKind.ORDER,
) -> None:
    async with database.write() as connection:
        await connection.execute(
            insert(COMMANDS).values(
                command_id="c-1",
                incident_id="i-1",
                kind=kind.value,
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
    broker, registry = Broker(), CollectorRegistry()
    await write_outbox(database)
    sweep = OutboxSweep(relay(database, broker, registry))
    assert [await sweep(), await sweep()] == [1, 0]
    assert broker.taken == [RECORD.publication]
    assert await published(database) == ["cluster-1"]
    assert registry.get_sample_value("fenghuo_published_total", {"by": "outbox"}) == 1


@pytest.mark.parametrize(("held_seconds", "sent"), [(9, 0), (-1, 1)])
async def test_a_batch_keeps_what_it_has_claimed(database: Database, held_seconds: float, sent: int) -> None:
    """Rows that a batch holds are left to it until its claim has run out, then they are published."""
    broker = Broker()
    await write_outbox(database, "batch-1", held_seconds)
    assert await OutboxSweep(relay(database, broker))() == sent
    assert len(broker.taken) == sent


async def test_what_a_sweeper_holds_is_left_alone(database: Database) -> None:
    """While one sweeper holds a row that the broker did not take, another one sends nothing."""
    broker = Broker()
    await write_outbox(database)
    broker.is_away = True
    with pytest.raises(PublishFailed):
        await OutboxSweep(relay(database, broker))()
    broker.is_away = False
    assert await OutboxSweep(relay(database, broker))() == 0
    assert await published(database) == [None]


async def test_what_was_published_long_ago_is_forgotten(database: Database) -> None:
    """After a week a published row goes; one that waits stays however old it is."""
    broker, wall = Broker(), ManualClock(datetime.now(UTC))
    await write_outbox(database)
    await OutboxSweep(relay(database, broker))()
    await write_outbox(database)
    pruning = OutboxPruning(database, wall, timedelta(days=7))
    await pruning()
    assert await published(database) == ["cluster-1", None]
    wall.move(8 * 86_400)
    await pruning()
    assert await published(database) == [None]


async def test_a_passed_deadline_is_told_once(database: Database) -> None:
    """A second before nothing is sent; afterwards its stage hears of it once, under the derived id."""
    clock, broker = ManualClock(), Broker()
    await write_deadline(database, due_seconds=60)
    sweepers = [DeadlineSweep(relay(database, broker), clock) for _ in range(2)]
    clock.move(59)
    assert [await sweep() for sweep in sweepers] == [0, 0]
    clock.move(1)
    assert [await sweep() for sweep in sweepers * 2] == [1, 0, 0, 0]
    (sent,) = broker.taken
    assert (sent.topic, sent.key) == (Topic.STAGE_DISPOSAL, b"i-1")
    hand_over = HandOver.model_validate_json(sent.value)
    assert (hand_over.message_id, hand_over.type) == (
        deadline_passed_id(DEADLINE),
        HandOverType.DEADLINE_PASSED,
    )
    assert await published(database) == ["cluster-1"]


async def test_a_deadline_outlives_a_broker_that_is_away(database: Database) -> None:
    """Marked as sent while the broker was away, it waits in the outbox and is not lost."""
    clock, broker = ManualClock(), Broker()
    await write_deadline(database, due_seconds=0)
    broker.is_away = True
    with pytest.raises(PublishFailed):
        await DeadlineSweep(relay(database, broker), clock)()
    async with database.read() as connection:
        waiting = (await connection.scalars(select(OUTBOX.c.message_id))).all()
    assert waiting == [deadline_passed_id(DEADLINE)]


async def test_an_unheard_command_is_sent_again_byte_for_byte(database: Database) -> None:
    """Each half minute without `received` it goes out with the same bytes and a higher count."""
    clock, broker, registry = ManualClock(), Broker(), CollectorRegistry()
    await write_command(database)
    sweep = CommandSweep(relay(database, broker, registry), clock, timedelta(seconds=30))
    done = []
    for _ in range(4):
        clock.move(15)
        done.append(await sweep())
    assert done == [0, 1, 0, 1]
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
    assert await CommandSweep(relay(database, Broker()), clock, timedelta(seconds=30))() == 0


async def test_gauges_show_what_waits(database: Database) -> None:
    """One record that waits for an hour is shown as one, with its age, and readiness turns red for it."""
    registry, wall = CollectorRegistry(), ManualClock(datetime.now(UTC))
    metrics = Metrics(registry)
    await write_outbox(database)
    wall.move(3_600)
    readiness = Readiness([Component.DATABASE, Component.PUBLISHING])
    sweep = GaugeSweep(
        database=database,
        clock=wall,
        wall=wall,
        metrics=metrics,
        bookkeeper=Bookkeeper(metrics),
        readiness=readiness,
        progress=lambda: Progress(3.0, 1.0, 2.0, 0.5),
    )
    assert await sweep() == 0
    assert registry.get_sample_value("fenghuo_oldest_unacknowledged_seconds") == 3
    assert registry.get_sample_value("fenghuo_unfinished_seconds") == 0.5
    assert registry.get_sample_value("fenghuo_since_fetch_seconds") == 1
    assert registry.get_sample_value("fenghuo_standing_still_seconds") == 2
    reason = readiness.components()["publishing"] or ""
    assert reason.startswith("1 records wait to be published, the oldest for ")
    assert readiness.components()["database"] is None
    assert registry.get_sample_value("fenghuo_outbox_waiting") == 1
    assert 3_000 < (registry.get_sample_value("fenghuo_outbox_oldest_seconds") or 0) <= 3_600
    assert registry.get_sample_value("fenghuo_incidents_open", {"stage": "disposal"}) == 0


async def test_gauges_show_a_retraction_that_nobody_heard(database: Database) -> None:
    """Past its limit it is told with its age; no order is meant, and none that its unit's system has."""
    registry, clock = CollectorRegistry(), ManualClock(NOON + timedelta(seconds=360))
    metrics = Metrics(registry)
    sweep = GaugeSweep(
        database=database,
        clock=clock,
        wall=clock,
        metrics=metrics,
        bookkeeper=Bookkeeper(metrics),
        readiness=Readiness([Component.DATABASE]),
    )
    await write_command(database, kind=CommandKind.RETRACTION)
    await sweep()
    assert registry.get_sample_value("fenghuo_retraction_overdue_seconds") == 60
    assert registry.get_sample_value("fenghuo_command_overdue_seconds") == 0
    async with database.write() as connection:
        await connection.execute(update(COMMANDS).values(status=CommandStatus.RECEIVED.value))
    await sweep()
    assert registry.get_sample_value("fenghuo_retraction_overdue_seconds") == 0


async def test_gauges_show_what_is_owed(database: Database) -> None:
    """A clock that nobody handled and an order past its limit are shown with their age, the order by its district."""
    registry, clock = CollectorRegistry(), ManualClock(NOON)
    metrics, readiness = Metrics(registry), Readiness([Component.DATABASE])
    await write_command(database, CommandStatus.RECEIVED)
    await write_deadline(database, due_seconds=200)
    clock.move(360)
    sweep = GaugeSweep(
        database=database,
        clock=clock,
        wall=clock,
        metrics=metrics,
        bookkeeper=Bookkeeper(metrics),
        readiness=readiness,
    )
    await sweep()
    names = (
        "deadlines_overdue",
        "deadline_overdue_seconds",
        "command_overdue_seconds",
        "retraction_overdue_seconds",
    )
    assert [registry.get_sample_value(f"fenghuo_{name}") for name in names] == [1, 160, 60, 0]
    assert registry.get_sample_value("fenghuo_commands_unacknowledged", {"tier": "district"}) == 1
    owed = "fenghuo_district_commands_unacknowledged"
    by_district = [registry.get_sample_value(owed, {"district": code}) for code in ("500108", "500103")]
    assert by_district == [1, 0]
    assert registry.get_sample_value("fenghuo_component_ready", {"component": "database"}) == 1
    assert registry.get_sample_value("fenghuo_database_look_seconds_count") == 1
