"""The thread in which aiokafka's consumer lives: fetch, seek and commit happen here, one after the other.

Because a fetch hands out its records and their epoch in one step of this thread, and a seek changes position and
epoch in one step, records can always be told from those read before the seek.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.broker.seat import seated
from streams.broker.transport.stillness import Stillness
from streams.program.failpoints import Failpoint, failpoint

if TYPE_CHECKING:
    from streams.broker.transport.app import FastLaneApp
    from streams.broker.transport.consumer import FastLaneConsumer

Records = list["ConsumerRecord[bytes | None, bytes | None]"]

# While records of one partition lie unread, aiokafka sends its broker no fetch for this long, then one for the other
# partitions alone, and the broker may take fetch_max_wait_ms to answer that. Its own 100 ms would let a flood of
# `reports` delay every `reports-urgent`. 0 is worse: a record just arrived always lies unread for a moment, so its
# partition missed the next fetch, and each record of a slow topic came 450 ms late on Kafka (seen at 500 ms wait).
UNREAD_PATIENCE_SECONDS = 0.02

# Kafka's committed offsets only inform (our database decides), so a broker that is down must not hold up a stop.
COMMIT_WITHIN_SECONDS = 2.0

# Where its partitions end is told by a broker that lives at once; one that does not is no reason to end a worker.
ENDS_TOLD_WITHIN_SECONDS = 5.0


class Fetched(NamedTuple):
    """Records of one partition and the epoch of the seek that they were read after."""

    epoch: int
    records: Records


class FastLaneThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread with a set fetch wait, epochs, and commits that never crash the program."""

    app: "FastLaneApp"

    def __post_init__(self) -> None:
        """Called by Faust at the end of its own __init__."""
        super().__post_init__()
        self._epochs: dict[TP, int] = {}
        self._stillness = Stillness()
        self._looking: asyncio.Task[None] | None = None

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.app.lane.fetch_max_wait_ms  # Faust says 1500 and has no setting
        return consumer

    async def on_start(self) -> None:
        """Start the consumer, with a shorter patience for partitions whose records nobody takes, and with its seat."""
        await super().on_start()
        consumer = self._ensure_consumer()
        consumer._fetcher._prefetch_backoff = UNREAD_PATIENCE_SECONDS
        # Nothing is subscribed yet, so nothing was sent to the group before this.
        coordinator = consumer._coordinator
        coordinator._send_req = seated(coordinator._send_req, coordinator.group_id, self.app.lane.seat)
        # Beside the calls of this thread and not among them: a broker that does not answer must hold up no fetch.
        self._looking = asyncio.create_task(self._look_for_ever())

    async def on_thread_stop(self) -> None:
        """Stop the consumer, also while its broker is gone.

        aiokafka's fetcher then waits to try again, and closing it raises CancelledError: the thread would end without
        saying so, and Faust would wait a minute for it.
        """
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        try:
            await super().on_thread_stop()
        except asyncio.CancelledError:
            self.log.info("consumer closed in the middle of a retry")
            await self._ensure_consumer()._client.close()

    async def fetch(self, wanted: frozenset[TP], patience_seconds: float) -> dict[TP, Fetched]:
        """What has arrived for the wanted partitions, waiting that long if nothing has."""
        fetched: dict[TP, Fetched] = await self.call_thread(self._fetch, wanted, patience_seconds)
        return fetched

    async def _fetch(self, wanted: frozenset[TP], patience_seconds: float) -> dict[TP, Fetched]:
        found: Mapping[TopicPartition, Records] = await self._fetch_records(
            self._ensure_consumer(), set(wanted), timeout=patience_seconds
        )
        # No await since the records were taken: the epochs belong to them.
        return {
            TP(*partition): Fetched(self._epochs.get(TP(*partition), 0), records)
            for partition, records in found.items()
        }

    async def reposition(self, targets: Mapping[TP, tuple[int, int]]) -> None:
        """Read on from (offset, epoch) of each partition; one that is no longer assigned is left out."""
        await self.call_thread(self._reposition, targets)

    async def _reposition(self, targets: Mapping[TP, tuple[int, int]]) -> None:
        consumer = self._ensure_consumer()
        for partition, (offset, epoch) in targets.items():
            try:
                consumer.seek(partition, offset)
            except IllegalStateError:
                self.log.info("not assigned any more, no seek: %r", partition)
            else:
                self._epochs[partition] = epoch

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        assigned = self.assignment()
        mine: dict[Any, OffsetAndMetadata] = {
            TopicPartition(*partition): OffsetAndMetadata(offset, "")
            for partition, offset in offsets.items()
            if partition in assigned
        }
        if not mine:
            return False
        try:
            async with asyncio.timeout(COMMIT_WITHIN_SECONDS):
                failpoint(Failpoint.MID_OFFSET_COMMIT)
                await self._ensure_consumer().commit(mine)
        except (KafkaError, TimeoutError) as failed:
            self.log.warning("offsets not committed, next time again: %r", failed)
            return False
        except asyncio.CancelledError:
            # The app has crashed and ends under our hands: whoever waits for the commit is to go on with its own end.
            if not self.should_stop:
                raise
            return False
        return True

    # --- what a watchdog asks ------------------------------------------------------------------------------

    def standing_still_seconds(self) -> float:
        """How long a partition has had more to read and was not read on; from any thread."""
        return self._stillness.seconds(monotonic())

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.app.lane.ends_asked_every_seconds)
            try:
                async with asyncio.timeout(ENDS_TOLD_WITHIN_SECONDS):
                    await self._look()
            except (KafkaError, IllegalStateError, TimeoutError):
                self._stillness.forget()

    async def _look(self) -> None:
        consumer = self._ensure_consumer()
        # What was fetched and waits for its agent's room stands on purpose; its agent's slices grow old instead.
        waiting = cast("FastLaneConsumer", self.consumer).held_back()
        asked = [partition for partition in consumer.assignment() if TP(*partition) not in waiting]
        ends = await consumer.end_offsets(asked) if asked else {}
        positions = {TP(*partition): await consumer.position(partition) for partition in asked}
        self._stillness.look(positions, {TP(*tp): end for tp, end in ends.items()}, monotonic())
