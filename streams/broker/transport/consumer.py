"""Faust's consumer, made to deliver slices in order and to commit only what is acknowledged without a gap.

How a record travels: aiokafka's thread fetches it; it waits in `_waiting` until its topic's agent has room; it is
cut into a slice, entered in the tracker and put into the agent's queue; `batches` takes it; the agent acknowledges.
A partition is read only while it has an epoch, which it gets when our database has said where to begin. So nothing
that was fetched before that, or before a later seek, is ever delivered, and nothing fetched after it is dropped.

Three traps of Faust 0.15.3 that this avoids, each with a contract test: a queue that is full blocks the fetcher for
all topics (here a topic without room just waits); events delivered between the seek and the resumption of flow are
cleared unread (here flow is always stopped while partitions change hands); acknowledged offsets are thrown away
before the last commit of a revoked partition (here afterwards).
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from faust.transport.conductor import Conductor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message
from faust.types.transports import TPorTopicSet

from streams.broker.transport.consumer_thread import FastLaneThread, Fetched, Records
from streams.broker.transport.tracker import OffsetTracker, Slice

if TYPE_CHECKING:
    from streams.broker.transport.app import FastLaneApp

# While some partition waits for room, look for others only this long, so that the room is noticed.
POLL_WHILE_HELD_SECONDS = 0.02


class SliceMessage(ConsumerMessage):
    """The message that Faust carries: its value is the list of records, its offset that of the last one."""

    __slots__ = ("slice",)

    def __init__(self, delivered: Slice, records: Records, generation_id: int) -> None:
        last = records[-1]
        super().__init__(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp / 1_000,
            last.timestamp_type,
            headers=None,
            key=None,
            value=records,  # type: ignore[arg-type]  # the raw serializer passes the list through untouched
            checksum=None,
            serialized_key_size=-1,
            serialized_value_size=-1,
            tp=delivered.partition,
            generation_id=generation_id,
        )
        self.slice = delivered


class FastLaneConsumer(driver.Consumer):
    """One per process. Everything here runs on the loop of the app; only FastLaneThread runs elsewhere."""

    app: "FastLaneApp"
    _thread: FastLaneThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.tracker = OffsetTracker()
        self._epochs: dict[TP, int] = {}
        self._epoch_numbers = itertools.count(1)
        self._waiting: dict[TP, Fetched] = {}
        self._stirred = asyncio.Event()
        self._ack_seen = asyncio.Event()
        self._looked_at_seconds = monotonic()
        super().__init__(*args, **kwargs)
        self.lane = self.app.lane

    def _new_consumer_thread(self) -> FastLaneThread:
        return FastLaneThread(self, loop=self.loop, beacon=self.beacon)

    # --- from the broker to the agents ---------------------------------------------------------------------

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 - Faust's name
        """Fetch, and deliver a slice of each partition in turn while its agent has room. Faust calls it in a loop."""
        if not self.flow_active:
            await self.wait_first(self.can_resume_flow.wait())
        await self._collect(patience_seconds=timeout)
        self._looked_at_seconds = monotonic()
        for message in self._deliverable():
            yield message.tp, message

    async def _collect(self, patience_seconds: float) -> None:
        self._stirred.clear()
        wanted = frozenset(self._epochs.keys() - self._waiting.keys())
        if wanted:
            fetched = await self._thread.fetch(wanted, self._patience(patience_seconds))
            self._waiting |= {
                tp: found for tp, found in fetched.items() if self._epochs.get(tp) == found.epoch
            }
        elif not any(map(self._has_room, self._waiting)):
            await self.wait_first(self._stirred.wait(), timeout=patience_seconds)

    def _patience(self, when_idle_seconds: float) -> float:
        if any(map(self._has_room, self._waiting)):
            return 0.0
        return POLL_WHILE_HELD_SECONDS if self._waiting else when_idle_seconds

    def _deliverable(self) -> Iterator[SliceMessage]:
        is_moving = True
        while is_moving:
            is_moving = False
            for partition in list(self._waiting):
                if not self.flow_active or self.should_stop:
                    return
                if partition in self._waiting and self._has_room(partition):
                    is_moving = True
                    yield self._cut(partition)

    def _has_room(self, partition: TP) -> bool:
        # Asked before each slice: a queue that Faust finds full would block the fetcher, and with it every topic.
        agents = cast(Conductor, self.app.topics)._tp_index.get(partition, ())
        return bool(agents) and all(agent.queue.qsize() < self.lane.buffered_slices for agent in agents)

    def _cut(self, partition: TP) -> SliceMessage:
        epoch, records = self._waiting.pop(partition)
        records, later = records[: self.lane.slice_records], records[self.lane.slice_records :]
        if later:
            self._waiting[partition] = Fetched(epoch, later)
        delivered = Slice(partition, epoch, records[0].offset, records[-1].offset + 1, monotonic())
        self.tracker.deliver(delivered)
        self._read_offset[partition] = None  # switches off Faust's own gap bookkeeping, message by message
        return SliceMessage(delivered, records, self.app.consumer_generation_id)

    def made_room(self) -> None:
        """An agent took slices from its queue: what waits for room may go on."""
        self._stirred.set()

    def is_current(self, delivered: Slice) -> bool:
        """Whether this slice's partition is still ours and was not sought to another offset since."""
        return self._epochs.get(delivered.partition) == delivered.epoch

    # --- where to read -------------------------------------------------------------------------------------

    async def perform_seek(self) -> None:
        """Go to the positions that our database gives. Faust calls this after each assignment, before the flow resumes.

        An error of the callback, or its silence, crashes the program: without a position nothing may be read.
        """
        assigned = frozenset(self.assignment())
        async with asyncio.timeout(self.lane.positions_within_seconds):
            next_offsets = await self.lane.positions(assigned)
        await self.reposition({partition: next_offsets.get(partition, 0) for partition in assigned})

    async def seek(self, partition: TP, offset: int) -> None:
        """Read this partition again from `offset`; slices of it that are under way become stale."""
        await self.reposition({partition: offset})

    async def reposition(self, next_offsets: Mapping[TP, int]) -> None:
        """Read each of these partitions from its offset, and forget what was delivered of them."""
        self._forget(next_offsets)
        epochs = {partition: next(self._epoch_numbers) for partition in next_offsets}
        # Before the thread seeks: what it fetches right after must find its epoch here.
        self._epochs |= epochs
        await self._thread.reposition({tp: (offset, epochs[tp]) for tp, offset in next_offsets.items()})
        self._stirred.set()

    def _forget(self, partitions: Iterable[TP]) -> None:
        self.tracker.forget(partitions)
        for partition in partitions:
            self._epochs.pop(partition, None)
            self._waiting.pop(partition, None)

    # --- partitions come and go ----------------------------------------------------------------------------

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the agents finish what they hold, commit it, then let go."""
        try:
            await super().on_partitions_revoked(revoked)
        finally:
            self._forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Stop the flow until the positions are known; Faust leaves it running when nothing was assigned before."""
        self.stop_flow()
        await super().on_partitions_assigned(assigned, generation_id)

    async def wait_empty(self) -> None:
        """Give agents `release_within_seconds` to acknowledge what they hold, then commit what is acknowledged.

        Faust waits for ever here, and with it the whole group, when an agent cannot reach its database.
        """
        try:
            async with asyncio.timeout(self.lane.release_within_seconds):
                while self.tracker.is_in_hand() and not self.should_stop:
                    self._ack_seen.clear()
                    await self.wait_first(self._ack_seen.wait())
        except TimeoutError:
            self.log.warning("agents still hold slices after %s s", self.lane.release_within_seconds)
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()

    # --- acknowledging and committing ----------------------------------------------------------------------

    def ack(self, message: Message) -> bool:
        """Mark a slice as done. Called by Faust on the app's loop when the last agent acknowledges it."""
        if message.acked or not isinstance(message, SliceMessage):
            return False
        message.acked = True
        self.tracker.finish(message.slice, monotonic())
        self._ack_seen.set()
        return True

    async def force_commit(
        self,
        topics: TPorTopicSet | None = None,  # noqa: ARG002 - Faust's signature; all topics are committed together
        start_new_transaction: bool = True,  # noqa: ARG002 - Faust's signature; transactions are not used
    ) -> bool:
        """Commit what is acknowledged without a gap. Publications were awaited before the acknowledgement."""
        offsets = self.tracker.committable()
        if not offsets or not await self._thread.commit(offsets):
            return False
        self.tracker.committed(offsets)
        self.app.monitor.on_tp_commit(offsets)
        return True

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: Faust compares a wall clock with a monotonic one here. `progress` is the watchdog's source."""

    # --- what a watchdog asks ------------------------------------------------------------------------------

    def oldest_unacked_seconds(self) -> float:
        """Age of the oldest slice that an agent was given and nobody acknowledged; 0.0 when there is none."""
        return self.tracker.oldest_unacked_seconds(monotonic())

    def unfinished_seconds(self) -> float:
        """How long some agent has finished nothing of what it has; 0.0 when none has anything."""
        return self.tracker.unfinished_seconds(monotonic())

    def since_fetch_seconds(self) -> float:
        """Time since the fetch loop last came round; it takes about a second when idle, longer in a rebalance."""
        return monotonic() - self._looked_at_seconds

    def standing_still_seconds(self) -> float:
        """How long some partition of ours has had records that nobody fetches; Kafka's own word, asked now and then."""
        return self._thread.standing_still_seconds()

    def held_back(self) -> frozenset[TP]:
        """Partitions of which something was fetched that waits for its agent to have room; from any thread."""
        return frozenset(self._waiting.copy())


class FastLaneTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer."""

    Consumer = FastLaneConsumer
