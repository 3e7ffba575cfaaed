"""Without a mouse: the main acts of each page, by keys alone."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, report
from tests.browser.conftest import DESK, Enter
from tests.browser.people import FIREFIGHTER, OFFICER, WORKER

MOST_TABS = 150


def tab_to(page: Page, selector: str) -> None:
    """Tab until the focus is there, as a person does who sees it coming nearer."""
    for _ in range(MOST_TABS):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached within {MOST_TABS} tabs")


def test_an_officer_decides_without_a_mouse(enter: Enter, program: Program) -> None:
    """Search, choose, acknowledge, verify and release, and every dialog, by keys."""
    words = f"化工厂仓库起火 {uuid4().hex[:6]}"
    report(program, text=words, category="accident.fire", area_code="500111001", facts={"deaths": 12})
    screen = enter(OFFICER, DESK)
    panel = screen.locator("#incident-body")
    expect(screen.locator("#connection")).to_have_text("实时在线")
    screen.keyboard.press("/")
    screen.keyboard.type(words)
    expect(screen.locator("#lanes .card")).to_have_count(1)
    tab_to(screen, ".card")
    screen.keyboard.press("Enter")
    expect(panel.locator("strong")).to_have_text(words)
    screen.keyboard.press("a")
    expect(panel).to_contain_text(OFFICER.name)
    tab_to(screen, "[data-offer='verify-true']")
    screen.keyboard.press("Enter")
    screen.keyboard.type("电话核实")
    screen.keyboard.press("Enter")
    expect(panel.locator("[data-offer='verify-true']")).to_have_count(0)
    expect(panel.locator("[data-offer='release']")).to_be_visible()
    screen.keyboard.press("r")
    tab_to(screen, "dialog .primary")
    screen.keyboard.press("Enter")
    expect(panel.locator("[data-offer='release']")).to_have_count(0)


def test_the_screen_is_walked_by_keys(enter: Enter) -> None:
    """Map, district and back, language and help, each with one key."""
    screen = enter(OFFICER, DESK)
    expect(screen.locator("#connection")).to_have_text("实时在线")
    expect(screen.locator("svg.city .shape").first).to_be_visible()
    screen.keyboard.press("m")
    screen.keyboard.press("Enter")
    expect(screen.locator("#map-body .tile").first).to_be_visible()
    screen.keyboard.press("Escape")
    expect(screen.locator("svg.city .shape").first).to_be_visible()
    screen.keyboard.press("l")
    expect(screen.locator("#board-title")).to_have_text("Board")
    screen.keyboard.press("l")
    screen.keyboard.press("?")
    expect(screen.get_by_role("dialog")).to_contain_text("快捷键")
    screen.keyboard.press("Escape")
    expect(screen.get_by_role("dialog")).to_be_hidden()


def test_a_unit_answers_without_a_mouse(enter: Enter, program: Program) -> None:
    """Acknowledge and done, by tab and enter."""
    a_fire_under_way(program, "500108101", "南坪步行街")
    desk = enter(FIREFIGHTER, DESK)
    command = desk.locator("#owed .command", has_text="南坪步行街").first
    expect(command).to_be_visible()
    name = command.get_attribute("data-id")
    for act, state in (("acknowledged", "已签收"), ("done", "已完成")):
        tab_to(desk, f"[data-id='{name}'] [data-act='{act}']")
        desk.keyboard.press("Enter")
        tab_to(desk, "dialog .primary")
        desk.keyboard.press("Enter")
        expect(desk.locator(f"[data-id='{name}'] .state").first).to_have_text(state)


def test_a_worker_reports_without_a_mouse(enter: Enter) -> None:
    """Kind, words and sending, by tab and enter."""
    page = enter(WORKER, DESK)
    tab_to(page, "[id='category-nature.flood']")
    page.keyboard.press("Enter")
    tab_to(page, "#text")
    page.keyboard.type("涵洞积水半米")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.locator("#sent .state")).to_contain_text("已送达")
