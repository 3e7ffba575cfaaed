"""Laws: what must hold of a world, beside what `fenghuo check` sees, since here the broker's own log is at hand.

Cheap ones hold after every step; the others when everything was published and delivered. Each returns what breaks it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson

from models.events.disposal import CommandAdopted
from models.messages.command import Command
from models.messages.event import Event
from models.messages.public_warning import PublicWarning
from models.messages.receipt import Receipt
from models.topics import Topic
from models.vocabulary import ReceiptOutcome, Status
from streams import check as checks
from streams.broker.publishing import Publication
from streams.check import published, yardstick
from streams.processing.codec import SHAPE_OF_TOPIC, Readable, read
from tests.stored.process import RULES
from tests.stored.world import StoreWorld
from workflows.incident import Incident
from workflows.settle import next_stage


def after_every_step(world: StoreWorld) -> Iterator[str]:
    """What no moment may break."""
    yield from logs_run_without_gap(world)
    yield from offsets_add_up(world)
    yield from nothing_is_acknowledged_that_is_not_kept(world)
    yield from nobody_is_dead_for_our_fault(world)
    yield from commands_never_change(world)
    yield from nothing_forged_is_heard(world)


def at_rest(world: StoreWorld) -> Iterator[str]:
    """What must hold once everything was published, delivered and fired."""
    yield from after_every_step(world)
    yield from (f"{v.invariant}: {v.row}: {v.detail}" for v in _checked(world))
    yield from every_record_has_one_end(world)
    yield from every_accepted_report_has_its_end(world)
    yield from the_outbox_was_delivered(world)
    yield from what_was_decided_was_published(world)
    yield from nobody_waits_for_a_call(world)


def nothing_forged_is_heard(world: StoreWorld) -> Iterator[str]:
    """What nobody signed changes nothing, and takes nobody's id."""
    known = world.rows("SELECT message_id FROM inbox UNION ALL SELECT message_id FROM dead_letters")
    for message_id in world.forged.intersection(row["message_id"] for row in known):
        yield f"the forged {message_id} was heard, or took the id"


def logs_run_without_gap(world: StoreWorld) -> Iterator[str]:
    """I5."""
    for row in world.rows(
        "SELECT incident_id FROM events GROUP BY incident_id HAVING count(*) != max(seq) OR min(seq) != 1"
    ):
        yield f"the log of {row['incident_id']} has a gap"
    for row in world.rows(
        "SELECT i.incident_id FROM incidents i WHERE i.seq != (SELECT max(seq) FROM events e"
        " WHERE e.incident_id = i.incident_id)"
    ):
        yield f"the row of {row['incident_id']} is not at the end of its log"


def offsets_add_up(world: StoreWorld) -> Iterator[str]:
    """I8, by the counts."""
    for row in world.rows(
        "SELECT p.*, coalesce((SELECT sum(to_offset - from_offset) FROM gaps g WHERE g.cluster_id = p.cluster_id"
        " AND g.topic = p.topic AND g.partition = p.partition), 0) AS gone FROM progress p"
        " WHERE processed + duplicate + dead + gone != next_offset"
    ):
        yield f"offsets do not add up: {dict(row)}"


def nothing_is_acknowledged_that_is_not_kept(world: StoreWorld) -> Iterator[str]:
    """The broker never thinks that more was handled than the database knows."""
    for (topic, partition), read_to in world.broker.read_to.items():
        if read_to > world.stands_at(topic, partition):
            yield f"{topic}[{partition}] is acknowledged up to {read_to}, handled up to less"


def nobody_is_dead_for_our_fault(world: StoreWorld) -> Iterator[str]:
    """No message here is one that a healthy core or database refuses: dead for that, it hides a defect."""
    for row in world.rows("SELECT * FROM dead_letters WHERE reason IN ('storage_refused', 'defect')"):
        yield f"{row['topic']}[{row['partition']}] offset {row['offset']}: {row['reason']}: {row['detail']}"


def commands_never_change(world: StoreWorld) -> Iterator[str]:
    """I2: whatever went out under one command id, on whichever cluster, has the same bytes."""
    bodies: dict[str, bytes] = {}
    for one in _published(world):
        if one.topic == Topic.DISPOSAL_COMMANDS:
            command_id = orjson.loads(one.value)["command_id"]
            if bodies.setdefault(command_id, one.value) != one.value:
                yield f"command {command_id} went out with other bytes"


def every_record_has_one_end(world: StoreWorld) -> Iterator[str]:
    """I8, by the records: each that was read is in the inbox, a duplicate of what is there, or dead, and then whole."""
    cluster = world.broker.cluster_id
    here = "cluster_id = ? AND topic = ? AND partition = ? AND offset = ?"
    for topic, record in world.broker.records():
        if topic not in SHAPE_OF_TOPIC or record.offset >= world.stands_at(topic, record.partition):
            continue
        place = (cluster, topic, record.partition, record.offset)
        found = read(SHAPE_OF_TOPIC[Topic(topic)], record.value, world.clock.now())
        dead = world.rows(f"SELECT value FROM dead_letters WHERE {here}", *place)  # noqa: S608 - a constant
        own = world.rows(f"SELECT message_id FROM inbox WHERE {here}", *place)  # noqa: S608 - a constant
        if dead:
            is_right = not own and dead[0]["value"] == (record.value or b"")
        else:
            is_right = isinstance(found, Readable) and _is_known(world, found)
        if not is_right:
            yield f"{place}: in no or in two places: {record.value!r}"


