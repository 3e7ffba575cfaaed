"""What must not be missed on the screen: alarms among the numbers, and a past that is not mixed with the present."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, report
from tests.browser.conftest import DESK, Enter
from tests.browser.people import OFFICER

# No test waits until even the city was silent: the page's own parts are given an incident under a red alarm.
ALARMED = """async (isAlarmed) => {
  const { drawCounts } = await import('/static/lib/heat.js');
  const one = { incident_id: 'i', level: 'III', red_alarm: isAlarmed, next_due_at: null, open_commands: 0 };
  drawCounts([one], false);
  const overdue = document.querySelectorAll('#counts > div')[1];
  const alarms = document.querySelector('#red-alarms');
  return [overdue.textContent, alarms.textContent, alarms.classList.contains('loud')];
}"""
# The words of the alert against their ground while the frame pulses: nothing may fade.
FADES = """async () => {
  const fading = ['opacity', 'color', 'backgroundColor', 'filter'];
  const { alert } = await import('/static/lib/alarm.js');
  alert('山洪', () => {});
  const line = document.querySelector('#alert');
  return line.getAnimations().flatMap((one) => one.effect.getKeyframes())
    .flatMap((frame) => Object.keys(frame)).filter((name) => fading.includes(name));
}"""


def serious(page: Page) -> list[str]:
    """What axe finds and calls serious."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_a_red_alarm_is_loud_and_counts_as_overdue(enter: Enter) -> None:
    """By text, sign and colour; without one the button is quiet; it shows on the board only those, and all again."""
    page = enter(OFFICER, DESK)
    expect(page.locator("#red-alarms")).to_contain_text("红色告警")
    assert page.evaluate(ALARMED, True) == ["超时限1", "▲ 红色告警 1", True]
    assert page.evaluate(ALARMED, False) == ["超时限0", "红色告警 0", False]
    assert "红色告警" in (page.locator("#counts > div").nth(1).get_attribute("title") or "")
    page.locator("#red-alarms").click()
    expect(page.locator("#red-alarms")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#lanes .card")).to_have_count(0)
    page.locator("#red-alarms").click()
    expect(page.locator("#red-alarms")).to_have_attribute("aria-pressed", "false")


def test_the_alert_can_be_read_at_every_moment(enter: Enter) -> None:
    """Its frame pulses; its words and their ground never change."""
    page = enter(OFFICER, DESK)
    assert page.evaluate(FADES) == []
    assert page.locator("#alert").evaluate("line => line.getAnimations().length") == 1


def test_the_ranking_follows_the_district_and_back(enter: Enter, program: Program) -> None:
    """With a district chosen none of another is ranked, it says so, and one press shows the city again."""
    report(program, area_code="500107001", category="accident.gas", text="石桥铺燃气管道破裂")
    report(program, area_code="500117001", category="nature.flood", text="合阳城街道积水一米")
    page = enter(OFFICER, DESK)
    expect(page.locator("#heat-list .title", has_text="石桥铺燃气")).to_be_visible()
    expect(page.locator("#heat-list .title", has_text="合阳城")).to_be_visible()
    shape = page.locator("svg.city .shape[aria-label^='九龙坡区']").first
    expect(shape).to_be_attached()
    shape.press("Enter")
    expect(page.locator("#heat-filter")).to_contain_text("仅 九龙坡区")
    expect(page.locator("#heat-list .title", has_text="合阳城")).to_have_count(0)
    expect(page.locator("#heat-list .title", has_text="石桥铺燃气")).to_be_visible()
    assert serious(page) == []
    page.locator("#heat-filter button").click()
    expect(page.locator("#heat-list .title", has_text="合阳城")).to_be_visible()
    expect(page.locator("#map-whole")).to_be_hidden()


def test_the_past_of_an_incident_shows_nothing_of_its_present(enter: Enter, program: Program) -> None:
    """At its first step a fire under way has no officer, report, command or decision; the step has a name."""
    fire = a_fire_under_way(program, "500118001", "中山大道21号")
    page = enter(OFFICER, DESK)
    page.locator(f"#lanes .card[data-id='{fire}']").dispatch_event("click")
    body = page.locator("#incident-body")
    expect(body.locator(".actions")).to_be_visible()
    expect(body.locator(".commands li").first).to_be_attached()
    slider = page.locator("#replay-slider")
    slider.focus()
    slider.press("Home")
    expect(page.locator("#incident .mark")).to_have_text("回放")
    expect(body).to_contain_text("事件建立")
    expect(body).to_contain_text("未核实")
    expect(body).to_contain_text("无人签收")
    for gone in (".actions", ".commands li", ".reports li", ".facts dd", "[data-due]"):
        expect(body.locator(gone)).to_have_count(0)
    expect(page.locator("#undo")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert serious(page) == []
    page.locator("#leave-past").click()
    expect(body.locator(".actions")).to_be_visible()
    expect(page.locator("#incident")).not_to_have_attribute("data-replay", "")
