"""The audit page: an auditor lands there, finds who did what by filter, and sees that the chain is whole."""

from datetime import UTC, datetime
from uuid import uuid4

from playwright.sync_api import expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, decide
from tests.browser.conftest import DESK, Enter
from tests.browser.finding import card_of
from tests.browser.people import AUDITOR, OFFICER


def test_an_auditor_finds_what_was_done_and_verifies_the_chain(enter: Enter, program: Program) -> None:
    """By keyboard: filter for decisions, see one with its area, verify; all of it in English, too."""
    incident_id = a_fire_under_way(program, "500108004", "罗家坝老街")
    decide(program, incident_id, action="supervise", reason="请加快")
    page = enter(AUDITOR, DESK)
    expect(page.locator("#entries tr").first).to_contain_text("查看审计")
    page.get_by_label("事项").select_option("supervise")
    page.get_by_label("账号").press("Enter")
    found = page.locator("#entries tr")
    expect(found.first).to_contain_text("督办")
    expect(found.filter(has_text="查看审计")).to_have_count(0)
    expect(found.first).to_contain_text("本系统（安装令牌）")
    page.get_by_role("button", name="校验链条").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chain")).to_contain_text("链条完整")
    expect(page.locator("#chain")).to_have_attribute("data-state", "whole")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("#chain")).to_contain_text("The chain is whole")
    expect(found.first).to_contain_text("Supervise")
    expect(found.first).to_contain_text("the installation")


def test_a_contact_is_shown_on_a_press_that_stands_in_the_audit(enter: Enter, program: Program) -> None:
    """The officer sees a masked text first; the auditor sees that the officer asked."""
    said = {
        "schema_version": 1,
        "report_id": str(uuid4()),
        "source_id": "12345-500000",
        "channel": "12345",
        "kind": "initial",
        "area_code": "500108003",
        "text": "报警人张三称南坪万达广场电梯困人，13812345678",
        "reported_at": datetime.now(UTC).isoformat(),
    }
    assert program.http.post("/api/reports", json=said).status_code == 202
    screen = enter(OFFICER, DESK)
    card_of(screen, "南坪万达广场电梯困人").click()
    expect(screen.locator("#incident-body .reports")).to_contain_text("138****5678")
    screen.get_by_role("button", name="查看联系方式").click()
    expect(screen.locator("#incident-body .personal")).to_contain_text("13812345678")
    page = enter(AUDITOR, DESK)
    expect(page.locator("#entries tr", has_text="查看个人信息").first).to_contain_text("officer")


def test_earlier_entries_come_by_page(enter: Enter, program: Program) -> None:
    """Each press shows more, every entry once, in the order of their numbers."""
    for _ in range(55):
        assert program.http.get("/api/audit", params={"limit": 1}).status_code == 200
    page = enter(AUDITOR, DESK)
    rows = page.locator("#entries tr")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="更早的记录").click()
    expect(rows.nth(50)).to_be_visible()
    numbers = [int(one) for one in rows.evaluate_all("rows => rows.map((row) => row.dataset.seq)")]
    assert numbers == sorted(set(numbers), reverse=True)
