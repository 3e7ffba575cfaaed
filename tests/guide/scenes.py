"""Scenes: what is played before each picture, in three programs: a busy city, a night by hand, a city asleep."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests import pictures
from tests.browser.by_hand import a_fire_under_way, decide, report, told_of_fire
from tests.browser.conftest import PHONE
from tests.browser.finding import opened
from tests.browser.people import COMMANDER, FIREFIGHTER, OFFICER, WORKER
from tests.guide.camera import Camera

_BUSY_MS = (
    100_000  # at sixty times the speed: long enough that some incidents are closed and ratings are known
)
_HELD_MS = 1_800
_SILENT_MS = 9_000
_SEVERE = {"deaths": 12, "injured": 60}


class Scene(NamedTuple):
    """A program's settings, what is played with it, and the pictures that it gives."""

    settings: Mapping[str, object]
    play: Callable[[Camera], None]
    gives: tuple[str, ...]


def _live(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("实时在线")
    expect(page.locator("svg.city .shape").first).to_be_attached()


def a_busy_city(camera: Camera) -> None:
    """The simulator plays; the screen as an officer finds it."""
    page = camera.enter(OFFICER)
    page.wait_for_timeout(_BUSY_MS)
    page.locator("#lanes .lane").nth(3).locator(".card").first.dispatch_event("click")
    expect(page.locator("#incident-body .steps")).to_be_attached()
    camera.take("screen", page)
    camera.take("heat", page.locator("#heat"))
    camera.take("board", page.locator("#board"))
    camera.take("map-ratings", page.locator("#map"))
    page.get_by_role("button", name="实时告警").click()
    camera.take("map-alarms", page.locator("#map"))
    page.get_by_role("button", name="考评", exact=True).click()
    expect(page.locator(".standings tbody tr").first).to_be_visible()
    camera.take("appraisal", page)
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    expect(page.get_by_role("slider", name="时刻")).to_be_focused()
    page.keyboard.press("End")
    camera.take("day-replay", page)
    page.keyboard.press("Escape")
    _lost_line(camera, page)


def _lost_line(camera: Camera, page: Page) -> None:
    camera.program.kill()
    expect(page.locator("#connection")).to_have_text("连接中断")
    page.wait_for_timeout(_SILENT_MS)
    camera.take("connection-lost", page.locator("header"))


def a_night_by_hand(camera: Camera) -> None:
    """What one decides, and with whom; a phone and a unit's desk beside it."""
    page = camera.enter(OFFICER)
    _live(page)
    words = "北滨路酒店燃气爆炸，多层坍塌"
    report(
        camera.program, text=words, category="accident.gas", area_code="500105001", urgent=True, facts=_SEVERE
    )
    expect(page.locator("#alert")).to_contain_text(words)
    camera.take("alert", page.locator("header"))
    page.locator("#alert").click()
    panel = page.locator("#incident-body")
    expect(panel.locator(".actions")).to_be_visible()
    _two_persons(camera, page, words)
    _replayed(camera, page)
    _undone(camera, page)
    _exercise(camera, page)
    _on_the_phone(camera, page)


def _hold(button: Locator) -> None:
    button.click(delay=_HELD_MS)


def _say_why(page: Page, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name="确认").click()
    expect(dialog).to_be_hidden()


def _two_persons(camera: Camera, page: Page, words: str) -> None:
    panel = page.locator("#incident-body")
    panel.get_by_role("button", name="签收", exact=True).click()
    expect(panel).to_contain_text(OFFICER.name)
    panel.locator(".actions").scroll_into_view_if_needed()
    camera.take("decisions", page.locator("#incident"))
    _hold(panel.get_by_role("button", name="一键下达"))
    expect(page.get_by_role("dialog")).to_contain_text("由第二人复核方能生效")
    camera.take("release", page)
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page.locator("#proposals")).to_contain_text("等待第二人复核")
    commander = camera.enter(COMMANDER)
    theirs = commander.locator("#proposals-list > li", has_text=words)
    theirs.get_by_role("button", name="展开 涉及指令").click()
    camera.take("second-person", commander)
    _hold(theirs.get_by_role("button", name="按住复核同意"))
    expect(page.locator("#proposals")).to_contain_text("已复核同意")
    commander.context.close()
    page.locator("#proposals").get_by_role("button", name="知道了").click()


def _replayed(camera: Camera, page: Page) -> None:
    panel = page.locator("#incident-body")
    commands = panel.locator(".commands")
    expect(commands.locator("li").first).to_be_attached()
    commands.scroll_into_view_if_needed()
    camera.take("commands", page.locator("#incident"))
    slider = page.locator("#replay-slider")
    slider.focus()
    slider.press("Home")
    expect(page.locator("#incident .mark")).to_have_text("回放")
    panel.evaluate("(body) => { body.scrollTop = 0 }")
    camera.take("incident-replay", page.locator("#incident"))
    page.locator("#leave-past").click()


