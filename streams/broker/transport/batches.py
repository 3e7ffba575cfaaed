"""What an agent reads: everything that is ready now, as one batch, without waiting for more.

    async def perception(stream):
        async for batch in batches(stream, max_records=500):
            ...
            batch.ack()

An exception that leaves the agent acknowledges nothing and ends the program; the batch comes again to whoever is
assigned its partitions next.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import cast

import faust
from faust.types import TP, ChannelT, EventT, StreamT
from mode.utils.queues import ThrowableQueue

from streams.broker.transport.consumer import FastLaneConsumer, SliceMessage
from streams.broker.transport.consumer_thread import Records
from streams.broker.transport.tracker import Slice


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one topic, those of one partition in the order of their offsets.

    Below the database's next offset there may be records that it knows already (an agent finished them while its
    partition changed hands): the caller skips them.
    """

    records: Records
    _events: tuple[EventT[Records], ...]
    _consumer: FastLaneConsumer

    @property
    def _slices(self) -> list[Slice]:
        return [cast(SliceMessage, event.message).slice for event in self._events]

    def is_current(self) -> bool:
        """Whether all its partitions are still ours. If not, stop working on it and drop it unacknowledged."""
        return all(map(self._consumer.is_current, self._slices))

    def ack(self) -> None:
        """All of it is in the database and published: let the offsets be committed. Harmless when stale."""
        for event in self._events:
            event.ack()

    async def give_back(self, next_offsets: Mapping[TP, int] | None = None) -> None:
        """Have the batch delivered again, from `next_offsets` where given, else from where it began.

        For an offset gap: seek once to what the database expects. The batch is stale afterwards.
        """
        mine = {
            held.partition: held.first_offset
            for held in reversed(self._slices)
            if self._consumer.is_current(held)
        }
        chosen = next_offsets or {}
        await self._consumer.reposition(
            {partition: chosen.get(partition, first) for partition, first in mine.items()}
        )


async def batches(stream: StreamT[Records], max_records: int = 500) -> AsyncIterator[Batch]:
    """Batches of whole slices: stops taking more at `max_records`, so one slice less a record may come on top."""
    consumer = cast(FastLaneConsumer, stream.app.consumer)
    queue = cast("ChannelT[Records]", stream.channel).queue
    unacknowledged = cast("faust.Stream[Records]", stream).noack()
    async for event in cast("faust.Stream[Records]", unacknowledged).events():
        events = _take(consumer, queue, event, max_records)
        consumer.made_room()
        if events:
            records = [record for taken in events for record in taken.value]
            yield Batch(records, tuple(events), consumer)


def _take(
    consumer: FastLaneConsumer,
    queue: "ThrowableQueue[EventT[Records]]",
    first: EventT[Records],
    max_records: int,
) -> list[EventT[Records]]:
    events: list[EventT[Records]] = []
    count, event = 0, first
    while True:
        held = cast(SliceMessage, event.message).slice
        if consumer.is_current(held):
            held.is_taken, held.taken_at_seconds = True, monotonic()
            events.append(event)
            count += len(event.value)
        if count >= max_records or queue.empty():
            return events
        event = queue.get_nowait()
