"""A page that is not an account's own: it says so in words and leads home, instead of asking to try again."""

import re

import pytest
from playwright.sync_api import expect

from models.access import Someone
from tests.browser.conftest import PHONE, Enter
from tests.browser.people import ADMINISTRATOR, AUDITOR, COMMANDER, WORKER
from tests.browser.test_appearance import serious_faults


@pytest.mark.parametrize(
    ("someone", "path", "words", "english", "refused"),
    [
        (COMMANDER, "/audit", "此账号无权查看审计记录", "may not read the audit", 1),
        (COMMANDER, "/desk", "此账号不属于处置单位", "is of no unit", 0),
        (WORKER, "/desk", "此账号不属于处置单位", "is of no unit", 0),
        (AUDITOR, "/report", "此账号无权上报", "may not report", 0),
    ],
)
def test_a_page_that_is_not_ones_own_says_so_and_leads_home(
    enter: Enter,
    complaints: list[str],
    someone: Someone,
    path: str,
    words: str,
    english: str,
    refused: int,
) -> None:
    """In both languages, with nothing else to press in the page; the only complaint is the one 404 of the audit."""
    page = enter(someone, PHONE)
    home = page.url
    page.goto(path)
    told = page.get_by_role("alert")
    expect(told).to_contain_text(words)
    expect(page.locator("#main").get_by_role("button")).to_have_count(0)
    expect(page.get_by_text("请稍后再试")).to_have_count(0)
    for theme in ("light", "dark"):
        assert serious_faults(page, theme) == []
    page.get_by_role("button", name="EN").click()
    expect(told).to_contain_text(english)
    told.get_by_role("link", name="To my page").click()
    page.wait_for_url(home)
    assert ["404" in line for line in complaints] == [True] * refused
    complaints.clear()


def test_an_administrator_learns_that_the_screen_is_not_for_accounts(enter: Enter) -> None:
    """The screen neither connects for ever nor asks for what is refused; signing out stays possible."""
    page = enter(ADMINISTRATOR, PHONE)
    told = page.locator("#forbidden")
    expect(told).to_contain_text("此账号无权查看事件")
    expect(told).to_contain_text("账号由命令行管理")
    expect(told.get_by_role("link")).to_have_count(0)
    assert serious_faults(page, "light") == []
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(re.compile("/sign-in$"))
