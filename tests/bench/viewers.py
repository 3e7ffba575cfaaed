"""Viewers: a thousand browsers on one gateway, two deltas a second to each, and what that costs it.

The gateway runs as the program runs it: its own port and database, deltas as the feed reads them there. The browsers
are raw sockets of a second process on the same machine. A wait runs from the moment at which the feed is told of a
change until the delta has reached one browser. Only what the deltas cost is counted, from the first to the last
delivery; the pings that fall between them are in it.
"""

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import cast

import httpx
import orjson
import structlog
import uvloop

from streams.cockpit.feed import Changes, Feed
from streams.gateway.api import create_app
from streams.program.server import Server
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.bench.harness import ROOT, ProgramFailed, Row, percentile, run_program, tell
from tests.fakes.clock import ManualClock
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import TOKEN, Gateway, gateway_over
from tests.servers import tied_to_us

_VIEWERS = 1_000
_DELTAS = 15
_EVERY_SECONDS = 0.5
_INCIDENTS_OF_A_DELTA = 5
_CITY = "500000"
_CATEGORIES = ("accident.fire", "accident.gas", "nature.flood", "accident.road_traffic", "nature.geological")
_OPENED_AT_ONCE = 50
_WITHIN_SECONDS = 120.0
_END_OF_FRAME = b"\n\n"
_MOMENT = b'"as_of":"'


async def bench(rounds: int) -> list[Row]:
    """Processor time of the gateway for all deliveries, and how long the slowest hundredth waited."""
    found = [await _once() for _ in range(rounds)]
    one = {name: median(numbers[name] for numbers in found) for name in found[0]}
    deliveries = one["deliveries"]
    told = f"goal 3; {_VIEWERS} viewers, {deliveries:.0f} deliveries of {one['bytes']:.0f} bytes, {rounds} rounds"
    return [
        Row("viewers", "gateway", one["cpu_seconds"], "CPU s", None, told),
        Row("viewers", "gateway", one["p50"] * 1_000, "ms p50", None, ""),
        Row(
            "viewers", "gateway", one["p99"] * 1_000, "ms p99", None, f"goal 500; worst {one['worst']:.2f} s"
        ),
        Row("viewers", "gateway", one["megabytes"], "MB", None, "resident with all viewers"),
    ]


async def _once() -> dict[str, float]:
    gateway = await _started()
    try:
        port = json.loads(await _line(gateway))["port"]
        seen = await run_program("tests.bench.viewers", {"port": port}, _WITHIN_SECONDS)
        spent = json.loads(await _line(gateway))
    finally:
        if gateway.returncode is None:
            gateway.kill()
        await gateway.wait()
    return {**seen, **spent}


async def _started() -> Process:
    command = tied_to_us([sys.executable, "-m", "tests.bench.viewers", "{}"])
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)


async def _line(process: Process) -> bytes:
    if process.stdout is None:
        raise ProgramFailed("the gateway was started without a pipe")
    async with asyncio.timeout(_WITHIN_SECONDS):
        line = await process.stdout.readline()
    if not line:
        raise ProgramFailed("the gateway ended early; what it said stands above")
    return line


# --- the gateway ------------------------------------------------------------------------------------------------


async def _serve() -> None:
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'fenghuo.db'}")
        await upgrade(database)
        async with gateway_over(database) as gateway:
            server = Server(create_app(gateway.services), "127.0.0.1", 0)
            running = asyncio.create_task(server.run())
            tell({"port": server.port})
            tell(await _told(gateway, await _incidents(gateway)))
            gateway.services.hubs.close()
            server.stop()
            await running
        await database.close()


async def _incidents(gateway: Gateway) -> set[str]:
    for number, category in enumerate(_CATEGORIES[:_INCIDENTS_OF_A_DELTA]):
        body = report(report_id=f"r-{number}", category=category, urgent=True)
        await gateway.client.post("/api/reports", json=body)
    await gateway.engine.settle()
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    return {one["incident_id"] for one in listed}


async def _told(gateway: Gateway, incident_ids: set[str]) -> dict[str, float]:
    """Every delta at its moment, once all look; what the process spent from the first to after the last."""
    clock, hub = ManualClock(), gateway.services.hubs.of(_CITY)
    feed = Feed("", gateway.services.database, clock, gateway.services.hubs)
    while hub.viewers < _VIEWERS:
        await asyncio.sleep(_EVERY_SECONDS)
    loop, began_cpu = asyncio.get_running_loop(), process_time()
    began = loop.time()
    for number in range(1, _DELTAS + 1):
        clock.move((datetime.now(UTC) - clock.now()).total_seconds())
        await feed.tell(Changes(incident_ids=incident_ids))
        await asyncio.sleep(began + number * _EVERY_SECONDS - loop.time())
    return {"cpu_seconds": process_time() - began_cpu, "megabytes": _resident_megabytes()}


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4_096 / 1e6


# --- the browsers -----------------------------------------------------------------------------------------------


class _Browser(asyncio.Protocol):
    """One open stream; notes when each delta came, and how long that was after its moment."""

    def __init__(self, request: bytes, waits: list[float]) -> None:
        self._request = request
        self._waits = waits
        self._rest = b""
        self.bytes = 0
        self.deltas = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(self._request)  # uvloop's are none by inheritance

    def data_received(self, data: bytes) -> None:
        now = datetime.now(UTC)
        *frames, self._rest = (self._rest + data).split(_END_OF_FRAME)
        for frame in frames:
            if _MOMENT in frame:
                moment = frame.split(_MOMENT, 1)[1].split(b'"', 1)[0].decode()
                self._waits.append((now - datetime.fromisoformat(moment)).total_seconds())
                self.deltas += 1
                self.bytes += len(frame)


async def _look(port: int) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        snapshot = orjson.loads((await client.get("/api/screen/snapshot")).content)
    request = (
        f"GET /api/screen/stream?position={snapshot['position']} HTTP/1.1\r\nHost: gateway\r\n"
        f"Authorization: Bearer {TOKEN}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
    ).encode()
    loop, waits = asyncio.get_running_loop(), list[float]()
    browsers: list[_Browser] = []
    for _ in range(_VIEWERS // _OPENED_AT_ONCE):
        some = [_Browser(request, waits) for _ in range(_OPENED_AT_ONCE)]
        await asyncio.gather(
            *(loop.create_connection(partial(_itself, one), "127.0.0.1", port) for one in some)
        )
        browsers += some
    async with asyncio.timeout(_WITHIN_SECONDS):
        while any(one.deltas < _DELTAS for one in browsers):
            await asyncio.sleep(_EVERY_SECONDS)
    return {
        "deliveries": len(waits),
        "bytes": sum(one.bytes for one in browsers) / len(waits),
        "p50": percentile(waits, 50),
        "p99": percentile(waits, 99),
        "worst": max(waits),
    }


def _itself(browser: _Browser) -> _Browser:
    return browser


def _run(task: Mapping[str, int]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if "port" in task:
        tell(uvloop.run(_look(task["port"])))
    else:
        uvloop.run(_serve())


if __name__ == "__main__":
    _run(json.loads(sys.argv[1]))
