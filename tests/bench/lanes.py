"""Three ways to carry a topic through the same work: our fast lane, stock Faust, and aiokafka by hand.

All of them acknowledge only what is stored and published, so that nothing is lost when the process dies; all take up
to 500 records at a time from a topic that is full before they start, and publish with acks=all.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic, perf_counter, process_time
from typing import Any, cast

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from faust.types import StreamT

from streams.broker.partitioner import partition_of
from streams.broker.publishing import Publication, new_producer, publish
from streams.broker.transport import TP, FastLane, FastLaneApp, batches, make_app

Publish = Callable[[Sequence[Publication]], Awaitable[None]]
Work = Callable[[Sequence[Any], Publish], Awaitable[None]]  # records with a `value`, of aiokafka or of Faust

MOST_RECORDS = 500
SESSION_TIMEOUT_SECONDS = 6.0
HEARTBEAT_SECONDS = 2.0
FETCH_WAIT_MS = 10


class Meter:
    """Counts what is done. The clock starts when the first batch is acknowledged: nobody's start-up is measured."""

    def __init__(self, messages: int) -> None:
        self.finished = asyncio.Event()
        self._wanted = messages
        self._done = self._before = self._batches = 0
        self._began = self._began_cpu = self._seconds = self._cpu_seconds = 0.0

    def done(self, messages: int) -> None:
        """So many messages were acknowledged just now."""
        if self.finished.is_set():
            return
        if not self._batches:
            self._before, self._began, self._began_cpu = messages, perf_counter(), process_time()
        self._done += messages
        self._batches += 1
        if self._done >= self._wanted:
            self._seconds = perf_counter() - self._began
            self._cpu_seconds = process_time() - self._began_cpu
            self.finished.set()

    def numbers(self) -> dict[str, float]:
        """Rate, CPU time of this process (all threads) and how many messages came at a time."""
        counted = self._done - self._before
        return {
            "per_second": counted / self._seconds,
            "cpu_seconds_per_100k": self._cpu_seconds / counted * 100_000,
            "records_per_batch": self._done / self._batches,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """Where to read."""

    brokers: str
    topic: str
    group: str


async def by_fast_lane(route: Route, work: Work, meter: Meter) -> None:
    """streams.broker.transport and streams.broker.publishing, set as in the embedded profile."""

    async def agent(stream: StreamT[list[Any]]) -> None:
        async for batch in batches(stream, MOST_RECORDS):
            await work(batch.records, partial(publish, app))
            batch.ack()
            meter.done(len(batch.records))

    app = fast_lane_app(route)
    app.agent(app.topic(route.topic), name="bench")(agent)
    await run_until_finished(app, meter)


def fast_lane_app(route: Route) -> FastLaneApp:
    """Our app, reading from the start."""

    async def from_the_start(_: frozenset[TP]) -> Mapping[TP, int]:
        return {}

    return make_app(
        FastLane(
            brokers=route.brokers,
            app_id=route.group,
            positions=from_the_start,
            session_timeout_seconds=SESSION_TIMEOUT_SECONDS,
            heartbeat_seconds=HEARTBEAT_SECONDS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            slice_records=MOST_RECORDS,
        )
    )


async def by_stock_faust(route: Route, work: Work, meter: Meter) -> None:
    """What Faust's own documents lead to: `noack_take`, `topic.send`, both awaited; logs quiet, no web, no leader."""
    app = faust.App(
        route.group,
        broker=f"kafka://{route.brokers}",
        broker_session_timeout=SESSION_TIMEOUT_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="raw",
        producer_acks=-1,
        topic_disable_leader=True,
        web_enabled=False,
        store="memory://",
    )

    async def send(publications: Sequence[Publication]) -> None:
        topics = {one.topic: app.topic(one.topic) for one in publications}
        sent = [await topics[one.topic].send(key=one.key, value=one.value) for one in publications]
        await asyncio.gather(*cast("list[asyncio.Future[object]]", sent))

    async def agent(stream: StreamT[bytes]) -> None:
        async for events in stream.noack_take(MOST_RECORDS, within=0.05):  # type: ignore[attr-defined]  # StreamT leaves it out
            await work(events, send)
            for event in events:
                event.ack()
            meter.done(len(events))

    app.agent(app.topic(route.topic), name="bench")(agent)
    await run_until_finished(app, meter)


async def by_aiokafka(route: Route, work: Work, meter: Meter, *, commit_every_seconds: float = 0.0) -> None:
    """The loop that one would write by hand: poll, work, publish in batches, then commit (0.0: after each batch)."""
    async with _kafka(route) as (consumer, producer):
        committed_at = monotonic()
        while not meter.finished.is_set():
            fetched = await consumer.getmany(timeout_ms=1_000, max_records=MOST_RECORDS)
            records = [record for found in fetched.values() for record in found]
            if not records:
                continue
            await work(records, partial(_send_batches, producer))
            if monotonic() - committed_at >= commit_every_seconds:
                await consumer.commit()
                committed_at = monotonic()
            meter.done(len(records))
        await consumer.commit()


@asynccontextmanager
async def _kafka(route: Route) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaProducer]]:
    consumer = AIOKafkaConsumer(
        route.topic,
        bootstrap_servers=route.brokers,
        group_id=route.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(SESSION_TIMEOUT_SECONDS * 1_000),
        heartbeat_interval_ms=int(HEARTBEAT_SECONDS * 1_000),
        fetch_max_wait_ms=FETCH_WAIT_MS,
    )
    async with new_producer(route.brokers) as producer, consumer:
        yield consumer, producer


async def _send_batches(producer: AIOKafkaProducer, publications: Sequence[Publication]) -> None:
    by_target: dict[tuple[str, int], list[Publication]] = defaultdict(list)
    for one in publications:
        count = len(await producer.partitions_for(one.topic))
        by_target[one.topic, partition_of(one.key, count)].append(one)
    sent = []
    for (topic, partition), group in by_target.items():
        packed = producer.create_batch()
        for one in group:
            if packed.append(key=one.key, value=one.value, timestamp=None, headers=list(one.headers)) is None:
                sent.append(await producer.send_batch(packed, topic, partition=partition))
                packed = producer.create_batch()
                packed.append(key=one.key, value=one.value, timestamp=None, headers=list(one.headers))
        sent.append(await producer.send_batch(packed, topic, partition=partition))
    await asyncio.gather(*sent)


async def run_until_finished(app: faust.App, meter: Meter) -> None:
    """Run the app until the meter has seen enough."""
    await app.start()
    try:
        await meter.finished.wait()
    finally:
        await app.stop()
