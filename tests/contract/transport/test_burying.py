"""A worker that starts again does not let the group wait for its own death; nobody alive is put out for good."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.consumer.group_coordinator import GroupCoordinator

from streams.broker.seat import OwnSeat, Seat, bury_at_once
from streams.program import seating
from tests.contract.transport.worker import Broker, Worker, fill, new_group, new_topic, until
from tests.servers import free_port

WITHIN_SECONDS = 30.0


def session_seconds(broker: Broker) -> float:
    """On Kafka far longer than a test waits: who is waited for until it ends fails. Tansu waits for half of any."""
    return 2 * WITHIN_SECONDS if broker.answers_at_once else 4.0


@asynccontextmanager
async def doomed(
    broker: Broker, group: str, topic: str, folder: Path
) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A worker in a process of its own that has read something; killed at the end of the block at the latest."""
    seen = folder / "seen"
    arguments = [
        *map(str, broker._replace(session_timeout_seconds=session_seconds(broker))),
        group,
        topic,
        str(seen),
        str(folder),
    ]
    process = subprocess.Popen([sys.executable, "-m", "tests.contract.transport.doomed", *arguments])
    try:
        await until(lambda: seen.exists() and seen.stat().st_size > 0, within_seconds=WITHIN_SECONDS)
        yield process
    finally:
        process.kill()
        process.wait()


async def test_a_restarted_worker_waits_for_nobody(broker: Broker, tmp_path: Path) -> None:
    """After kill -9 the next in the same folder is given the dead one's partitions long before its session ends."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 50)
    async with doomed(broker, group, topic, tmp_path):
        pass
    with seating.taken(tmp_path) as seat:
        assert seat.member_id
        next_one = Worker(broker, group, seat=seat, session_timeout_seconds=session_seconds(broker))
        next_one.read(topic)
        # Starting ends when partitions are given: that is what would wait for the dead.
        async with asyncio.timeout(WITHIN_SECONDS), next_one.running():
            await until(lambda: len(next_one.values) == 50, within_seconds=WITHIN_SECONDS)
            assert seat.member_id == coordinator_of(next_one).member_id
        assert seat.member_id == "", "who leaves in order has no successor that must bury it"


async def test_the_dead_leave_before_anybody_joins(broker: Broker, tmp_path: Path) -> None:
    """A process that has just begun has its predecessor leave; Kafka knows of no member then, and nobody waits."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 50)
    async with doomed(broker, group, topic, tmp_path):
        pass
    with seating.taken(tmp_path) as seat:
        await bury_at_once(broker.brokers, group, seat)
        assert seat.member_id == ""
    assert await members_of(broker, group) == 0


async def test_a_broker_that_is_away_costs_a_moment() -> None:
    """Where nobody answers the id stays, for the join to bury."""
    seat = OwnSeat()
    seat.keep("faust-1")
    await bury_at_once(f"127.0.0.1:{free_port()}", "fenghuo", seat)
    assert seat.member_id == "faust-1"


async def test_burying_a_stranger_does_no_harm(broker: Broker) -> None:
    """An id that Kafka does not know any more is let be, and the worker that asked works on."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 10)
    seat = OwnSeat()
    seat.keep("faust-of-last-year")
    worker = Worker(broker, group, seat=seat)
    worker.read(topic)
    async with worker.running():
        await until(lambda: len(worker.values) == 10)
        assert seat.member_id == coordinator_of(worker).member_id


async def test_burying_the_living_only_has_it_join_again(broker: Broker) -> None:
    """Two by one mistake in one seat: the first is told to join anew, and between them nothing stays unread."""
    topic, group = await new_topic(broker.brokers, partitions=4), new_group()
    first_seat = OwnSeat()
    first = Worker(broker, group, seat=first_seat)
    first.read(topic)
    async with first.running():
        await until(lambda: first_seat.member_id != "")
        seat = OwnSeat()
        seat.keep(first_seat.member_id)
        second = Worker(broker, group, seat=seat)
        second.read(topic)
        async with second.running():
            await until(lambda: seat.member_id != first_seat.member_id and _shares([first, second], 4))
            await fill(broker.brokers, topic, [b"x"] * 5, partitions=4)
            await until(lambda: len(first.values) + len(second.values) >= 20)


async def test_a_member_that_begins_anew_leaves_no_ghost(broker: Broker) -> None:
    """When aiokafka forgets its id and joins as a stranger, nobody waits a session for whom it was."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 10)
    seat = OwnSeat()
    worker = Worker(broker, group, seat=seat, session_timeout_seconds=session_seconds(broker))
    worker.read(topic)
    async with worker.running():
        await until(lambda: len(worker.values) == 10)
        former = seat.member_id
        coordinator = coordinator_of(worker)
        worker.consumer._thread.thread_loop.call_soon_threadsafe(coordinator.reset_generation)
        await until(lambda: seat.member_id not in ("", former) and len(worker.asked) > 1, WITHIN_SECONDS)


async def test_an_id_is_kept_before_it_is_waited_for(broker: Broker) -> None:
    """The seat has the id when the join with it goes out: killed in the middle of a join, a worker is buried, too."""
    topic, group = await new_topic(broker.brokers), new_group()
    kept: list[tuple[str, str]] = []

    class Watched(OwnSeat):
        def keep(self, member_id: str) -> None:
            kept.append((member_id, coordinator_of(worker).member_id))
            super().keep(member_id)

    seat: Seat = Watched()
    worker = Worker(broker, group, seat=seat)
    worker.read(topic)
    async with worker.running():
        await until(lambda: worker.asked != [])
        # aiokafka, which joins with it next, did not know it yet.
        assert kept == [(coordinator_of(worker).member_id, "")]


async def members_of(broker: Broker, group: str) -> int:
    """How many Kafka counts."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.brokers)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    return len(answer.groups[0][5])


def coordinator_of(worker: Worker) -> GroupCoordinator:
    """aiokafka's own, from inside."""
    return cast(GroupCoordinator, worker.consumer._thread._ensure_consumer()._coordinator)


def _shares(workers: list[Worker], partitions: int) -> bool:
    held = [len(worker.consumer.assignment()) for worker in workers]
    return all(held) and sum(held) == partitions
