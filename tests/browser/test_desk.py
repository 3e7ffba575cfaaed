"""What a unit's desk shows beyond the good case: orders taken back, orders refused, and another language."""

from playwright.sync_api import expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, decide, orders_of
from tests.browser.conftest import PHONE, Enter
from tests.browser.people import FIREFIGHTER


def test_an_order_that_is_taken_back_stands_out_until_it_is_noticed(enter: Enter, program: Program) -> None:
    """Stop the work, in words and at the top; once somebody says so it joins what has ended, for good."""
    incident_id = a_fire_under_way(program, "500108005", "四公里立交")
    desk = enter(FIREFIGHTER, PHONE)
    owed = desk.locator("#owed .command", has_text="四公里立交")
    expect(owed.first).to_be_visible()
    for index in range(owed.count()):
        expect(owed.nth(index).locator(".state")).to_have_text("已送达")
    ours = orders_of(program, incident_id, FIREFIGHTER.unit_code)
    decide(program, incident_id, action="retract", reason="误报", command_ids=ours)
    taken_back = desk.locator("#retracted .command", has_text="四公里立交")
    expect(taken_back.first).to_be_visible()
    expect(desk.locator("#retracted-title")).to_have_text("已撤回，停止执行")
    expect(owed).to_have_count(0)
    for _ in range(taken_back.count()):
        taken_back.first.get_by_role("button", name="知道了").click()
    expect(taken_back).to_have_count(0)
    desk.reload()
    expect(desk.locator("#ended .command", has_text="四公里立交").first).to_be_visible()
    expect(taken_back).to_have_count(0)


def test_a_unit_refuses_with_a_reason_in_english(enter: Enter, program: Program) -> None:
    """A reason is asked for; afterwards the order is the next tier's, and the page says so."""
    a_fire_under_way(program, "500108007", "弹子石老街")
    desk = enter(FIREFIGHTER, PHONE)
    desk.get_by_role("button", name="EN").click()
    expect(desk.locator("#owed-title")).to_have_text("My commands")
    command = desk.locator("#owed .command", has_text="Set up a command post").filter(has_text="弹子石老街")
    name = command.get_attribute("data-id")
    command.get_by_role("button", name="Refuse").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog).to_be_visible()  # not without a reason
    dialog.get_by_label("Reason").fill("All engines are at another fire")
    dialog.get_by_role("button", name="Confirm").click()
    expect(desk.locator(f"#ended [data-id='{name}'] .state")).to_have_text("escalated")
