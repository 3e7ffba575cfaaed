"""What happens to positions, acknowledgements and work in hand when partitions change hands."""

import asyncio
from collections import defaultdict

from streams.broker.transport import TP, Batch
from tests.contract.transport.worker import Broker, Worker, committed, fill, new_group, new_topic, until


async def test_positions_are_asked_again_after_a_rebalance(broker: Broker) -> None:
    """When a second worker joins, both read on from the database's positions, not from the group's offsets."""
    topic, group = await new_topic(broker.brokers, partitions=4), new_group()
    partitions = {TP(topic, number) for number in range(4)}
    await fill(broker.brokers, topic, [b"x"] * 50, partitions=4)
    first, second = Worker(broker, group), Worker(broker, group)
    first.read(topic)
    second.read(topic)
    async with first.running():
        await until(lambda: len(first.values) == 200)
        await until(lambda: first.consumer.oldest_unacked_seconds() == 0)
        first.batches.clear()
        for worker in (first, second):  # the database is three records behind what the group acknowledged
            worker.next_offsets |= dict.fromkeys(partitions, 47)
        async with second.running():
            await until(lambda: len(first.values) + len(second.values) == 12)
            assert first.asked[-1] | second.asked[-1] == partitions
            assert first.asked[-1] & second.asked[-1] == frozenset()
    read = [(r.partition, r.offset) for worker in (first, second) for b in worker.batches for r in b.records]
    assert sorted(read) == [(number, offset) for number in range(4) for offset in (47, 48, 49)]


async def test_what_is_acknowledged_is_committed_before_letting_go(broker: Broker) -> None:
    """The group's offset includes acknowledgements of the last moment, though no commit was due for a minute."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 50)
    first, second = Worker(broker, group, commit_interval_seconds=60), Worker(broker, group)
    offset_when_asked: list[int | None] = []

    async def positions(partitions: frozenset[TP]) -> dict[TP, int]:
        offset_when_asked.append(await committed(broker.brokers, group, TP(topic, 0)))
        return dict.fromkeys(partitions, 50)

    first.read(topic)
    second.read(topic)
    async with first.running():
        await until(lambda: len(first.values) == 50)
        first.ask_instead = second.ask_instead = positions
        async with second.running():
            await until(lambda: offset_when_asked != [])
    assert set(offset_when_asked) == {50}


async def test_work_in_hand_may_finish_before_the_partition_goes(broker: Broker) -> None:
    """A batch that its agent finishes in time stays current until then, and nobody gets it again."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 5)
    first = Worker(broker, group, release_within_seconds=10)
    second = Worker(broker, group)
    was_current: list[bool] = []

    async def finish_late(batch: Batch) -> None:
        await until(lambda: not first.consumer.flow_active)
        was_current.append(batch.is_current())
        for worker in (first, second):
            worker.next_offsets[TP(topic, 0)] = 5
        batch.ack()

    first.read(topic, finish_late)
    second.read(topic)
    async with first.running():
        await until(lambda: first.batches != [])
        async with second.running():
            await until(lambda: was_current != [])
    assert was_current == [True]
    assert (first.offsets, second.offsets) == ([0, 1, 2, 3, 4], [])


async def test_work_in_hand_for_too_long_becomes_stale(broker: Broker) -> None:
    """The group does not wait for an agent that hangs; its batch is stale then, and its late ack moves nothing."""
    topic, group = await new_topic(broker.brokers), new_group()
    await fill(broker.brokers, topic, [b"x"] * 5)
    first, second = Worker(broker, group, release_within_seconds=0.1), Worker(broker, group)

    async def hang(batch: Batch) -> None:
        await asyncio.Event().wait()

    first.read(topic, hang)
    second.read(topic, hang)
    async with first.running():
        await until(lambda: first.batches != [])
        assert first.batches[0].is_current()
        async with second.running():
            await until(lambda: not first.batches[0].is_current())
            await until(lambda: frozenset({TP(topic, 0)}) in [*first.asked[1:], *second.asked])
            first.batches[0].ack()
            assert not first.batches[0].is_current()
            assert first.consumer.tracker.committable() == {}
    assert await committed(broker.brokers, group, TP(topic, 0)) is None


async def test_no_record_is_lost_or_skipped_while_workers_come_and_go(broker: Broker) -> None:
    """Over joins and leaves in the middle of a backlog each partition is processed without a gap, to its end."""
    topic, group, count = await new_topic(broker.brokers, partitions=4), new_group(), 400
    await fill(broker.brokers, topic, [b"%d" % number for number in range(count)], partitions=4)
    database: dict[TP, int] = defaultdict(int)
    gaps: list[tuple[TP, int, int]] = []

    async def handle(batch: Batch) -> None:
        await asyncio.sleep(0.005)
        if not batch.is_current():
            return
        for record in batch.records:
            partition = TP(record.topic, record.partition)
            if record.offset > database[partition]:
                gaps.append((partition, database[partition], record.offset))
            database[partition] = max(database[partition], record.offset + 1)
        batch.ack()

    workers = [Worker(broker, group, slice_records=3, buffered_slices=4) for _ in range(3)]
    for worker in workers:
        worker.next_offsets = database
        worker.read(topic, handle, max_records=3)
    async with workers[0].running():
        async with workers[1].running():
            await until(lambda: sum(database.values()) > 100)
        async with workers[2].running():
            await until(lambda: sum(database.values()) > 300)
        await until(lambda: sum(database.values()) == 4 * count)
    assert gaps == []
    assert database == {TP(topic, number): count for number in range(4)}
