"""How the pages look and whether all can use them: axe-core's rules, and pictures in three sizes for human eyes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Page, expect

from models.access import Someone
from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, report
from tests.browser.conftest import DESK, PHONE, WALL, Enter
from tests.browser.people import AUDITOR, FIREFIGHTER, OFFICER, WORKER

SIZES = {"wall": WALL, "desk": DESK, "phone": PHONE}
THEMES = ("light", "dark")
SERIOUS = ("serious", "critical")


def _screen(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("实时在线")
    expect(page.locator("svg.city .shape").first).to_be_attached()
    page.locator("#lanes .card").first.dispatch_event("click")
    expect(page.locator("#incident-body .steps")).to_be_attached()


def _desk(page: Page) -> None:
    expect(page.locator("#owed .command").first).to_be_visible()


def _report(page: Page) -> None:
    expect(page.locator("#categories button").first).to_be_visible()


def _audit(page: Page) -> None:
    expect(page.locator("#entries tr").first).to_be_visible()
    page.get_by_role("button", name="校验链条").click()
    expect(page.locator("#chain")).to_have_attribute("data-state", "whole")


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")


PAGES: dict[str, tuple[Someone | None, Callable[[Page], None]]] = {
    "screen": (OFFICER, _screen),
    "desk": (FIREFIGHTER, _desk),
    "report": (WORKER, _report),
    "audit": (AUDITOR, _audit),
    "sign-in": (None, _sign_in),
}


@pytest.fixture(scope="module")
def a_busy_city(program: Program) -> None:
    """A fire under way and a handful of smaller things, so that no page is empty."""
    a_fire_under_way(program, "500108002", "学府大道19号")
    for area, category, text in (
        ("500101001", "nature.flood", "河水漫过滨江路，两辆车被淹"),
        ("500103001", "accident.road_traffic", "公交车追尾，7人受伤"),
        ("500106001", "accident.gas", "餐馆燃气泄漏"),
        ("500229001", "nature.geological", "山体滑坡，道路中断"),
    ):
        report(program, area_code=area, category=category, text=text)


@pytest.mark.usefixtures("a_busy_city")
@pytest.mark.parametrize("name", PAGES)
def test_pages_serve_everybody_at_every_size(enter: Enter, name: str, artefacts: Path) -> None:
    """Nothing is wider than wall, desk or phone, and axe finds nothing serious, dark or light; pictures are kept."""
    someone, until_shown = PAGES[name]
    page = enter(someone, WALL)
    until_shown(page)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=artefacts / f"{name}-{size}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, size
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    for theme in THEMES:
        assert serious_faults(page, theme) == [], theme


def serious_faults(page: Page, theme: str) -> list[str]:
    """What axe-core holds against the page in this theme, less what is minor."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in SERIOUS]
    return [f"{one['id']}: {node['html'][:160]}" for one in serious for node in one["nodes"]]


def test_a_breach_of_the_policy_is_seen(enter: Enter, complaints: list[str]) -> None:
    """A style or script inside a page's own markup is refused by the browser and noted, or no test here would know."""
    page = enter(None, DESK)
    page.goto("/sign-in")
    page.evaluate("() => { document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\"></p>') }")
    page.wait_for_function("() => true")
    assert ["style" in line for line in complaints] == [True]
    complaints.clear()
