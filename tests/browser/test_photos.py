"""Photographs, from a phone in the street and a unit's desk to the city's screen."""

from uuid import uuid4

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests import pictures
from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, reports_of, told_of_fire
from tests.browser.conftest import PHONE, WALL, Enter
from tests.browser.finding import opened
from tests.browser.people import FIREFIGHTER, OFFICER, WORKER
from tests.browser.test_appearance import serious_faults
from tests.browser.test_line import forgive_the_broken_line, incident_of, send, write


def photograph() -> FilePayload:
    """As a camera gives it: larger than is sent, with a position and a maker's word in it."""
    noise = Image.effect_noise((3_000, 2_000), 40).convert("RGB")
    content = pictures.jpeg(noise, exif=pictures.exif())
    return {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": content}


def shown_large(screen: Page, within: str) -> int:
    """Enlarge the first photograph there by keyboard, look at it, and go back; its width as it is served."""
    button = screen.locator(f"#incident-body {within} .photo").first
    expect(button.locator("img")).to_be_attached()
    button.focus()
    button.press("Enter")
    large = screen.get_by_role("dialog").locator("img.large")
    expect(large).to_be_visible()
    width = int(large.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }"))
    assert large.get_attribute("alt")
    screen.keyboard.press("Escape")
    expect(large).to_be_hidden()
    return width


def test_a_photograph_from_the_phone_is_seen_in_the_city(enter: Enter, program: Program) -> None:
    """Chosen, seen small, sent shrunk with the words; its position only because it was asked for; enlarged there."""
    phone, words = enter(WORKER, PHONE), f"餐馆后厨燃气闪爆 {uuid4().hex[:6]}"
    write(phone, words)
    phone.get_by_label("拍照或选图").set_input_files([photograph(), photograph()])
    expect(phone.get_by_role("img", name="照片 2")).to_be_visible()
    phone.get_by_role("button", name="移除照片 2").click()
    expect(phone.get_by_role("img", name="照片 2")).to_have_count(0)
    phone.get_by_role("button", name="用照片的位置：照片 1").click()
    expect(phone.locator("#located")).to_have_text("已附上照片的位置")
    phone.wait_for_function(
        "() => JSON.parse(localStorage['fenghuo.draft.worker']).photos[0].attachment !== null"
    )
    assert serious_faults(phone, "light") == []
    send(phone)
    sent = phone.locator("#sent .sent", has_text=words)
    expect(sent.locator(".state")).to_contain_text("已送达")
    expect(sent).to_contain_text("照片 1 张")
    incident_id = incident_of(program, words)
    [told] = reports_of(program, incident_id)
    assert told["position"] == {"lon": pictures.LON, "lat": pictures.LAT, "crs": "WGS84"}
    screen = enter(OFFICER, WALL)
    opened(screen, words)
    assert shown_large(screen, ".reports") == 2_560
    assert serious_faults(screen, "dark") == []


def test_words_go_before_photographs_that_wait_for_a_line(
    enter: Enter, program: Program, complaints: list[str]
) -> None:
    """The report first, the photograph as its follow-up, each once, though the page was loaded anew meanwhile."""
    phone, words = enter(WORKER, PHONE), f"小区地库燃气味 {uuid4().hex[:6]}"
    write(phone, words, "鸡冠石镇")
    phone.context.set_offline(True)
    phone.get_by_label("拍照或选图").set_input_files(photograph())
    expect(phone.get_by_role("img", name="照片 1")).to_be_visible()
    send(phone)
    expect(phone.locator("#sent .state", has_text="待发送")).to_have_count(2)
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.locator("#sent .state", has_text="已送达")).to_have_count(2)
    incident_id = incident_of(program, words)
    program.await_that(lambda: len(reports_of(program, incident_id)) == 2, "the photograph followed", 60)
    follow_up, first = reports_of(program, incident_id)
    assert (first["text"], first["attachments"]) == (words, [])
    assert follow_up["refers_to"] == first["report_id"]
    assert "'is_kept': True" in str(follow_up["attachments"])
    forgive_the_broken_line(complaints)


def test_a_unit_shows_what_it_did(enter: Enter, program: Program) -> None:
    """Progress with a photograph: on its own desk at once, and beside its command on the city's screen."""
    place = "弹子石滨江路66号"
    a_fire_under_way(program, "500108003", place)
    desk = enter(FIREFIGHTER, PHONE)
    command = desk.locator("#owed .command", has_text="成立现场指挥部").filter(has_text=place)
    command.get_by_role("button", name="签收").click()
    desk.get_by_role("dialog").get_by_role("button", name="确认").click()
    command.get_by_role("button", name="报告进展").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("说明").fill("水枪已出水")
    dialog.get_by_label("拍照或选图").set_input_files(photograph())
    expect(dialog.get_by_role("img", name="照片 1")).to_be_visible()
    assert serious_faults(desk, "light") == []
    dialog.get_by_role("button", name="确认").click()
    expect(command.locator(".photo img")).to_be_visible()
    screen = enter(OFFICER, WALL)
    opened(screen, told_of_fire(place))
    assert shown_large(screen, ".commands") == 2_560