def _undone(camera: Camera, page: Page) -> None:
    words = "长江二路地下车库有汽油味"
    report(camera.program, text=words, category="accident.gas", area_code="500107001")
    panel = opened(page, words)
    panel.get_by_role("button", name="核实属实").click()
    camera.take("reason", page)
    _say_why(page, "物业确认")
    expect(page.locator("#undo")).to_contain_text("核实结论可撤销")
    page.wait_for_timeout(6_000)  # until the line that says so is gone
    page.locator("#filter-text").fill("")
    camera.take("undo", page)


def _exercise(camera: Camera, page: Page) -> None:
    words = "地下停车场火灾疏散演习"
    report(camera.program, text=words, category="accident.fire", area_code="500112012", exercise=True)
    panel = opened(page, words)
    expect(panel).to_contain_text("演练")
    panel.evaluate("(body) => { body.scrollTop = 0 }")
    page.locator("#filter-text").fill("")
    camera.take("exercise", page)


def _on_the_phone(camera: Camera, page: Page) -> None:
    phone = camera.enter(WORKER, PHONE)
    words = "老居民楼楼道堆放电动车，有烧焦味"
    phone.get_by_role("button", name="火灾事故", exact=True).click()
    phone.get_by_label("发生了什么").fill(words)
    phone.get_by_label("具体地点").fill("海棠溪正街8号")
    phone.get_by_label("拍照或选图").set_input_files([_photograph()])
    expect(phone.get_by_role("img", name="照片 1")).to_be_visible()
    phone.locator("#photos-part").scroll_into_view_if_needed()
    camera.take("report-phone", phone)
    phone.get_by_role("button", name="上报", exact=True).click()
    expect(phone.locator("#sent .state").first).to_contain_text("已送达")
    panel = opened(page, words)
    expect(panel.locator(".photo img").first).to_be_attached()
    panel.evaluate("(body) => { body.scrollTop = body.scrollHeight }")
    camera.take("photograph", page.locator("#incident"))
    place = "学府大道19号"
    a_fire_under_way(camera.program, "500108002", place)
    desk = camera.enter(FIREFIGHTER, PHONE)
    expect(desk.locator("#owed .command").first).to_be_visible()
    camera.take("desk-phone", desk)
    page.locator("#filter-text").fill("")
    opened(page, told_of_fire(place)).get_by_role("button", name="全部撤回").scroll_into_view_if_needed()
    _hold(page.locator("#incident-body").get_by_role("button", name="全部撤回"))
    expect(page.get_by_role("dialog")).to_be_visible()
    camera.take("retract", page)


def _photograph() -> FilePayload:
    """Brick red below, wall grey above: a picture of nothing and nobody."""
    drawn = Image.linear_gradient("L").resize((800, 600))
    content = pictures.jpeg(Image.merge("RGB", (drawn, drawn.point(lambda v: v // 2), drawn.rotate(180))))
    return {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": content}


def a_city_asleep(camera: Camera) -> None:
    """Nobody answers, a minute passes in a second: what was severe stands red, and what was not is late."""
    page = camera.enter(OFFICER)
    _live(page)
    fire = "解放碑商圈高层起火，多人被困"
    flood = "河水漫过滨江路，两辆车被淹"
    report(camera.program, text=flood, category="nature.flood", area_code="500101001", facts={"trapped": 2})
    incident = report(
        camera.program, text=fire, category="accident.fire", area_code="500103001", facts=_SEVERE
    )
    camera.program.await_that(
        lambda: camera.program.http.get(f"/api/incidents/{incident}").json()["summary"]["red_alarm"],
        "a red alarm",
        120,
    )
    page.locator("#lanes .card", has_text=fire).dispatch_event("click")
    expect(page.locator("#incident-body")).to_contain_text("红色告警")
    page.locator("#incident-body").evaluate("(body) => { body.scrollTop = 0 }")
    camera.take("red-alarm", page)
    decide(camera.program, incident, action="acknowledge")


SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        "busy": Scene(
            {"speed": 60, "seed": 7},
            a_busy_city,
            (
                "screen",
                "heat",
                "board",
                "map-ratings",
                "map-alarms",
                "appraisal",
                "day-replay",
                "connection-lost",
            ),
        ),
        "by hand": Scene(
            {"simulate": False},
            a_night_by_hand,
            (
                "alert",
                "decisions",
                "release",
                "second-person",
                "commands",
                "incident-replay",
                "reason",
                "undo",
                "exercise",
                "report-phone",
                "photograph",
                "desk-phone",
                "retract",
            ),
        ),
        "asleep": Scene({"simulate": False, "speed": 60}, a_city_asleep, ("red-alarm",)),
    }
)
