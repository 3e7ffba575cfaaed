"""The phone: nothing to press lies under the bar of the report page, and what a desk's screen offers is in reach."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way
from tests.browser.conftest import PHONE, Enter
from tests.browser.people import FIREFIGHTER, OFFICER, WORKER
from tests.browser.test_appearance import serious_faults

SMALL = (360, 640)
REACHED = ("text", "urgent", "place", "area", "locate", "photo-input", "number-deaths")

_COVERED = """(names) => names.filter((name) => {
  const field = document.getElementById(name);
  const shown = name === "photo-input" ? field.closest("label") ?? field : field;
  shown.scrollIntoView({ block: "nearest" });
  const box = shown.getBoundingClientRect();
  const bar = document.querySelector("#form > .bar").getBoundingClientRect();
  const head = document.querySelector("header").getBoundingClientRect();
  return box.bottom > bar.top + 0.5 && box.top < bar.bottom || box.top < head.bottom - 0.5;
})"""


@pytest.mark.parametrize("size", [PHONE, SMALL])
def test_no_field_of_the_report_stays_under_the_bar(
    enter: Enter, artefacts: Path, size: tuple[int, int]
) -> None:
    """Each can be brought above it, the last ones too; that it is urgent is asked right below the words."""
    page = enter(WORKER, size)
    expect(page.locator("#categories button").first).to_be_visible()
    page.screenshot(path=artefacts / f"report-{size[0]}-top.png")
    page.locator("#numbers-part summary").click()
    assert page.evaluate(_COVERED, list(REACHED)) == []
    page.screenshot(path=artefacts / f"report-{size[0]}-end.png")
    page.locator("#text").scroll_into_view_if_needed()
    assert _top(page, "#text") < _top(page, "#urgent") < _top(page, "#place")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert serious_faults(page, "light") == []


def test_a_phone_has_what_the_desk_has_behind_one_press(enter: Enter, artefacts: Path) -> None:
    """Name, light or dark, trying the sound and the keys are in a menu; the names on the tiles are 12 px or more."""
    page = enter(OFFICER, PHONE)
    expect(page.locator("#connection")).to_have_text("实时在线")
    expect(page.locator("#theme")).to_be_hidden()
    page.get_by_role("button", name="更多").click()
    for words in ("试听", "明暗", "快捷键"):
        expect(page.get_by_role("button", name=words)).to_be_visible()
    expect(page.locator("#me")).to_contain_text("王建国")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert serious_faults(page, "light") == []
    page.screenshot(path=artefacts / "screen-phone-menu.png")
    page.get_by_role("button", name="更多").click()
    expect(page.locator("#theme")).to_be_hidden()
    scale = "document.querySelector('svg.city').getScreenCTM().a"
    size = page.evaluate(
        f"{scale} * parseFloat(getComputedStyle(document.querySelector('.shape-name')).fontSize)"
    )
    assert size >= 12


def test_a_card_says_what_the_officer_calls_the_incident(enter: Enter, program: Program) -> None:
    """Above the order, so that the two are speaking of the same."""
    incident_id = a_fire_under_way(program, "500108008", "长生桥路")
    title = program.http.get(f"/api/incidents/{incident_id}").json()["summary"]["title"]
    desk = enter(FIREFIGHTER, PHONE)
    expect(desk.locator("#owed .command .incident", has_text=title).first).to_be_visible()


def _top(page: Page, name: str) -> float:
    box = page.locator(name).bounding_box()
    assert box is not None
    return box["y"]
