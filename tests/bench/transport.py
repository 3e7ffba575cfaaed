"""Transport alone: consume, validate, store, publish, acknowledge, through our fast lane, stock Faust and aiokafka.

The work is light on purpose (two SQLite rows and one event for each report, no rules), so that the transport shows.
Goals: the fast lane does at least 5 times stock Faust and 0.9 of aiokafka.
"""

import asyncio
import json
import logging
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import uvloop
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from models.messages.report import Report
from streams.broker.embedded import EmbeddedBroker
from streams.broker.publishing import Publication, Publisher
from tests.bench import traffic
from tests.bench.harness import Row, run_program, side_by_side, tell, turned
from tests.bench.lanes import Meter, Publish, Route, Work, by_aiokafka, by_fast_lane, by_stock_faust

_TOPIC, _EVENTS, _PARTITIONS = "bench-reports", "bench-events", 4
_MESSAGES = 20_000
_OURS = "fast_lane"
_VARIANTS: Mapping[str, Callable[[Route, Work, Meter], Awaitable[None]]] = {
    _OURS: by_fast_lane,
    "stock_faust": by_stock_faust,
    "aiokafka": by_aiokafka,
    "aiokafka_commits_each_second": partial(by_aiokafka, commit_every_seconds=1.0),
}
# Stock Faust is so much slower that the whole topic would take a minute; its rate does not depend on the length.
_MESSAGES_OF: Mapping[str, int] = {"stock_faust": 5_000}
_NOTES = {
    _OURS: "",
    "stock_faust": "goal 5; ",
    "aiokafka": "goal 0.9; commits after each batch, ours each second; ",
    "aiokafka_commits_each_second": "commits as seldom as ours; ",
}


async def bench(rounds: int) -> list[Row]:
    """All variants in each round, on a fresh broker that holds the same reports."""
    found: dict[str, list[dict[str, float]]] = {variant: [] for variant in _VARIANTS}
    for number in range(rounds):
        async with EmbeddedBroker() as broker:
            await _fill(broker.brokers)
            for variant in turned(list(_VARIANTS), number):
                task = {"variant": variant, "brokers": broker.brokers}
                found[variant].append(await run_program("tests.bench.transport", task))
    batch = {
        variant: median(one["records_per_batch"] for one in numbers) for variant, numbers in found.items()
    }
    notes = {variant: f"{note}{batch[variant]:.0f} records a batch" for variant, note in _NOTES.items()}
    return side_by_side("transport", "messages", found, notes)


async def _fill(brokers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, _PARTITIONS, 1) for name in (_TOPIC, _EVENTS)])
    finally:
        await admin.close()
    now = datetime.now(UTC)
    async with Publisher(brokers) as publisher:
        for first in range(0, _MESSAGES, 2_000):
            numbers = range(first, first + 2_000)
            await publisher.publish([Publication(_TOPIC, *traffic.report(one, now)) for one in numbers])


class _Storing:
    """The work: validated reports as two rows each, one transaction a batch, then one event each."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE reports (report_id TEXT PRIMARY KEY, area_code TEXT, title TEXT, body BLOB);"
            "CREATE TABLE events (event_id TEXT PRIMARY KEY, type TEXT, body BLOB);"
        )

    async def __call__(self, records: Sequence[Any], publish: Publish) -> None:
        reports = [Report.model_validate_json(record.value) for record in records]
        events = [_event_of(report) for report in reports]
        rows = [
            (one.report_id, one.area_code, one.title, record.value)
            for one, record in zip(reports, records, strict=True)
        ]
        await asyncio.to_thread(self._store, rows, [(one.key.decode(), one.value) for one in events])
        await publish(events)

    def _store(self, reports: list[tuple[Any, ...]], events: list[tuple[str, bytes]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO reports VALUES (?, ?, ?, ?)", reports)
        self._database.executemany("INSERT INTO events VALUES (?, 'ReportJoined', ?)", events)
        self._database.execute("COMMIT")


def _event_of(report: Report) -> Publication:
    body = {
        "schema_version": 1,
        "event_id": f"{report.source_id}/{report.report_id}",
        "incident_id": report.report_id,
        "seq": 1,
        "type": "ReportJoined",
        "recorded_at": report.reported_at,
        "actor": {"kind": "reporter", "id": report.reporter_key},
        "data": {"source_id": report.source_id, "area_code": report.area_code, "title": report.title},
    }
    return Publication(_EVENTS, report.report_id.encode(), orjson.dumps(body))


async def _measure(variant: str, brokers: str) -> None:
    meter = Meter(_MESSAGES_OF.get(variant, _MESSAGES))
    with tempfile.TemporaryDirectory() as folder:
        work = _Storing(Path(folder) / "bench.db")
        await _VARIANTS[variant](Route(brokers, _TOPIC, f"bench-{variant}"), work, meter)
    tell(meter.numbers())


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(_measure(**json.loads(sys.argv[1])))
