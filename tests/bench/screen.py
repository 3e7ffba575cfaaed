"""The one screen with 10,000 open incidents in Chromium: script time of scroll and filter, size of the first page.

A real gateway serves a store that is filled by code: one incident goes through the engine and is laid down ten
thousand times, over all districts, stages and levels. Times are script time of the page's thread, so that other
programs on this machine add nothing; the goal is 100 ms for each.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from playwright.async_api import CDPSession, Page, Response, async_playwright
from sqlalchemy import select

from models.areas import area_tree
from models.tables import INCIDENTS
from models.vocabulary import Level, Stage
from streams.gateway.api import create_app
from streams.gateway.areas import beijing_day
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.statements import insert
from tests.bench.harness import Row, run_program, tell
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import TOKEN, Gateway, gateway_over
from tests.servers import free_port

CHROMIUM = "/usr/bin/chromium"
INCIDENTS_OPEN = 10_000
GOAL_MS = 100
GOAL_KB = 40
_SCROLLS = 20
_FEW = 10
_WORDS = ("7", "起火", "9999", "")
# What is told of each run: the variant, the number, its unit, and a note.
_OF_MANY = (
    ("scroll", "scroll_ms", "script ms", f"thread time, worst of {_SCROLLS}; goal {GOAL_MS}"),
    ("filter", "filter_ms", "script ms", f"thread time, worst of {len(_WORDS)}; goal {GOAL_MS}"),
    ("nodes", "nodes", "elements", "in the page after scrolling"),
    ("snapshot", "data_kb", "KB packed", "with names and session"),
)
_OF_FEW = (
    ("first page", "page_kb", "KB packed", f"pages, styles, scripts; goal {GOAL_KB}"),
    ("first data", "data_kb", "KB packed", f"names, session, {_FEW} incidents; no map"),
)
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_IS_DRAWN = "() => document.querySelectorAll('#lanes .card').length > 20"
_SCROLL = """(part) => new Promise((done) => {
  for (const lane of document.querySelectorAll('#lanes .scroll')) lane.scrollTop = part * lane.scrollHeight;
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
_FILTER = """(words) => new Promise((done) => {
  const field = document.getElementById('filter-text');
  field.value = words;
  field.dispatchEvent(new Event('input'));
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


async def bench(rounds: int) -> list[Row]:
    """Rows for scroll, filter, nodes and sizes. Empty, with a remark, where there is no Chromium."""
    if shutil.which(CHROMIUM) is None:
        sys.stderr.write(f"screen: no {CHROMIUM}\n")
        return []
    found = [await run_program(__name__, {"incidents": INCIDENTS_OPEN}) for _ in range(rounds)]
    middle = {name: median(one[name] for one in found) for name in found[0]}
    few = await run_program(__name__, {"incidents": _FEW})
    of_many = f"{INCIDENTS_OPEN} open incidents, {rounds} rounds; "
    many = [
        Row("screen", name, middle[key], unit, None, of_many + note) for name, key, unit, note in _OF_MANY
    ]
    return many + [Row("screen", name, few[key], unit, None, note) for name, key, unit, note in _OF_FEW]


async def _measure(incidents: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        async with _served(Path(folder), incidents) as url, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
            context = await browser.new_context(
                viewport={"width": 1920, "height": 1080},
                extra_http_headers={"Authorization": f"Bearer {TOKEN}"},
                service_workers="block",
            )
            page = await context.new_page()
            try:
                return await _of_page(page, url, incidents)
            finally:
                await browser.close()


async def _of_page(page: Page, url: str, incidents: int) -> dict[str, float]:
    answered: list[Response] = []

    def note(response: Response) -> None:
        answered.append(response)

    page.on("response", note)  # the driver marks the function, which a bound method of a list forbids
    await page.goto(f"{url}/")
    await page.wait_for_function(
        _IS_DRAWN if incidents > INCIDENTS_OPEN // 2 else "() => document.querySelector('.card')"
    )
    sizes = {"page_kb": 0.0, "data_kb": 0.0}
    for response in list(answered):
        path = response.url.removeprefix(url)
        if path.startswith(("/api/screen/map", "/api/screen/stream")):
            continue
        kind = "data_kb" if path.startswith("/api/") else "page_kb"
        sizes[kind] += (await response.request.sizes())["responseBodySize"] / 1_000
    browser = await page.context.new_cdp_session(page)
    # The thread's own time: what other programs do on this machine meanwhile adds nothing.
    await browser.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.wait_for_timeout(1_500)  # let what came first settle
    scrolls = [await _script_ms(browser, page, _SCROLL, part / _SCROLLS) for part in range(1, _SCROLLS + 1)]
    nodes = await page.evaluate("() => document.querySelectorAll('*').length")
    filters = [await _script_ms(browser, page, _FILTER, words) for words in _WORDS]
    return {**sizes, "scroll_ms": max(scrolls), "filter_ms": max(filters), "nodes": float(nodes)}


async def _script_ms(browser: CDPSession, page: Page, act: str, value: object) -> float:
    """Script time of this act until it is drawn, in milliseconds."""
    before = await _script_seconds(browser)
    await page.evaluate(act, value)
    return (await _script_seconds(browser) - before) * 1_000


async def _script_seconds(browser: CDPSession) -> float:
    metrics: list[dict[str, Any]] = (await browser.send("Performance.getMetrics"))["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "ScriptDuration"))


@asynccontextmanager
async def _served(folder: Path, incidents: int) -> AsyncIterator[str]:
    """A gateway with that many open incidents, on a socket of its own; its address."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'screen.db'}")
    await upgrade(database)
    async with gateway_over(database) as gateway:
        await _fill(gateway, incidents)
        port = free_port()
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(gateway.services),
                port=port,
                log_level="error",
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )
        serving = asyncio.create_task(server.serve())
        try:
            while not server.started:
                await asyncio.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            gateway.services.hubs.close()
            server.should_exit = True
            await serving
    await database.close()


async def _fill(gateway: Gateway, incidents: int) -> None:
    """One incident as the engine opens it, over and over in other places, stages, levels and hurry."""
    await gateway.client.post("/api/reports", json=report())
    await gateway.engine.settle()
    now = gateway.clock.now()
    tree = area_tree()
    townships = [
        (district, township)
        for district in tree.districts(beijing_day(now))
        for township in tree.children(district, beijing_day(now))
    ]
    async with gateway.services.database.write() as connection:
        row = (await connection.execute(select(INCIDENTS))).one()._mapping
        rows: list[dict[str, object]] = []
        for number in range(incidents):
            district, township = townships[number % len(townships)]
            rows.append(
                {
                    **row,
                    "incident_id": f"bench-{number:05}",
                    "title": f"{tree.name_zh(township)}第{number}号楼起火",
                    "district_code": district,
                    "township_code": township,
                    "stage": list(Stage)[number % len(Stage)].value,
                    "level": list(Level)[number % len(Level)].value,
                    "next_due_at": now + timedelta(seconds=number * 7_919 % 86_400),
                }
            )
        await insert(connection, INCIDENTS, rows)


if __name__ == "__main__":
    tell(asyncio.run(_measure(int(json.loads(sys.argv[1])["incidents"]))))
