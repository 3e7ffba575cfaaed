"""Perception with its real store: our fast lane and loop beside the same core and writes in a loop written by hand.

Every report opens an incident of its own, the dearest case: some ten events, their publications, clocks and receipts.
What both share is `streams.processing.batch` and the unit of work; what differs is how records come in, faults are
guarded against, facts are counted and offsets committed. Goal: at least 0.8 of the loop by hand.
"""

import json
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

import uvloop
from aiokafka.admin import AIOKafkaAdminClient
from faust.types import StreamT

from models.topics import Topic
from streams.broker import topics
from streams.broker.embedded import EmbeddedBroker
from streams.broker.publishing import Publication, Publisher, publish
from streams.broker.transport import batches
from streams.clock import WallClock
from streams.metrics import Metrics
from streams.processing import codec
from streams.processing.arrivals import Arrival, BatchResult, Decoded, Record, Undecodable
from streams.processing.batch import handle_batch
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.loop import CarriedBatch, Loop, LoopLimits, Surroundings
from streams.processing.relay import Relay
from streams.program.readiness import Component, Readiness
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.unit_of_work import UnitsOfWork
from tests.bench import traffic
from tests.bench.harness import Row, run_program, side_by_side, tell, turned
from tests.bench.lanes import (
    MOST_RECORDS,
    Meter,
    Publish,
    Route,
    by_aiokafka,
    fast_lane_app,
    run_until_finished,
)
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook

_OURS, _BY_HAND = "engine", "aiokafka_by_hand"
_MESSAGES = 3_000


async def bench(rounds: int) -> list[Row]:
    """Both variants in each round, on a fresh broker that holds the same reports."""
    found: dict[str, list[dict[str, float]]] = {_OURS: [], _BY_HAND: []}
    for number in range(rounds):
        async with EmbeddedBroker() as broker:
            await _fill(broker.brokers)
            for variant in turned([_OURS, _BY_HAND], number):
                task = {"variant": variant, "brokers": broker.brokers, "cluster_id": broker.cluster_id}
                found[variant].append(await run_program("tests.bench.perception", task))
    events = {
        variant: median(one["events_per_report"] for one in numbers) for variant, numbers in found.items()
    }
    notes = {variant: f"{events[variant]:.0f} events a report" for variant in found}
    notes[_BY_HAND] = f"goal 0.8; {notes[_BY_HAND]}"
    return side_by_side("perception", "reports", found, notes)


async def _fill(brokers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await topics.apply(admin, topics.Scale.EMBEDDED)
    finally:
        await admin.close()
    now = datetime.now(UTC)
    reports = [Publication(Topic.REPORTS, *traffic.report(number, now)) for number in range(_MESSAGES)]
    async with Publisher(brokers) as publisher:
        await publisher.publish(reports)


@dataclass(slots=True)
class _Perception:
    """The core and the store of one process, as both variants use them."""

    units: UnitsOfWork
    rules: Rulebook
    clock: WallClock
    events: int = 0

    async def handle(self, arrivals: Sequence[Arrival], *, accept_gap: bool) -> BatchResult:
        result = await handle_batch(arrivals, self.units, self.rules, self.clock, accept_gap=accept_gap)
        self.events += len(result.events)
        return result

    async def by_hand(self, records: Sequence[Any], send: Publish) -> None:
        result = await self.handle([self._arrival(record) for record in records], accept_gap=False)
        await send([one for claimed in result.claims for one in claimed.publications])
        await self.units.mark_published([claimed.claim for claimed in result.claims])

    def _arrival(self, raw: Any) -> Arrival:  # noqa: ANN401 - aiokafka's record has no type
        record = Record(Topic(raw.topic), raw.partition, raw.offset, raw.key, raw.value)
        read = codec.read(codec.SHAPE_OF_TOPIC[record.topic], record.value, self.clock.now())
        if isinstance(read, codec.Readable):
            return Decoded(record, read.message, read.digest)
        return Undecodable(record, read.reason, read.field, read.detail)


async def _by_hand(route: Route, perception: _Perception, meter: Meter) -> None:
    await by_aiokafka(route, perception.by_hand, meter)


async def _by_engine(route: Route, perception: _Perception, meter: Meter) -> None:
    app, metrics = fast_lane_app(route), Metrics()
    relay = Relay(partial(publish, app), perception.units, metrics)
    around = Surroundings(
        handle=perception.handle,
        doubt=lambda *_: None,
        send=relay.send,
        gap_recorded=_no_gap,
        clock=perception.clock,
        metrics=metrics,
        bookkeeper=Bookkeeper(metrics),
        readiness=Readiness([Component.DEAD_LETTERS]),
        stop_process=_stop,
    )
    loop = Loop(around, LoopLimits())

    async def agent(stream: StreamT[list[object]]) -> None:
        await loop.consume(Topic.REPORTS, _metered(batches(stream, MOST_RECORDS), meter))

    app.agent(app.topic(route.topic), name="bench")(agent)
    await run_until_finished(app, meter)


async def _metered(incoming: AsyncIterator[Any], meter: Meter) -> AsyncIterator[CarriedBatch]:
    async for batch in incoming:
        yield batch
        meter.done(len(batch.records))  # the loop asks for the next one: this one is acknowledged


async def _no_gap() -> None:
    raise RuntimeError("a topic that was filled once has no gaps")


def _stop(exit_code: int) -> NoReturn:
    logging.shutdown()
    raise SystemExit(exit_code)


_VARIANTS: Mapping[str, Callable[[Route, _Perception, Meter], Awaitable[None]]] = {
    _OURS: _by_engine,
    _BY_HAND: _by_hand,
}


@asynccontextmanager
async def _fresh_database() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        await upgrade(database)
        try:
            yield database
        finally:
            await database.close()


async def _measure(variant: str, brokers: str, cluster_id: str) -> None:
    meter = Meter(_MESSAGES)
    async with _fresh_database() as database:
        units = UnitsOfWork(database, cluster_id, f"bench-{variant}")
        perception = _Perception(units, default_rulebook(), WallClock())
        await _VARIANTS[variant](Route(brokers, Topic.REPORTS, f"bench-{variant}"), perception, meter)
    tell({**meter.numbers(), "events_per_report": perception.events / _MESSAGES})


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(_measure(**json.loads(sys.argv[1])))
