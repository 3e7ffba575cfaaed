"""A database put back to an older backup: refused at start, led through the same inputs, and the same again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from models.categories import Category
from models.topics import Topic
from models.vocabulary import Action, Channel, Claim, FeedbackKind, Level, Verdict
from streams.reconcile import DatabaseIsOlder, require_agreement
from streams.store.database import Database
from streams.store.unit_of_work import wall_now
from tests.fakes.clock import ManualClock
from tests.integration.reconcile.restored import (
    MemoryHoldings,
    Rows,
    TimedBroker,
    TimedWorld,
    plan_of,
    put_back,
    reconcile,
    what_was_meant,
)
from tests.stored.people import Answers, Decides, Says, Step, Waits
from tests.stored.process import Process


def fire(name: int, source: str = "s-0", *, channel: Channel = Channel.GRID, urgent: bool = False) -> Says:
    return Says(
        name=name,
        source=source,
        channel=channel,
        category=Category.FIRE,
        area="500108001",
        claim=Claim.AFFIRM,
        urgent=urgent,
        exercise=False,
        deaths=None,
        at_the_door=False,
        refers_to=None,
    )


def decides(name: int, action: Action, pick: int = 0, other: int = 1) -> Decides:
    return Decides(name, pick, other, action, Verdict.TRUE, Level.III, is_genuine=True)


BEFORE: tuple[Step, ...] = (fire(1), Waits(70), fire(2, "s-1"))
AFTER: tuple[Step, ...] = (
    Waits(400),
    decides(1, Action.VERIFY),
    decides(2, Action.RELEASE),
    fire(3, "s-2", channel=Channel.HOTLINE, urgent=True),
    Waits(6),
    *(Answers(n, n, kind) for n, kind in enumerate((FeedbackKind.RECEIVED, FeedbackKind.ACKNOWLEDGED))),
    decides(3, Action.RELEASE),  # refused: nothing waits to be released any more
    decides(4, Action.CLOSE, pick=7, other=3),
    Waits(90_000),
)


def play(world: TimedWorld, steps: tuple[Step, ...]) -> None:
    for step in steps:
        step.play(world)
        world.settle()


@dataclass(frozen=True, slots=True)
class Past:
    """What a restore has to do with: the broker as it is, what the database held, and an older backup of it."""

    broker: TimedBroker
    held: Rows
    backup: Path


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """In the middle of what happened a backup was made; then everything else happened."""
    world, file = TimedWorld(), tmp_path_factory.mktemp("backup") / "backup.db"
    play(world, BEFORE)
    world.rows(f"VACUUM INTO '{file}'")
    play(world, AFTER)
    yield Past(world.timed, asyncio.run(what_was_meant(world.database)), file)
    world.close()


@pytest.fixture
def broker(past: Past) -> TimedBroker:
    """A broker that holds everything, for one test to do with as it likes."""
    return deepcopy(past.broker)


@pytest.fixture
async def restored(past: Past, database_url: str) -> AsyncIterator[Database]:
    """The backup on each engine."""
    database = Database(database_url)
    await put_back(past.backup, database)
    yield database
    await database.close()


async def test_an_engine_refuses_an_older_database(broker: TimedBroker, restored: Database) -> None:
    """It names the command."""
    with pytest.raises(DatabaseIsOlder, match="`fenghuo reconcile`"):
        await require_agreement(restored, MemoryHoldings(broker))


async def test_a_restored_database_comes_to_the_same(
    past: Past, broker: TimedBroker, restored: Database
) -> None:
    """Led through the same inputs it holds what was there, byte for byte, and nothing is left to tell."""
    assert await what_was_meant(restored) != past.held
    done = await reconcile(restored, broker)
    assert done.found == ()
    assert await what_was_meant(restored) == past.held
    await require_agreement(restored, MemoryHoldings(broker))


async def test_consumers_see_no_contradiction(broker: TimedBroker, restored: Database) -> None:
    """What the next engine sends again of facts and orders has the bytes that went out before."""
    await reconcile(restored, broker)
    before = len(broker.published)
    process = Process("after", restored, broker, ManualClock())
    await process.start()
    await process.sweep_outbox(wall_now() + timedelta(hours=1))
    assert len(broker.published) > before
    versions: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for one in broker.published:
        if one.topic in (Topic.INCIDENT_EVENTS, Topic.DISPOSAL_COMMANDS):
            body = orjson.loads(one.value)
            name = "event_id" if one.topic == Topic.INCIDENT_EVENTS else "command_id"
            versions[one.topic, body[name]].add(one.value)
    assert {len(bytes_of_one) for bytes_of_one in versions.values()} == {1}


async def test_to_look_first_changes_nothing(broker: TimedBroker, restored: Database) -> None:
    """The plan counts facts, incidents and records, and leaves everything as it is."""
    there = await what_was_meant(restored)
    plan = await plan_of(restored, broker)
    assert len(plan.facts) > 10
    assert plan.incidents >= 1
    assert sum(plan.to_read().values()) == len(plan.inputs) > 0
    assert plan.gone() == {}
    assert await what_was_meant(restored) == there


async def test_doing_it_again_does_nothing(broker: TimedBroker, restored: Database) -> None:
    """A second reconciliation has no facts before it, so a first that was broken off can be begun again."""
    await reconcile(restored, broker)
    assert (await plan_of(restored, broker)).facts == ()


async def test_what_cannot_be_derived_again_is_told_by_name(broker: TimedBroker, restored: Database) -> None:
    """A decision that Kafka no longer has leaves its facts missing; they are named, kept, and do not block a start."""
    for partition in range(2):
        broker.logs[Topic.DECISIONS, partition].clear()
    done = await reconcile(restored, broker)
    assert any("verdict" in one.detail or "decision" in one.detail for one in done.found)
    assert {one.kind.is_about_an_event for one in done.found} == {True}
    await require_agreement(restored, MemoryHoldings(broker))
    assert (await plan_of(restored, broker)).facts == ()
