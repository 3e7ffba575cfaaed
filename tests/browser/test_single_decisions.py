"""What a commander decides about one level, one order and one clock: chosen, given a reason for, sent, and seen."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, report, told_of_fire
from tests.browser.conftest import DESK, PHONE, WALL, Enter
from tests.browser.finding import opened
from tests.browser.people import COMMANDER, FIREFIGHTER, OFFICER
from tests.browser.test_appearance import THEMES, serious_faults
from tests.browser.test_keyboard import tab_to
from tests.browser.test_two_persons import hold

SOME_DEAD = {"deaths": 4}  # 较大


def test_a_commander_changes_the_level_and_takes_it_back(enter: Enter, program: Program) -> None:
    """By keys alone; news that comes meanwhile leaves the dialog and what was chosen in it as they were."""
    report_id = uuid4().hex
    words = f"物流园仓库坍塌 {report_id[:6]}"
    told = {"text": words, "category": "accident.public_facility", "area_code": "500112012"}
    report(program, report_id=report_id, facts=SOME_DEAD, **told)
    screen = enter(COMMANDER, WALL)
    panel = opened(screen, words)
    level = panel.locator(".head .level")
    expect(level).to_have_text("较大")
    tab_to(screen, "[data-offer='regrade']")
    screen.keyboard.press("Enter")
    dialog = screen.get_by_role("dialog")
    expect(dialog.get_by_role("radio")).to_have_count(3)
    tab_to(screen, "[name='choice']")
    screen.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="重大", exact=True)).to_be_checked()
    _is_usable(screen)
    report(program, kind="follow_up", refers_to=report_id, **told)
    expect(panel.locator(".reports li")).to_have_count(2)  # the panel behind the dialog is drawn anew
    expect(dialog.get_by_role("radio", name="重大", exact=True)).to_be_checked()
    tab_to(screen, "#reason")
    screen.keyboard.type("现场判断")
    screen.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(level).to_have_text("重大")
    expect(screen.locator("#undo")).to_contain_text("定级可撤销")
    screen.keyboard.press("u")
    screen.keyboard.press("Enter")
    expect(level).to_have_text("较大")


def test_a_commander_takes_one_order_back(enter: Enter, program: Program) -> None:
    """One act of one person: that row says so, its unit stops the work, and every other order stands."""
    a_fire_under_way(program, "500108105", "铜元局轻轨站")
    screen, desk = enter(COMMANDER, WALL), enter(FIREFIGHTER, PHONE)
    panel = opened(screen, told_of_fire("铜元局轻轨站"))
    orders = panel.locator(".commands li", has_text="南岸区 消防救援")
    retractable = panel.get_by_role("button", name="撤回：")
    theirs = desk.locator("#owed .command", has_text="铜元局轻轨站")
    expect(theirs.first).to_be_visible()
    expect(orders.first).to_contain_text(
        "已送达"
    )  # taken back before its receipt, the receipt would be refused
    before, owed = retractable.count(), theirs.count()
    assert before > 1
    orders.first.get_by_role("button", name="撤回：南岸区 消防救援").click()
    dialog = screen.get_by_role("dialog")
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_be_visible()  # not without a reason
    dialog.get_by_label("理由").fill("力量已够")
    dialog.get_by_role("button", name="确认").click()
    expect(orders.first).to_contain_text("已撤回")
    expect(orders.first.get_by_role("button", name="撤回")).to_have_count(0)
    expect(retractable).to_have_count(before - 1)
    expect(desk.locator("#retracted .command", has_text="铜元局轻轨站")).to_have_count(1)
    expect(theirs).to_have_count(owed - 1)
    _is_usable(screen)


def test_more_time_waits_for_a_second_person(enter: Enter, program: Program) -> None:
    """Held, not clicked; it goes out as a proposal that the screen shows waiting, and the clock runs as before."""
    words = f"跨江大桥护栏松动 {uuid4().hex[:6]}"
    report(program, text=words, category="accident.road_traffic", area_code="500106012")
    screen = enter(COMMANDER, DESK)
    panel = opened(screen, words)
    panel.get_by_role("button", name="延长时限：").first.click()
    dialog = screen.get_by_role("dialog")
    dialog.get_by_role("radio", name="延长 60 分钟").check()
    dialog.get_by_label("理由").fill("桥上封路，核查需要时间")
    dialog.get_by_label("理由").press("Enter")  # too little: leads to the button that is held
    sign = dialog.get_by_role("button", name="按住：确认（需第二人复核）")
    expect(sign).to_be_focused()
    _is_usable(screen)
    hold(sign)
    expect(dialog).to_be_hidden()
    own = screen.locator("#proposals li", has_text=words)
    expect(own).to_contain_text("延长时限 至")
    expect(own).to_contain_text("等待第二人复核")
    expect(screen.locator("#toasts")).to_contain_text("已提交，等待第二人复核")
    expect(panel.locator(".steps [data-due]").first).to_be_visible()


def test_a_moment_of_ones_own_is_asked_for_in_beijing_time(enter: Enter, program: Program) -> None:
    """What is typed is what is proposed; a moment that gives no more time is not taken."""
    words = f"隧道照明故障 {uuid4().hex[:6]}"
    report(program, text=words, category="accident.road_traffic", area_code="500113003")
    screen = enter(COMMANDER, DESK)
    opened(screen, words).get_by_role("button", name="延长时限：").first.click()
    dialog = screen.get_by_role("dialog")
    field = dialog.locator("input[type='datetime-local']")
    expect(field).to_be_disabled()
    dialog.get_by_role("radio", name="延长至指定时刻").check()
    dialog.get_by_label("理由").fill("等待备件")
    field.fill("2020-01-01T00:00")
    hold(dialog.get_by_role("button", name="按住：确认"))
    expect(dialog).to_be_visible()
    field.fill("2099-01-01T08:30")
    hold(dialog.get_by_role("button", name="按住：确认"))
    expect(screen.locator("#proposals li", has_text=words)).to_contain_text("延长时限 至 08:30:00")


def test_an_officer_on_duty_and_the_past_are_offered_less(enter: Enter, program: Program) -> None:
    """Level and clocks are a commander's; of what has been, nothing can be decided by anybody."""
    place = "鸡冠石污水厂"
    a_fire_under_way(program, "500108107", place)
    words = told_of_fire(place)
    officer, commander = enter(OFFICER, WALL), enter(COMMANDER, WALL)
    theirs, panel = opened(officer, words), opened(commander, words)
    expect(theirs.get_by_role("button", name="撤回：").first).to_be_visible()
    for name in ("调整级别", "延长时限："):
        expect(panel.get_by_role("button", name=name).first).to_be_visible()
        expect(theirs.get_by_role("button", name=name)).to_have_count(0)
    panel.locator("#replay-slider").press("ArrowLeft")
    expect(panel.locator(".commands li").first).to_be_visible()
    for name in ("调整级别", "延长时限：", "撤回："):
        expect(panel.get_by_role("button", name=name)).to_have_count(0)


def _is_usable(screen: Page) -> None:
    for theme in THEMES:
        assert serious_faults(screen, theme) == [], theme
