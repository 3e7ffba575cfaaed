"""Ten thousand open incidents: the page holds a handful of cards, whatever is scrolled to or looked for."""

from uuid import uuid4

from playwright.sync_api import Page, Route, expect

from tests.acceptance.program import Program
from tests.browser.by_hand import report
from tests.browser.conftest import WALL, Enter

MANY = 10_000
STAGES = ("perception", "verification", "assessment", "disposal", "follow_up")
MOST_CARDS = 200
MOST_ELEMENTS = 1_500


def elements(page: Page, selector: str) -> int:
    return int(page.evaluate("(selector) => document.querySelectorAll(selector).length", selector))


def test_the_board_draws_only_what_is_in_sight(enter: Enter, program: Program) -> None:
    """Cards and elements stay few at the top, at the bottom, and for a filter; the counts tell of all."""
    report(program, text=f"下水道堵塞 {uuid4().hex[:6]}", area_code="500154001")
    page = enter(None, WALL)
    page.context.set_extra_http_headers({"Authorization": program.http.headers["Authorization"]})

    def multiply(route: Route) -> None:
        answer = route.fetch()
        shown = answer.json()
        place = {name: index for index, name in enumerate(shown["columns"])}
        rows = []
        for number in range(MANY):
            row = list(shown["rows"][0])
            row[place["incident_id"]] = f"many-{number:05}"
            row[place["title"]] = f"第{number:05}起"
            row[place["stage"]] = STAGES[number % len(STAGES)]
            rows.append(row)
        route.fulfill(response=answer, json=shown | {"rows": rows})

    page.route("**/api/screen/snapshot", multiply)
    page.route(
        "**/api/screen/stream*", lambda _: None
    )  # no news: what truly happens meanwhile is not counted
    page.goto("/")
    expect(page.locator("#counts dd").first).to_have_text(str(MANY))
    expect(page.locator("#lanes h3 .number").first).to_have_text(str(MANY // len(STAGES)))
    lane = page.locator("#lanes .scroll").first
    for part in (0, 0.5, 1):
        lane.evaluate("(lane, part) => { lane.scrollTop = part * lane.scrollHeight }", part)
        wanted = {0: "第00000起", 0.5: "第05000起", 1: f"第{MANY - len(STAGES):05}起"}[part]
        expect(lane.locator(".card", has_text=wanted)).to_be_attached()
        assert 0 < elements(page, "#lanes .card") < MOST_CARDS
        assert elements(page, "*") < MOST_ELEMENTS
    page.locator("#filter-text").fill("第0999")
    expect(page.locator("#counts dd").first).to_have_text("10")
    expect(page.locator("#lanes .card")).to_have_count(10)
