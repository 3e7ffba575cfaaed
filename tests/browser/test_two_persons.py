"""Two persons at two screens: one proposes what reaches far, the other countersigns or declines; and taking back."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import report
from tests.browser.conftest import DESK, WALL, Enter
from tests.browser.finding import opened
from tests.browser.people import COMMANDER, OFFICER
from tests.browser.test_appearance import THEMES, serious_faults

PROPOSED = "#proposals-list > li"
HELD_MS = 1_800  # a little longer than a button wants


def test_two_people_release_a_plan_that_one_alone_cannot(
    enter: Enter, program: Program, artefacts: Path
) -> None:
    """Held, shown and sent by one, it waits on both screens; held by the other, the orders are out."""
    words = "北滨路酒店燃气爆炸，多层坍塌"
    severe = {"deaths": 12, "injured": 60}
    report(program, text=words, category="accident.gas", area_code="500105001", urgent=True, facts=severe)
    officer, commander = enter(OFFICER, WALL), enter(COMMANDER, WALL)
    panel = opened(officer, words)
    hold(panel.get_by_role("button", name="一键下达"))
    dialog = officer.get_by_role("dialog")
    expect(dialog).to_contain_text("由第二人复核方能生效")
    expect(dialog.locator("li")).to_have_count(12)
    dialog.get_by_role("button", name="确认").click()
    own = officer.locator(PROPOSED, has_text=words)
    expect(own).to_contain_text("等待第二人复核")
    expect(officer.locator(".toast", has_text="等待第二人复核")).to_have_count(1)
    expect(own.get_by_role("button", name="按住复核同意")).to_have_count(0)
    theirs = commander.locator(PROPOSED, has_text=words)
    expect(theirs).to_contain_text("下达指令 11 条指令")
    expect(theirs).to_contain_text(OFFICER.name)
    _read_what_is_signed(commander, theirs)
    for theme in THEMES:
        assert serious_faults(commander, theme) == [], theme
        assert serious_faults(officer, theme) == [], theme
    commander.screenshot(path=artefacts / "second-person.png")
    expect(panel.get_by_role("button", name="一键下达")).to_be_visible()
    sign = theirs.get_by_role("button", name="按住复核同意")
    sign.click()  # too short: nothing happens
    expect(own).to_contain_text("等待第二人复核")
    hold(sign)
    expect(theirs).to_have_count(0)
    expect(commander.locator(".toast", has_text="请求复核")).to_have_count(0)
    expect(officer.locator(".toast", has_text="等待第二人复核")).to_have_count(0)
    expect(own).to_contain_text(f"{COMMANDER.name} 已复核同意")
    expect(panel.get_by_role("button", name="一键下达")).to_have_count(0)
    expect(panel).to_contain_text(f"下达指令：{OFFICER.name} + {COMMANDER.name}")
    _declined(officer, commander, words)


def _read_what_is_signed(commander: Page, card: Locator) -> None:
    """Level and area at once; the button sleeps until the orders, unit and task of each, were unfolded by key."""
    expect(card.locator(".level")).to_have_text("重大")
    expect(card).to_contain_text("两江新区")
    sign, orders = card.get_by_role("button", name="按住复核同意"), card.locator(".stakes li")
    expect(sign).to_be_disabled()
    expect(orders.first).to_be_hidden()
    unfold = card.get_by_role("button", name="展开 涉及指令 11 条")
    unfold.focus()
    commander.keyboard.press("Enter")
    expect(card.get_by_role("button", name="收起 涉及指令 11 条")).to_be_focused()
    expect(orders).to_have_count(11)
    expect(orders.first).to_be_visible()
    for order in orders.all():
        expect(order.locator("b")).to_have_text(re.compile(r"^\D+[市区] \D+$"))  # names and no codes
        expect(order.locator("p")).not_to_be_empty()
    expect(sign).to_be_enabled()
    _put_aside(commander)


def _put_aside(commander: Page) -> None:
    """Folded, it leaves the whole heat list to be seen, and comes back where it was."""
    panel = commander.locator("#proposals")
    panel.get_by_role("button", name="收起", exact=True).click()
    expect(commander.locator("#proposals-list")).to_be_hidden()
    card, heat = panel.bounding_box(), commander.locator("#heat").bounding_box()
    assert card is not None
    assert heat is not None
    assert card["y"] >= heat["y"] + heat["height"]
    panel.get_by_role("button", name="展开", exact=True).click()
    expect(commander.locator("#proposals-list .stakes").first).to_be_visible()


def _declined(officer: Page, commander: Page, words: str) -> None:
    panel = officer.locator("#incident-body")
    hold(panel.get_by_role("button", name="全部撤回"))
    orders = officer.get_by_role("dialog").locator("li", has_text="：")
    expect(orders).to_have_count(17)  # each with its unit
    _say_why(officer, "现场已处置完毕")
    theirs = commander.locator(PROPOSED, has_text=words)
    expect(theirs).to_contain_text("撤回指令 17 条指令")
    theirs.get_by_role("button", name="不同意").click()
    _say_why(commander, "仍有人员被困")
    own = officer.locator(PROPOSED, has_text=words).filter(has_text="撤回指令")
    expect(own).to_contain_text(f"{COMMANDER.name} 不同意：仍有人员被困")
    own.get_by_role("button", name="知道了").click()
    expect(own).to_have_count(0)
    expect(panel.get_by_role("button", name="全部撤回")).to_be_visible()


def test_an_act_is_taken_back_by_the_keyboard_while_the_seconds_run(enter: Enter, program: Program) -> None:
    """The strip names the act and the seconds left; U leads to its button, and the verdict is open again."""
    words = "长江二路地下车库有汽油味"
    report(program, text=words, category="accident.gas", area_code="500107001")
    screen = enter(OFFICER, DESK)
    panel = opened(screen, words)
    panel.get_by_role("button", name="核实属实").click()
    _say_why(screen, "物业确认")
    expect(panel).to_contain_text("属实")
    strip = screen.locator("#undo")
    expect(strip).to_contain_text("核实结论可撤销")
    expect(strip.locator("#undo-left")).to_contain_text("秒")
    for theme in THEMES:
        assert serious_faults(screen, theme) == [], theme
    screen.keyboard.press("u")
    expect(strip.get_by_role("button", name="撤销")).to_be_focused()
    screen.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="核实属实")).to_be_visible()
    # What was taken back is an act, too, and can be taken back.
    expect(strip).to_contain_text("核实结论可撤销")


def hold(button: Locator) -> None:
    """Press it for as long as it asks."""
    button.click(delay=HELD_MS)


def _say_why(page: Page, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_be_hidden()
