"""The story of one incident, told by the pages of those who live it: reported, confirmed, released, done, closed."""

from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import the_rest_is_done
from tests.browser.conftest import PHONE, WALL, Enter
from tests.browser.finding import card_of
from tests.browser.people import FIREFIGHTER, OFFICER, WORKER

PLACE = "海棠溪正街8号"
WORDS = "海棠溪街道居民楼三层起火，浓烟很大"


def test_a_fire_goes_through_all_pages_from_report_to_replay(enter: Enter, program: Program) -> None:
    """What a grid worker reports on a phone flashes on the city's screen and is closed there when all is done."""
    screen = enter(OFFICER, WALL)
    expect(screen.locator("#connection")).to_have_text("实时在线")
    _report_from(enter(WORKER, PHONE))
    _flashes_on(screen)
    incident_id = _acknowledge_and_release(screen)
    _answer_on(enter(FIREFIGHTER, PHONE))
    the_rest_is_done(program, incident_id)
    _close_on(screen)
    _replay_on(screen)


def _report_from(phone: Page) -> None:
    phone.get_by_role("button", name="火灾事故", exact=True).click()
    phone.get_by_label("发生了什么").fill(WORDS)
    phone.get_by_label("具体地点").fill(PLACE)
    phone.get_by_text("人员伤亡").click()
    phone.get_by_label("死亡").fill("12")
    expect(phone.locator("#draft-state")).to_have_text("草稿")
    phone.get_by_role("button", name="上报", exact=True).click()
    expect(phone.locator("#sent .state")).to_contain_text("已送达")
    expect(phone.get_by_label("发生了什么")).to_have_value("")


def _flashes_on(screen: Page) -> None:
    expect(screen.locator("#alert")).to_contain_text(WORDS)
    screen.get_by_role("button", name="实时告警").click()
    expect(screen.locator("svg.city .shape.flashes[aria-label^='南岸区 重大']")).to_be_visible()
    screen.locator("#alert").click()


def _acknowledge_and_release(screen: Page) -> str:
    panel = screen.locator("#incident-body")
    expect(panel.locator("strong")).to_have_text(WORDS)
    panel.get_by_role("button", name="签收").click()
    expect(panel).to_contain_text(OFFICER.name)
    expect(screen.locator("svg.city .shape.flashes[aria-label^='南岸区']")).to_have_count(0)
    panel.get_by_role("button", name="核实属实").click()
    _confirm(screen, "现场民警确认")
    panel.get_by_role("button", name="一键下达").click()
    expect(screen.get_by_role("dialog")).to_contain_text("成立现场指挥部")
    _confirm(screen)
    expect(panel.get_by_role("button", name="一键下达")).to_have_count(0)
    return panel.locator("p.number").first.inner_text()


def _confirm(screen: Page, reason: str | None = None) -> None:
    dialog = screen.get_by_role("dialog")
    if reason is not None:
        dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_be_hidden()


def _answer_on(desk: Page) -> None:
    command = desk.locator("#owed .command", has_text="成立现场指挥部").filter(has_text=PLACE)
    expect(command).to_contain_text("剩")
    command.get_by_role("button", name="签收").click()
    expect(desk.get_by_role("dialog").get_by_label("签收人姓名")).to_have_value(FIREFIGHTER.name)
    _confirm(desk)
    expect(command.locator(".state").first).to_have_text("已签收")
    command.get_by_role("button", name="报告进展").click()
    desk.get_by_role("dialog").get_by_label("说明").fill("明火已扑灭，正在搜救")
    desk.get_by_role("dialog").get_by_label("完成比例").fill("60")
    _confirm(desk)
    command.get_by_role("button", name="完成", exact=True).click()
    _confirm(desk)
    ended = desk.locator("#ended .command", has_text="成立现场指挥部").filter(has_text=PLACE)
    expect(ended.locator(".state")).to_have_text("已完成")


def _close_on(screen: Page) -> None:
    panel = screen.locator("#incident-body")
    panel.get_by_role("button", name="办结").click()
    _confirm(screen, "明火扑灭，人员全部救出")
    expect(panel.get_by_role("button", name="重新启动")).to_be_visible()
    expect(card_of(screen, WORDS)).to_have_count(0)


def _replay_on(screen: Page) -> None:
    panel = screen.locator("#incident-body")
    slider = panel.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(panel).to_contain_text("第 1/")
    expect(panel).to_contain_text("未核实")
    expect(panel.locator(".commands li")).to_have_count(0)
    panel.get_by_role("slider").press("End")
    expect(panel).to_contain_text("办结")
