"""From accepted to commanded: the whole program in its own process, urgent reports at an even rate, and a stop-watch.

Two loads. In the mixed one every tenth report opens an incident and flags danger to life, the others speak of one that
is open, as reports do; in the other each report opens an incident of its own, the dearest case, and its rate is halved,
each time with a fresh program, until the program keeps up. Rules alone command the immediate tasks. The clock of an
opening report runs from the moment at which it was due, not from when a busy sender got round to it (so a stall counts
for everybody who waited in it), until the first command of its incident is read from `disposal-commands`. Broker,
sender and stop-watch share the machine.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import httpx
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from models.identifiers import incident_id_of
from models.topics import Topic
from streams.broker.embedded import EmbeddedBroker
from streams.broker.publishing import new_producer
from tests.bench import traffic
from tests.bench.harness import ProgramFailed, Row, cpu_seconds, percentile
from tests.servers import log_tail, tied_to_us

_RATES_PER_SECOND = (200, 100, 50, 25, 10)
_MIXED = 10  # one report in so many opens an incident
_SPOKEN_OF_LATER = 40  # incidents opened in between
_WARM_UP_SECONDS = 3
_MEASURED_SECONDS = 12
_PATIENCE_SECONDS = 5
_READY_WITHIN_SECONDS = 40
_FETCH_WAIT_MS = 5  # the stop-watch may be that late
_TOKEN = "a-token-for-the-bench"
# Kept up: all but these were commanded within the patience, and half of them within a second.
_LEFT_BEHIND_RATIO = 0.001
_KEPT_UP_SECONDS = 1.0

Send = Callable[[Topic, bytes, bytes], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class _Target:
    """The program under load. `process_id` is its process, that of the broker apart."""

    url: str
    brokers: str
    process_id: int


@dataclass(slots=True)
class _Watch:
    """When each report was due, and when the first command of its incident was seen."""

    due: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def waits_seconds(self) -> list[float]:
        """How long each waited; one that still waits has waited until now, and in truth longer."""
        now = perf_counter()
        return [self.seen.get(incident_id, now) - due for incident_id, due in self.due.items()]

    def left_behind(self) -> int:
        """How many have no command."""
        return len(self.due.keys() - self.seen.keys())


async def bench(rounds: int) -> list[Row]:
    """The mixed load at the highest rate on Kafka and by HTTP, then incidents alone down to what is kept up with."""
    rows: list[Row] = []
    for _ in range(rounds):
        for via in ("kafka", "http"):
            rows += (await _at(_RATES_PER_SECOND[0], via, _MIXED))[0]
    for rate in _RATES_PER_SECOND:
        measured = [await _at(rate, "kafka", 1) for _ in range(rounds)]
        rows += [row for found, _ in measured for row in found]
        if any(keeps_up for _, keeps_up in measured):
            break
    return rows


async def _at(rate: int, via: str, opens_every: int) -> tuple[list[Row], bool]:
    async with _program() as target, _sender(target, via) as send:
        watch, watching = _Watch(), asyncio.Event()
        reading = asyncio.create_task(_read_commands(target.brokers, watch, watching))
        await asyncio.wait_for(watching.wait(), _READY_WITHIN_SECONDS)
        try:
            await _load(range(rate * _WARM_UP_SECONDS), rate, opens_every, send, _Watch())
            began, began_cpu = perf_counter(), cpu_seconds(target.process_id)
            numbers = range(rate * _WARM_UP_SECONDS, rate * (_WARM_UP_SECONDS + _MEASURED_SECONDS))
            await _load(numbers, rate, opens_every, send, watch)
            sent_seconds = perf_counter() - began
            busy = (cpu_seconds(target.process_id) - began_cpu) / sent_seconds
            by_then = sum(0 <= seen - began <= sent_seconds for seen in watch.seen.values())
            await _catch_up(watch)
        finally:
            reading.cancel()
        load = "mixed" if opens_every > 1 else "incidents"
        return _rows(f"{load}_by_{via}_at_{rate}_per_second", watch, by_then / sent_seconds, busy)


def _rows(variant: str, watch: _Watch, done_per_second: float, busy: float) -> tuple[list[Row], bool]:
    waits, left = watch.waits_seconds(), watch.left_behind()
    keeps_up = left <= _LEFT_BEHIND_RATIO * len(waits) and percentile(waits, 50) <= _KEPT_UP_SECONDS
    state = "keeps up" if keeps_up else "falls behind"
    if left:
        state += f", {left} without a command: lower bounds"
    note = f"{state}; {len(waits)} incidents in {_MEASURED_SECONDS} s; {done_per_second:.0f}/s commanded meanwhile"
    return [
        Row("latency", variant, percentile(waits, 50) * 1_000, "ms p50", None, note),
        Row("latency", variant, percentile(waits, 99) * 1_000, "ms p99", None, note),
        Row(
            "latency", variant, busy, "cores busy", None, "the program's process; broker and bench beside it"
        ),
    ], keeps_up


async def _load(numbers: range, rate: int, opens_every: int, send: Send, watch: _Watch) -> None:
    """Send at an even rate, whatever the answers do: the next is due when it is due."""
    began = perf_counter()
    async with asyncio.TaskGroup() as sending:
        for number in numbers:
            due = began + (number - numbers.start) / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            about, later = divmod(number, opens_every)
            # Of an incident opened a while ago: on its own topic it must not come before the word that opens it.
            event = max(0, about - _SPOKEN_OF_LATER) if later else about
            key, value = traffic.report(number, datetime.now(UTC), about=event, is_urgent=not later)
            if not later:
                said = orjson.loads(value)
                watch.due[incident_id_of(said["source_id"], said["report_id"])] = due
            sending.create_task(send(Topic.REPORTS if later else Topic.REPORTS_URGENT, key, value))


async def _catch_up(watch: _Watch) -> None:
    until = perf_counter() + _PATIENCE_SECONDS
    while watch.left_behind() and perf_counter() < until:
        await asyncio.sleep(0.05)


async def _read_commands(brokers: str, watch: _Watch, watching: asyncio.Event) -> None:
    async with AIOKafkaConsumer(
        bootstrap_servers=brokers, group_id=None, fetch_max_wait_ms=_FETCH_WAIT_MS
    ) as consumer:
        await consumer.topics()
        partitions = consumer.partitions_for_topic(Topic.DISPOSAL_COMMANDS) or ()
        consumer.assign([TopicPartition(Topic.DISPOSAL_COMMANDS, number) for number in sorted(partitions)])
        await consumer.seek_to_beginning()
        watching.set()
        while True:
            found = await consumer.getmany(timeout_ms=200)
            now = perf_counter()
            for record in (record for records in found.values() for record in records):
                watch.seen.setdefault(orjson.loads(record.value)["incident_id"], now)


@asynccontextmanager
async def _sender(target: _Target, via: str) -> AsyncIterator[Send]:
    if via == "http":
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"}
        async with httpx.AsyncClient(
            base_url=target.url, headers=headers, limits=limits, timeout=60
        ) as client:

            async def post(_: Topic, __: bytes, value: bytes) -> None:
                (await client.post("/api/reports", content=value)).raise_for_status()

            yield post
    else:
        async with new_producer(target.brokers) as producer:

            async def produce(topic: Topic, key: bytes, value: bytes) -> None:
                await producer.send_and_wait(topic, value, key)

            yield produce


@asynccontextmanager
async def _program() -> AsyncIterator[_Target]:
    """`fenghuo run` as users start it, on a fresh folder and broker, at wall time and without simulated traffic."""
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedBroker() as broker:
            said = Path(folder) / "said.log"
            with said.open("wb") as log:
                process = subprocess.Popen(
                    tied_to_us([sys.executable, "-m", "streams.cli", "run", "--role", "all"]),
                    cwd=folder,
                    env={**_plain_environment(), **_settings(folder, broker.brokers)},
                    stdout=log,
                    stderr=log,
                )
            try:
                url = await _ready(Path(folder), process, said)
                yield _Target(url, broker.brokers, process.pid)
            finally:
                process.terminate()
                try:
                    await asyncio.to_thread(process.wait, 15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}


def _settings(folder: str, brokers: str) -> Mapping[str, str]:
    return {
        "FENGHUO_BROKER_URL": f"kafka://{brokers}",
        "FENGHUO_DATA_DIR": folder,
        "FENGHUO_HTTP_PORT": "0",
        "FENGHUO_SIMULATE": "false",
        "FENGHUO_SPEED": "1",
        "FENGHUO_TOKEN": _TOKEN,
    }


async def _ready(folder: Path, process: "subprocess.Popen[bytes]", said: Path) -> str:
    """The program's URL, once it calls itself ready."""
    until = perf_counter() + _READY_WITHIN_SECONDS
    async with httpx.AsyncClient() as client:
        while perf_counter() < until and process.poll() is None:
            await asyncio.sleep(0.1)
            running = folder / "running.json"
            if not running.exists():
                continue
            url = str(orjson.loads(running.read_bytes())["gateway_url"])
            if (await client.get(f"{url}/readyz")).is_success:
                return url
    raise ProgramFailed(f"the program did not become ready: {log_tail(said)}")
