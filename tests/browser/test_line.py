"""When the line breaks: pages say so, keep what was written, and heal by themselves."""

import re
from uuid import uuid4

from playwright.sync_api import Page, Route, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import report, reports_of
from tests.browser.conftest import DESK, PHONE, Enter
from tests.browser.finding import card_of
from tests.browser.people import FIREFIGHTER, OFFICER, WORKER


def forgive_the_broken_line(complaints: list[str]) -> None:
    """A browser notes each request that nobody answered; everything else still counts."""
    complaints[:] = [line for line in complaints if "net::ERR" not in line]


def write(phone: Page, words: str, township: str = "海棠溪街道") -> None:
    phone.get_by_label("所在镇街").select_option(township)
    phone.get_by_role("button", name="燃气事故", exact=True).click()
    phone.get_by_label("发生了什么").fill(words)


def send(phone: Page) -> None:
    phone.get_by_role("button", name="上报", exact=True).click()


def incident_of(program: Program, words: str) -> str:
    """The incident that a page's report opened."""

    def found() -> list[str]:
        listed = program.http.get("/api/incidents", params={"limit": 100}).json()["incidents"]
        return [str(one["incident_id"]) for one in listed if one["title"] == words]

    program.await_that(lambda: bool(found()), "the report became an incident", 60)
    return found()[0]


def test_a_draft_outlives_the_page(enter: Enter) -> None:
    """What was typed is there again after the page was loaded anew, and gone when it is cleared."""
    phone = enter(WORKER, PHONE)
    write(phone, "小区内有燃气味")
    phone.reload()
    expect(phone.get_by_label("发生了什么")).to_have_value("小区内有燃气味")
    expect(phone.get_by_role("button", name="燃气事故")).to_have_attribute("aria-pressed", "true")
    phone.get_by_role("button", name="清除", exact=True).click()
    phone.get_by_role("button", name="确认清除", exact=True).click()
    phone.reload()
    expect(phone.get_by_label("发生了什么")).to_have_value("")


def test_a_report_written_off_line_is_sent_once(
    enter: Enter, program: Program, complaints: list[str]
) -> None:
    """It waits visibly, goes when the line is back, and counts once though its first answer was lost."""
    phone = enter(WORKER, PHONE)
    words = f"餐馆后厨燃气泄漏 {uuid4().hex[:6]}"
    write(phone, words)
    phone.context.set_offline(True)
    send(phone)
    expect(phone.locator("#sent .state")).to_contain_text("待发送")
    expect(phone.locator("#connection")).to_have_text("连接中断")
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(str(route.fetch().status))
        route.abort()

    phone.route("**/api/reports", lose_the_first_answer)
    phone.context.set_offline(False)
    expect(phone.locator("#sent .state")).to_contain_text("已送达")
    assert lost == ["202"]
    told = reports_of(program, incident_of(program, words))
    assert [one["text"] for one in told] == [words]
    forgive_the_broken_line(complaints)


def test_a_follow_up_names_the_report_it_follows(enter: Enter, program: Program) -> None:
    """From a delivered report a second one is begun, which joins the same incident."""
    phone = enter(WORKER, PHONE)
    words = f"天然气管道被挖断 {uuid4().hex[:6]}"
    write(phone, words, "南坪镇")
    send(phone)
    sent = phone.locator("#sent .sent", has_text=words)
    expect(sent.locator(".state")).to_contain_text("已送达")
    sent.get_by_role("button", name="续报").click()
    expect(phone.locator("#form-title")).to_have_text("续报")
    phone.get_by_label("发生了什么").fill("阀门已关闭，无人受伤")
    send(phone)
    expect(phone.locator("#sent .state", has_text="已送达")).to_have_count(2)
    incident_id = incident_of(program, words)
    program.await_that(lambda: len(reports_of(program, incident_id)) == 2, "both are in one incident", 60)
    assert {one["kind"] for one in reports_of(program, incident_id)} == {"initial", "follow_up"}


def test_pages_heal_after_the_gateway_was_killed(
    enter: Enter, program: Program, complaints: list[str]
) -> None:
    """Every page says that the line is broken; when the program is back they go on without being loaded anew."""
    screen, desk = enter(OFFICER, DESK), enter(FIREFIGHTER, PHONE)
    for page in (screen, desk):
        expect(page.locator("#connection")).to_have_text("实时在线")
    program.kill()
    for page in (screen, desk):
        expect(page.locator("#connection")).to_have_text("连接中断")
    program.start()
    program.await_ready(90)
    for page in (screen, desk):
        expect(page.locator("#connection")).to_have_text("实时在线")
    words = f"恢复后上报的积水 {uuid4().hex[:6]}"
    report(program, text=words, area_code="500119001")
    expect(card_of(screen, words)).to_be_visible()
    expect(screen.locator("#age")).to_have_text(re.compile(r"\d+ 秒前"))
    forgive_the_broken_line(complaints)