def every_accepted_report_has_its_end(world: StoreWorld) -> Iterator[str]:
    """What the gateway said yes to survives every broker: it was handled, or it is dead with a reason."""
    for row in world.rows(
        "SELECT message_id FROM intake WHERE message_id NOT IN (SELECT message_id FROM inbox)"
        " AND message_id NOT IN (SELECT message_id FROM dead_letters WHERE message_id IS NOT NULL)"
    ):
        yield f"the gateway took in {row['message_id']}, and nobody handled it"


def the_outbox_was_delivered(world: StoreWorld) -> Iterator[str]:
    """Every row went out with its own bytes, and what is said to be on this cluster is there."""
    ever = {(one.topic, one.key, one.value) for one in _published(world)}
    now = {(topic, record.key, record.value) for topic, record in world.broker.records()}
    for row in world.rows("SELECT * FROM outbox"):
        sent = (row["topic"], row["key"], row["value"])
        if row["published_at"] is None or sent not in ever:
            yield f"outbox {row['id']} ({row['topic']}) never went out"
        elif row["published_cluster"] == world.broker.cluster_id and sent not in now | world.broker.lost:
            yield f"outbox {row['id']} ({row['topic']}) is not where it is said to be"


def what_was_decided_was_published(world: StoreWorld) -> Iterator[str]:
    """Each fact, its commands and warnings, each receipt and each dead letter went out at least once."""
    ever = Counter((one.topic, one.value) for one in _published(world))
    for row in world.rows("SELECT body FROM events"):
        event = Event.model_validate_json(row["body"])
        if not ever[Topic.INCIDENT_EVENTS, row["body"]]:
            yield f"event {event.event_id} never went out"
        for topic, wanted in _decided(event):
            if not ever[topic, wanted.model_dump_json().encode()]:
                yield f"what event {event.event_id} decided never went out on {topic}"
    told = {
        (receipt.source_id, receipt.report_id)
        for (topic, value) in ever
        if topic == Topic.REPORT_RECEIPTS
        and (receipt := Receipt.model_validate_json(value)).outcome is ReceiptOutcome.ACCEPTED
    }
    for row in world.rows("SELECT source_id, report_id FROM reports"):
        if (row["source_id"], row["report_id"]) not in told:
            yield f"the sender of {tuple(row)} was never told"
    letters = sum(count for (topic, _), count in ever.items() if topic == Topic.DEAD_LETTERS)
    if letters < len(world.rows("SELECT 1 FROM dead_letters")):
        yield "a dead letter never reached the operators"


def every_clock_has_run_out(world: StoreWorld) -> Iterator[str]:
    """When time enough has passed: I4 none runs any more, however often the sweeper died."""
    for row in world.rows("SELECT * FROM deadlines WHERE progress IN ('open', 'sent')"):
        yield f"this clock still runs: {dict(row)}"


def nobody_waits_for_a_call(world: StoreWorld) -> Iterator[str]:
    """No incident stands before a stage whose hand-over was lost."""
    for row in world.rows("SELECT state FROM incidents WHERE status = ?", Status.OPEN.value):
        incident = Incident.model_validate_json(row["state"])
        if (stage := next_stage(incident, RULES)) is not None:
            yield f"{incident.incident_id} waits for {stage}, which nobody calls upon"


def _decided(event: Event) -> Iterator[tuple[Topic, Command | PublicWarning]]:
    # Found by its shape and not by the program's own list of facts, which a slip may have shortened.
    for value in (getattr(event.data, name) for name in type(event.data).model_fields):
        if isinstance(value, PublicWarning):
            yield Topic.PUBLIC_WARNINGS, value
        elif isinstance(value, Command) and not isinstance(event.data, CommandAdopted):
            yield Topic.DISPOSAL_COMMANDS, value


def _is_known(world: StoreWorld, found: Readable) -> bool:
    known = world.rows("SELECT digest FROM inbox WHERE message_id = ?", found.message.message_id)
    return bool(known) and known[0]["digest"] == found.digest


def _published(world: StoreWorld) -> Iterator[Publication]:
    for broker in (*world.past_brokers, world.broker):
        yield from broker.published


def _checked(world: StoreWorld) -> list[checks.Violation]:
    """What `fenghuo check` finds in a system at rest, with the broker in memory as its shelf."""
    found: list[checks.Violation] = []
    shelf = published.Shelf(
        world.broker.cluster_id,
        datetime.now(UTC) + timedelta(days=1),
        {
            (orjson.loads(record.value or b"")["event_id"], sha256(record.value or b"").digest()): str(
                record.offset
            )
            for topic, record in world.broker.records()
            if topic == Topic.INCIDENT_EVENTS
        },
    )

    async def look() -> None:
        found.extend([one async for one in checks.check(world.database, grace_seconds=0)])
        async with world.database.read() as connection:
            base = await yardstick.load(connection, datetime.now(UTC), 0, lives_by_wall=False)
            for of_shelf in (
                published.published_is_on_the_shelf(connection, shelf),
                published.shelf_holds_only_the_log(connection, shelf),
                published.sent_messages_are_heard(connection, shelf.cluster_id, base),
            ):
                found.extend([one async for one in of_shelf])

    world.run(look())
    return found
