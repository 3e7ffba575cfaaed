"""What a unit or an officer says with a decision or an answer is read on the screen, now and in the replay."""

from playwright.sync_api import expect

from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, answer, told_of_fire
from tests.browser.conftest import DESK, Enter
from tests.browser.finding import opened
from tests.browser.people import OFFICER


def test_what_a_unit_says_stands_below_its_order_and_in_the_replay(enter: Enter, program: Program) -> None:
    """Progress in words and percent, then the last words of all; the past shows what was said then, and by whom."""
    incident_id = a_fire_under_way(program, "500108107", "弹子石广场")
    panel = opened(enter(OFFICER, DESK), told_of_fire("弹子石广场"))
    held = program.http.get(f"/api/incidents/{incident_id}/commands").json()["commands"]
    order = next(one["command"] for one in held if one["command"]["unit_code"] == "500108:fire")
    answer(program, order, "progress", progress_ratio=0.6, note="火势已控,电话13812345678")
    said = panel.locator(".commands .said")
    expect(said).to_contain_text("60% 火势已控")
    expect(said).not_to_contain_text("13812345678")
    answer(program, order, "done", note="明火已扑灭")
    expect(said).to_contain_text("明火已扑灭")
    slider = panel.locator("#replay-slider")
    line = panel.locator(".replay p")
    for _ in range(40):
        slider.press("ArrowLeft")
        if "报告进展" in line.inner_text():
            break
    expect(line).to_contain_text("南岸区 消防救援：60% 火势已控")
    expect(said).to_contain_text("60% 火势已控")


def test_why_an_officer_decided_so_is_in_the_replay(enter: Enter, program: Program) -> None:
    """The line of that moment names the officer and the reason."""
    a_fire_under_way(program, "500108108", "南坪商圈")
    panel = opened(enter(OFFICER, DESK), told_of_fire("南坪商圈"))
    slider, line = panel.locator("#replay-slider"), panel.locator(".replay p")
    slider.press("Home")
    for _ in range(60):
        if "现场民警确认" in line.inner_text():
            break
        slider.press("ArrowRight")
    expect(line).to_contain_text("night-officer：现场民警确认")
