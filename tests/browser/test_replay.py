"""The map of a past day in the browser: what its pages draw is what a fold of the logs says, and nothing live shows."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import chain

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Page, expect

from models.messages.event import Event
from models.vocabulary import Status
from tests.acceptance.program import Program
from tests.browser.by_hand import a_fire_under_way, decide, report
from tests.browser.conftest import DESK, PHONE, Enter
from tests.browser.people import OFFICER
from workflows.fold import fold

# What the page's own replay draws an area's count and level from, at some moments of the day.
REPLAYED = """async (moments) => {
  const { Day } = await import('/static/lib/day.js');
  const { alarms } = await import('/static/lib/store.js');
  const answers = {};
  for (const moment of moments) {
    const date = new Date(Date.parse(moment) + 8 * 3600e3).toISOString().slice(0, 10);
    answers[date] ??= new Day(await (await fetch(`/api/screen/day?date=${date}`)).json());
    const day = answers[date];
    const found = alarms(day.openAt(Date.parse(moment) - Date.parse(day.told.begins_at)).values());
    answers[moment] = Object.fromEntries([...found].map(([code, one]) => [code, [one.count, one.level, one.flashes]]));
  }
  return moments.map((moment) => answers[moment]);
}"""
Alarms = dict[str, list[object]]


def logs_of(program: Program) -> list[list[Event]]:
    """Every log that there is."""
    listed = program.http.get("/api/incidents", params={"limit": 200}).json()
    assert listed["next_cursor"] is None
    paths = [f"/api/incidents/{one['incident_id']}/events?limit=200" for one in listed["incidents"]]
    answers = [program.http.get(path).json() for path in paths]
    return [[Event.model_validate(one, strict=False) for one in answer["events"]] for answer in answers]


def folded(logs: list[list[Event]], at: datetime) -> Alarms:
    """By area: how many are open, the worst level, and whether a severe one has nobody."""
    pasts = ([event for event in log if event.recorded_at <= at] for log in logs)
    states = [state for past in pasts if past and (state := fold(past)).status is Status.OPEN]
    places = {
        state.incident_id: [
            code
            for name in ("city_code", "district_code", "township_code", "community_code", "grid_code")
            if (code := getattr(state.place, name))
        ]
        for state in states
    }
    counts = Counter(chain.from_iterable(places.values()))
    found: Alarms = {}
    for code, count in counts.items():
        here = [state for state in states if code in places[state.incident_id]]
        worst = max((state.level for state in here), key=lambda level: level.severity)
        flashes = any(state.level.value in ("I", "II") and state.acknowledged_by is None for state in here)
        found[code] = [count, worst.value, flashes]
    return found


def test_what_is_replayed_is_what_was(enter: Enter, program: Program) -> None:
    """At moments between the events of several incidents, page and fold agree on every area's alarm."""
    fire = a_fire_under_way(program, "500120001", "金山大道7号")
    trifle = report(program, area_code="500120002", text="路灯不亮")
    decide(program, trifle, action="acknowledge")
    decide(program, trifle, action="verify", verdict="false", reason="路灯正常")
    program.await_that(
        lambda: program.http.get(f"/api/incidents/{trifle}").json()["summary"]["status"] == "rejected",
        "the report was false",
        30,
    )
    logs = logs_of(program)
    own = [event.recorded_at for log in logs for event in log if event.incident_id in (fire, trifle)]
    moments = [moment + timedelta(milliseconds=1) for moment in sorted(set(own))]
    page = enter(OFFICER, DESK)
    told = page.evaluate(REPLAYED, [moment.isoformat() for moment in moments])
    # The page knows milliseconds: what was recorded in the same one counts as having happened.
    expected = [
        folded(logs, moment.replace(microsecond=moment.microsecond // 1000 * 1000 + 999))
        for moment in moments
    ]
    assert told == expected
    assert len({str(one.get("500120")) for one in expected}) >= 3


def open_replay(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("实时在线")
    expect(page.locator("svg.city .shape").first).to_be_attached()
    page.keyboard.press("y")
    expect(page.locator("#rewind .mark")).to_have_text("回放")


def test_a_day_is_replayed_by_keys_and_nothing_live_shows(enter: Enter, program: Program) -> None:
    """Slider, play and pause by keys, one key back; meanwhile no decision is taken and nothing live is seen."""
    report(program, area_code="500151001", category="accident.fire", facts={"deaths": 12})
    page = enter(OFFICER, DESK)
    open_replay(page)
    for hidden in ("#heat", "#board", "#incident", "#clock"):
        expect(page.locator(hidden)).to_be_hidden()
    slider = page.get_by_role("slider", name="时刻")
    expect(slider).to_be_focused()
    expect(page.locator("#rewind-clock")).to_contain_text("00:00:00")
    page.keyboard.press("End")
    expect(page.locator("svg.city .shape[aria-label^='铜梁区 重大']")).to_be_attached()
    page.keyboard.press("Home")
    expect(page.locator("svg.city .shape[aria-label='铜梁区 ']")).to_be_attached()
    page.locator("#rewind-play").press("Enter")
    expect(page.locator("#rewind-play")).to_have_text("暂停")
    expect(page.locator("#rewind-clock")).not_to_contain_text("00:00:00")
    page.locator("#rewind-play").press("Enter")
    expect(page.locator("#rewind-play")).to_have_text("播放")
    serious = [one["id"] for one in Axe().run(page).response["violations"]]
    assert serious == []
    page.keyboard.press("Escape")
    expect(page.locator("#rewind")).to_be_hidden()
    expect(page.locator("#board")).to_be_visible()
    expect(page.locator("#clock")).to_be_visible()


def test_a_new_severe_incident_is_heard_during_a_replay(enter: Enter, program: Program) -> None:
    """Its line flashes over the past, and opening it leads back to what is."""
    page = enter(OFFICER, PHONE)
    open_replay(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    words = "工地塔吊倒塌，多人被压"
    report(program, text=words, area_code="500152001", category="accident.fire", facts={"deaths": 12})
    page.locator("#alert", has_text=words).click()
    expect(page.locator("#rewind")).to_be_hidden()
    expect(page.locator("#incident-body strong")).to_have_text(words)
