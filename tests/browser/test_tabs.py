"""Several tabs of one browser: one stream for all of them, and another leader when the first is closed."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import report
from tests.browser.conftest import DESK, Enter
from tests.browser.finding import card_of
from tests.browser.people import OFFICER

HANDED_OVER_SECONDS = 10


def streams_open(program: Program) -> int:
    """How many the server says."""
    lines = program.http.get("/metrics").text.splitlines()
    return int(float(next(one for one in lines if one.startswith("fenghuo_screen_streams_open ")).split()[1]))


def one_stream(program: Program) -> None:
    program.await_that(lambda: streams_open(program) == 1, "one tab has the stream", HANDED_OVER_SECONDS)


def another_tab(page: Page, complaints: list[str]) -> Page:
    tab = page.context.new_page()
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto("/")
    return tab


def sees_what_is_told(tabs: list[Page], program: Program, township: str) -> None:
    words = f"路面塌陷 {uuid4().hex[:6]}"
    report(program, text=words, area_code=township)
    for tab in tabs:
        expect(card_of(tab, words)).to_be_attached()


def test_tabs_share_one_stream_and_hand_it_over(
    enter: Enter, program: Program, complaints: list[str]
) -> None:
    """All are told; when the one with the stream is closed another has it within seconds and misses nothing."""
    first = enter(OFFICER, DESK)
    expect(first.locator("#connection")).to_have_text("实时在线")
    one_stream(program)  # the page is live with its snapshot, a moment before its stream is open
    second, third = another_tab(first, complaints), another_tab(first, complaints)
    for tab in (second, third):
        expect(tab.locator("#connection")).to_have_text("实时在线")
    sees_what_is_told([first, second, third], program, "500117001")
    assert streams_open(program) == 1
    first.close()
    one_stream(program)
    sees_what_is_told([second, third], program, "500116001")
    for tab in (second, third):
        expect(tab.locator("#connection")).to_have_text("实时在线")
    one_stream(program)


def test_a_tab_whose_leader_is_silent_helps_itself(
    enter: Enter, program: Program, complaints: list[str]
) -> None:
    """A tab that has the lock and says nothing, as a frozen one would, holds nobody up."""
    frozen = enter(None, DESK)
    frozen.goto("/sign-in")
    lock = f"fenghuo.live.{OFFICER.person_id}"
    frozen.evaluate("(lock) => { void navigator.locks.request(lock, () => new Promise(() => {})) }", lock)
    frozen.get_by_label("账号").fill(OFFICER.person_id)
    signed_in = frozen.context.request.post(
        "/api/session",
        data={"person_id": OFFICER.person_id, "password": "chuan-jiang-hao-zi"},
        headers={"Origin": program.url},
    )
    assert signed_in.ok
    tab = another_tab(frozen, complaints)
    expect(tab.locator("#connection")).to_have_text("实时在线")
    program.await_that(lambda: streams_open(program) >= 1, "it has a stream of its own", 30)
    sees_what_is_told([tab], program, "500114001")
