"""Transport: the simulated counterpart of the fast lane, with the real tracker of what is acknowledged.

It keeps what `streams.broker.transport` promises: it begins where the engine's database says, delivers slices in
order, calls a batch stale once its partition went to somebody else or was sought elsewhere. What Kafka's committed
offsets say it tells nobody, and with `EARLY_COMMIT` they say too much.
"""

import asyncio
import itertools
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from faust.types import TP

from streams.agents.carrier import Consume
from streams.broker.transport import FastLane, Progress, Slice
from streams.broker.transport.tracker import OffsetTracker
from streams.program.failpoints import Failpoint, failpoint
from tests.fakes.batches import FakeRecord
from tests.simulation.broker import SimulatedBroker
from tests.simulation.group import Group
from tests.simulation.lives import Life
from tests.simulation.plan import Fault

_RELEASE_WITHIN_SECONDS = 5.0
_BUFFERED_SLICES = 3

_Held = tuple[Slice, tuple[FakeRecord, ...]]


@dataclass(frozen=True, slots=True)
class SimulatedBatch:
    """See `streams.processing.loop.CarriedBatch`."""

    records: Sequence[FakeRecord]
    slices: tuple[Slice, ...]
    transport: "SimulatedTransport"

    def is_current(self) -> bool:
        return all(map(self.transport.is_current, self.slices))

    def ack(self) -> None:
        for held in self.slices:
            held.is_acked = True

    async def give_back(self, next_offsets: Mapping[TP, int] | None = None) -> None:
        mine = {
            one.partition: one.first_offset for one in reversed(self.slices) if self.transport.is_current(one)
        }
        chosen = next_offsets or {}
        self.transport.reposition({tp: chosen.get(tp, first) for tp, first in mine.items()})


class SimulatedTransport:
    """One member of the group, in one process."""

    def __init__(self, lane: FastLane, life: Life, broker: SimulatedBroker, group: Group) -> None:
        self.life = life
        self.crash_reason: BaseException | None = None
        self._lane = lane
        self._broker = broker
        self._group = group
        self._chance = broker.plan.chance(f"transport/{life.name}")
        self._tracker = OffsetTracker()
        self._epochs: dict[TP, int] = {}
        self._epoch_numbers = itertools.count(1)
        self._next: dict[TP, int] = {}
        self._queues: defaultdict[str, deque[_Held]] = defaultdict(deque)
        self._arrived: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._agents: list[tuple[str, int, Consume]] = []
        self._stirred = asyncio.Event()

    # --- what the engine asks for

    def carry(self, name: str, topic: str, max_records: int, consume: Consume) -> None:
        """See `streams.agents.carrier.Transport`."""
        self._agents.append((topic, max_records, consume))

    def progress(self) -> Progress:
        """See `streams.agents.carrier.Transport`."""
        now = asyncio.get_running_loop().time()
        unfinished_seconds = self._tracker.unfinished_seconds(now)
        return Progress(self._tracker.oldest_unacked_seconds(now), 0.0, unfinished_seconds=unfinished_seconds)

    async def start(self) -> None:
        """Join the group; partitions come later."""
        self._broker.tell(self._stirred.set)
        for topic, max_records, consume in self._agents:
            self.life.spawn_part(_consuming(consume, self._batches(topic, max_records)))
        self.life.spawn_part(self._fetch())
        self.life.spawn_part(self._commit_now_and_then())
        self._group.join(self)

    async def stop(self) -> None:
        """Finish what is in hand, commit and leave."""
        await self.release()
        self._group.leave(self)

    # --- what the group does with it

    async def release(self) -> None:
        """Let the agents finish, commit, and let go of everything."""
        waited_seconds = 0.0
        while self._tracker.is_in_hand() and waited_seconds < _RELEASE_WITHIN_SECONDS:
            await asyncio.sleep(0.05)
            waited_seconds += 0.05
        self._commit()
        self.forget(tuple(self._epochs))

    async def take(self, partitions: Iterable[TP]) -> None:
        """These are ours now; they begin where the database stands, or a little before it."""
        mine, generation = frozenset(partitions), self._group.generation
        positions = await self._lane.positions(mine)
        if generation != self._group.generation:
            return
        starts = {tp: positions.get(tp, 0) for tp in sorted(mine)}
        if self._broker.plan.has(Fault.REDELIVERY) and not self._broker.is_healed:
            starts = {tp: max(0, start - self._chance.choice([0, 0, 1, 3])) for tp, start in starts.items()}
        self.reposition(starts)

    def forget(self, partitions: Iterable[TP]) -> None:
        """Nothing that was delivered of these is current any more."""
        gone = set(partitions)
        self._tracker.forget(gone)
        for partition in gone:
            self._epochs.pop(partition, None)
            self._next.pop(partition, None)

    def forget_all(self) -> None:
        """The group went on without us."""
        self.forget(tuple(self._epochs))

    # --- delivering

    def is_current(self, held: Slice) -> bool:
        """Whether this slice's partition is still ours and was not sought elsewhere."""
        return self._epochs.get(held.partition) == held.epoch

    def reposition(self, next_offsets: Mapping[TP, int]) -> None:
        """Read these from here."""
        self.forget(next_offsets)
        for partition, offset in next_offsets.items():
            self._epochs[partition] = next(self._epoch_numbers)
            self._next[partition] = offset
        self._stirred.set()

    async def _batches(self, topic: str, max_records: int) -> AsyncIterator[SimulatedBatch]:
        queue, arrived = self._queues[topic], self._arrived[topic]
        while True:
            taken: list[_Held] = []
            count = 0
            while queue and count < max_records:
                held, records = queue.popleft()
                if self.is_current(held):
                    held.is_taken = True
                    taken.append((held, records))
                    count += len(records)
            self._stirred.set()
            if taken:
                records = tuple(one for _, found in taken for one in found)
                yield SimulatedBatch(records, tuple(held for held, _ in taken), self)
            else:
                arrived.clear()
                await arrived.wait()

    async def _fetch(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            await asyncio.sleep(self._chance.uniform(0.001, 0.02))
            await self.life.gate()
            if not self._broker.is_away:
                for partition in sorted(self._epochs):
                    self._deliver(partition)

    def _deliver(self, partition: TP) -> None:
        queue = self._queues[partition.topic]
        log = self._broker.logs[partition.topic, partition.partition]
        at_most = self._chance.choice([1, 2, 5, self._lane.slice_records])
        records = tuple(itertools.islice((r for r in log if r.offset >= self._next[partition]), at_most))
        if not records or len(queue) >= _BUFFERED_SLICES:
            return
        now = asyncio.get_running_loop().time()
        held = Slice(partition, self._epochs[partition], records[0].offset, records[-1].offset + 1, now)
        self._next[partition] = held.next_offset
        self._tracker.deliver(held)
        queue.append((held, records))
        self._arrived[partition.topic].set()
        self._stirred.set()

    # --- committing

    async def _commit_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._lane.commit_interval_seconds)
            await self.life.gate()
            self._commit()

    def _commit(self) -> None:
        offsets = self._tracker.committable()
        if self._broker.plan.has(Fault.EARLY_COMMIT):
            offsets |= self._next
        if not offsets or not self._group.is_member(self):
            return
        failpoint(Failpoint.MID_OFFSET_COMMIT)
        self._broker.committed |= offsets
        self._tracker.committed(offsets)


async def _consuming(consume: Consume, batches: AsyncIterator[SimulatedBatch]) -> None:
    await consume(batches)
