"""The appraisal: sorted and chosen, each trend told in words, and opened down to an incident behind a figure."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import expect

from models.identifiers import AreaCode, IncidentId
from models.tables import OUTCOMES, PROJECTIONS
from models.topics import Topic
from streams.store.database import Database
from streams.store.statements import upsert
from tests.acceptance.program import Program
from tests.browser.by_hand import report
from tests.browser.conftest import DESK, PHONE, WALL, Enter
from tests.browser.people import OFFICER
from workflows.appraisal.rating import Tally, Window, area_subject, rate
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
MEASURE = next(iter(RULES.rating.weights))
WINDOW = timedelta(seconds=RULES.rating.window_seconds)
SHARES = {"500233": 10, "500235": 4, "500236": 7}  # good ones of ten
FEW = "500237"  # none good, of two

ORDER = "(rows, codes) => rows.map((row) => row.dataset.subject).filter((code) => codes.includes(code))"


async def _rate(url: str, incident_id: str) -> None:
    """Three counties, better and worse, with an incident behind the worst and a past that was all good."""
    now = datetime.now(UTC)
    ratings, outcomes = [], []
    for code, (good, all_of) in {**{code: (good, 10) for code, good in SHARES.items()}, FEW: (0, 2)}.items():
        tally = Tally(good, all_of, (IncidentId(incident_id),))
        subject = area_subject(AreaCode(code))
        rating = rate(subject, {MEASURE: tally}, Window(now - WINDOW, now), RULES, now)
        value = rating.model_dump_json().encode()
        ratings.append({"topic": Topic.RATINGS.value, "key": code, "value": value, "updated_at": now})
        for number in range(20):
            is_past = number >= 10
            outcomes.append(
                {
                    "outcome_id": f"{code}-{number}",
                    "measure": MEASURE,
                    "district_code": code,
                    "township_code": None,
                    "unit_code": None,
                    "incident_id": incident_id,
                    "happened_at": now - (1.3 if is_past else 0.1) * WINDOW,
                    "good": is_past or number < good,
                }
            )
    database = Database(url)
    try:
        async with database.write() as connection:
            await upsert(connection, PROJECTIONS, [dict(row) for row in ratings])
            await upsert(connection, OUTCOMES, [dict(row) for row in outcomes])
    finally:
        await database.close()


def keep_ratings(database: Path, incident_id: str) -> None:
    # In a thread: the browser's driver has a loop of its own in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _rate(f"sqlite+aiosqlite:///{database}", incident_id)).result()


@pytest.mark.parametrize("size", [WALL, DESK, PHONE])
def test_a_colour_opens_down_to_its_incidents(
    enter: Enter, program: Program, size: tuple[int, int], artefacts: Path
) -> None:
    """The worst first, the other way at a press; a colour chosen; components opened; the incident behind them shown."""
    words = f"校车侧翻 {size[0]}"
    township = "500236001" if size == PHONE else "500233001"
    keep_ratings(program.database, report(program, text=words, area_code=township))
    page = enter(OFFICER, size)
    expect(page.locator("#connection")).to_have_text("实时在线")
    page.get_by_role("button", name="考评").click()
    rows = page.locator("dialog tr[data-subject]")
    expect(page.locator("tr[data-subject='500235'] .trend")).to_have_attribute(
        "aria-label", re.compile("^走势: ")
    )
    assert rows.evaluate_all(ORDER, [*SHARES, FEW]) == ["500235", "500236", "500233", FEW]
    expect(page.locator(f"tr.few[data-subject='{FEW}']")).to_contain_text("样本少")
    page.get_by_role("button", name="得分").click()
    assert rows.evaluate_all(ORDER, list(SHARES)) == ["500233", "500236", "500235"]
    expect(page.locator("th[aria-sort='descending']")).to_have_text("得分")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_label("全部颜色").select_option("red")
    expect(page.locator("tr[data-subject='500233']")).to_have_count(0)
    worst = page.locator("tr[data-subject='500235']")
    worst.get_by_text("1 项指标").click()
    expect(worst.locator(".components")).to_be_in_viewport(ratio=1)
    page.screenshot(path=artefacts / f"appraisal-{size[0]}.png")
    worst.get_by_role("button", name=words).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#incident-body strong")).to_have_text(words)
