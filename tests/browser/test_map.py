"""The wall map: a district that no boundary is known of has its place there, and what is only a sketch says so."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, WALL, Enter
from tests.browser.people import OFFICER


@pytest.mark.parametrize("style", ["地图", "方格"])
def test_the_district_that_succeeded_two_can_be_entered(enter: Enter, style: str, artefacts: Path) -> None:
    """A click on it shows its townships; neither of the two is on the map, and a note tells of the sketch."""
    page = enter(OFFICER, WALL)
    page.get_by_role("button", name=style, exact=True).click()
    shapes = page.locator("svg.city .shape")
    expect(page.locator("svg.city .shape[aria-label^='两江新区']")).to_have_count(1)
    expect(page.locator(":is(.shape[aria-label^='江北区'], .shape[aria-label^='渝北区'])")).to_have_count(0)
    expect(shapes).to_have_count(37)
    notes = page.locator("#map-notes p")
    if style == "地图":
        expect(notes).to_have_text(re.compile("两江新区.*江北区、渝北区"))
    else:
        expect(notes).to_have_count(0)
    page.screenshot(path=artefacts / f"map-{'ground' if style == '地图' else 'tiles'}.png")
    page.locator("svg.city .shape[aria-label^='两江新区']").click()
    expect(page.locator("#area-path")).to_have_text("重庆市 › 两江新区")
    expect(page.locator("#map-body .tile").first).to_be_visible()


def test_the_legend_says_what_each_colour_means_and_how_a_lack_of_data_looks(enter: Enter) -> None:
    """Five colours with their scores, grey and dashed."""
    page = enter(OFFICER, DESK)
    legend = page.locator("#legend li")
    expect(legend).to_have_text(
        [
            "绿 优 90分及以上",
            "蓝 良 80–90分",
            "黄 中 70–80分",
            "橙 及格 60–70分",
            "红 不及格 60分以下",
            "无可评数据",
            "样本少",
        ]
    )
