"""Verdict: what is broken in a world that has come to its end, each with the number of the invariant it breaks.

Two judges: `fenghuo check` itself, with the simulated broker as its shelf, and the witness, who never looked into the
program and only compares what was sent, promised and delivered with what is there.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

import orjson

from models.messages.command import Command
from models.topics import Topic
from models.vocabulary import CommandStatus
from streams import check as checks
from streams.check import published, yardstick
from streams.processing.codec import SHAPE_OF_TOPIC, Readable, read
from streams.store.database import Database
from tests.simulation.broker import EVERY_PARTITION
from tests.simulation.lives import Life
from tests.simulation.machine import MOST_WRONG_SECONDS
from tests.simulation.plan import Fault
from tests.simulation.world import World
from workflows.rulebook_file import parse_rulebook

# A run has one rulebook; reading it again for each verdict would take a tenth of the time of all.
yardstick.parse_rulebook = cache(parse_rulebook)  # type: ignore[attr-defined]  # imported there, and patched there

_KEPT = (
    "SELECT * FROM events ORDER BY incident_id, seq",
    "SELECT * FROM commands ORDER BY command_id",
    "SELECT * FROM incidents ORDER BY incident_id",
    "SELECT * FROM reports ORDER BY source_id, report_id",
    "SELECT * FROM deadlines ORDER BY deadline_id",
    "SELECT * FROM outcomes ORDER BY outcome_id",
    "SELECT * FROM inbox ORDER BY message_id",
    "SELECT * FROM intake ORDER BY message_id",
    "SELECT * FROM progress ORDER BY topic, partition",
    "SELECT * FROM gaps ORDER BY topic, partition, from_offset",
    "SELECT * FROM dead_letters ORDER BY topic, partition, offset",
    "SELECT * FROM outbox ORDER BY id",
    "SELECT * FROM projections ORDER BY topic, key",
)
_STANDS = "SELECT topic, partition, next_offset FROM progress"
_WAITING = "SELECT topic FROM outbox WHERE published_at IS NULL LIMIT 1"


def everything_kept(world: World) -> Iterator[str]:
    """Every row, as text."""
    for query in _KEPT:
        for row in world.rows(query):
            yield repr(tuple(row))


def is_at_rest(world: World) -> str | None:
    """None when nothing waits to be published or read; else what does."""
    if waiting := world.rows(_WAITING):
        return f"a record for {waiting[0]['topic']} lies unpublished"
    stands = {(row["topic"], row["partition"]): row["next_offset"] for row in world.rows(_STANDS)}
    for topic, partition in EVERY_PARTITION:
        log = world.broker.logs[topic, partition]
        if log and stands.get((topic, partition), 0) <= log[-1].offset:
            return f"{topic}[{partition}] is unread"
    return None


async def verdict(world: World) -> list[str]:
    """Everything that is broken, the gravest first."""
    database = world.disk.attach(Life("judge"))
    try:
        found = [*_lost(world), *_doubled(world), *_unanswered(world), *_clocks(world), *_buried(world)]
        return found + [str(violation) async for violation in _checked(world, database)]
    finally:
        await database.close()


def _lost(world: World) -> Iterator[str]:
    """I1: what the door accepted was handled or is dead with a reason; so is every record that was sent."""
    known = {row["message_id"]: row["digest"] for row in world.rows("SELECT message_id, digest FROM inbox")}
    dead = world.rows("SELECT topic, message_id, value FROM dead_letters")
    buried = {row["message_id"] for row in dead}
    buried_values = {(row["topic"], row["value"]) for row in dead}
    for message_id in world.witness.accepted:
        if message_id not in known and message_id not in buried:
            yield f"I1 witness: the door accepted {message_id}, and nobody handled it"
    for topic, value in world.witness.sent:
        found = read(SHAPE_OF_TOPIC[topic], value, world.machine.now())
        is_known = isinstance(found, Readable) and known.get(found.message.message_id) == found.digest
        if not is_known and (topic, value) not in buried_values:
            yield f"I1 witness: sent to {topic} and neither handled nor dead: {value[:80]!r}"


def _doubled(world: World) -> Iterator[str]:
    """I2: under one id a unit got one content, and one order for one task of one incident and attempt."""
    orders: dict[tuple[object, ...], str] = {}
    delivered: defaultdict[str, set[bytes]] = defaultdict(set)
    for topic, record in world.broker.records():
        if topic == Topic.DISPOSAL_COMMANDS:
            delivered[orjson.loads(record.value or b"")["command_id"]].add(record.value or b"")
    for command_id, bodies in delivered.items():
        if len(bodies) > 1:
            yield f"I2 witness: {command_id} came with {len(bodies)} different contents"
        command = Command.model_validate_json(min(bodies))
        order = (command.kind, command.incident_id, command.task_id, command.unit_code, command.attempt)
        if orders.setdefault(order, command_id) != command_id:
            yield f"I2 witness: {command_id} orders what {orders[order]} ordered already"
    for row in world.rows("SELECT command_id FROM commands"):
        if row["command_id"] not in delivered:
            yield f"I2 witness: {row['command_id']} was never delivered"


def _unanswered(world: World) -> Iterator[str]:
    """I3: after all that time no order hangs: it is signed for, taken back, passed on, or a red alarm stands."""
    hanging = (CommandStatus.ISSUED.value, CommandStatus.RECEIVED.value)
    alarmed = {
        command_id
        for row in world.rows("SELECT state FROM incidents")
        for command_id, held in orjson.loads(row["state"])["commands"].items()
        if held["red_alarm"]
    }
    query = "SELECT command_id FROM commands WHERE kind = 'order' AND status IN (?, ?) AND acknowledge_by < ?"
    for row in world.rows(query, *hanging, _long_past(world)):
        if row["command_id"] not in alarmed:
            yield f"I3 witness: {row['command_id']} is neither answered nor a red alarm"


def _clocks(world: World) -> Iterator[str]:
    """I4: every clock that has passed fired once, was cancelled, or found nothing left to do."""
    query = "SELECT deadline_id, kind, progress, fire_count FROM deadlines WHERE due_at < ?"
    for row in world.rows(query, _long_past(world)):
        if row["progress"] in ("open", "sent") or row["fire_count"] > 1:
            yield f"I4 witness: {row['kind']} {row['deadline_id']} is {row['progress']}, fired {row['fire_count']}"


def _long_past(world: World) -> str:
    """A moment that is past by every clock, those that were set back included: they are made good slowly."""
    slack_seconds = 30.0 + (MOST_WRONG_SECONDS if world.plan.has(Fault.CLOCK_JUMP) else 0.0)
    return (world.machine.now() - timedelta(seconds=slack_seconds)).strftime("%Y-%m-%d %H:%M:%S")


def _buried(world: World) -> Iterator[str]:
    """No message here is one that a healthy core or database refuses: dead for that, it hides a defect."""
    query = "SELECT * FROM dead_letters WHERE reason IN ('storage_refused', 'defect')"
    for row in world.rows(query):
        yield f"I8 {row['topic']}[{row['partition']}] offset {row['offset']}: {row['reason']}: {row['detail']}"


async def _checked(world: World, database: Database) -> AsyncIterator[checks.Violation]:
    shelf = published.Shelf(
        world.broker.cluster_id,
        datetime.now(UTC) + timedelta(days=1),
        {
            (orjson.loads(record.value or b"")["event_id"], sha256(record.value or b"").digest()): topic
            for topic, record in world.broker.records()
            if topic == Topic.INCIDENT_EVENTS
        },
    )
    async for violation in checks.check(database, grace_seconds=0):
        yield violation
    async with database.read() as connection:
        base = await yardstick.load(connection, datetime.now(UTC), 0, lives_by_wall=False)
        for judged in (
            published.published_is_on_the_shelf(connection, shelf),
            published.shelf_holds_only_the_log(connection, shelf),
            published.sent_messages_are_heard(connection, shelf.cluster_id, base),
        ):
            async for violation in judged:
                yield violation
