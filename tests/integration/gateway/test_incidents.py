"""Incidents out: filters, pages that never repeat, and everything about one incident but contact data."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from models.tables import EVENTS
from streams.gateway.cursors import seal
from tests.integration.gateway.bodies import Body, decision, report
from tests.integration.gateway.conftest import Gateway

ON_BOTH_DATABASES = True

Shown = dict[str, Any]

# One incident each: other categories and townships are never fused. The clock moves a minute after each.
CITY: tuple[Body, ...] = (
    report(report_id="fire"),
    report(report_id="gas", category="accident.gas", urgent=True),
    report(report_id="road", category="accident.road_traffic", area_code="500108002"),
    report(report_id="old-district", category="nature.flood", area_code="500112"),
    report(report_id="new-district", category="nature.geological", area_code="500157"),
    report(
        report_id="severe",
        category="health.epidemic",
        area_code="500101",
        reporter_id="worker-7",
        facts={"deaths": 30},
    ),
)


@pytest.fixture
async def city(gateway: Gateway) -> dict[str, str]:
    """The incident of each report, by the report's id; each opened a minute after the one before."""
    for body in CITY:
        await gateway.client.post("/api/reports", json=body)
        await gateway.engine.settle()
        gateway.clock.move(60)
    found = {}
    for shown in await listed(gateway):
        page = (await gateway.client.get(f"/api/incidents/{shown['incident_id']}/reports")).json()
        found[page["reports"][0]["report_id"]] = shown["incident_id"]
    assert set(found) == {body["report_id"] for body in CITY}
    return found


async def listed(gateway: Gateway, **filters: str) -> list[Shown]:
    """All incidents of a query that fits one page."""
    answer = await gateway.client.get("/api/incidents", params=filters)
    assert answer.status_code == 200, answer.text
    page: list[Shown] = answer.json()["incidents"]
    assert answer.json()["next_cursor"] is None
    return page


@pytest.mark.parametrize(
    ("filters", "reports"),
    [
        ({"area": "500000"}, {"fire", "gas", "road", "old-district", "new-district", "severe"}),
        ({"area": "500108"}, {"fire", "gas", "road"}),
        ({"area": "500108001"}, {"fire", "gas"}),
        ({"area": "500101"}, {"severe"}),
        ({"area": "500157"}, {"old-district", "new-district"}),
        ({"area": "500103"}, set()),
        ({"level": "I"}, {"severe"}),
        ({"stage": "verification"}, {"fire", "road", "old-district", "new-district"}),
        ({"stage": "disposal", "area": "500108"}, {"gas"}),
        ({"status": "closed"}, set()),
        ({"verdict": "unverified", "stage": "disposal"}, {"gas", "severe"}),
        ({"from": "2026-11-22T12:01:00Z", "to": "2026-11-22T12:03:00Z"}, {"gas", "road"}),
        ({"from": "2026-11-22T20:05:00+08:00"}, {"severe"}),
    ],
)
async def test_a_filter_lists_what_fits_it(
    gateway: Gateway, city: dict[str, str], filters: dict[str, str], reports: set[str]
) -> None:
    """Filters narrow together; a district has its townships below it and the districts that it took over."""
    by_incident = {incident_id: report_id for report_id, incident_id in city.items()}
    found = {by_incident[shown["incident_id"]] for shown in await listed(gateway, **filters)}
    assert found == reports


async def test_pages_hold_everything_once_and_newest_first(gateway: Gateway, city: dict[str, str]) -> None:
    """Two at a time, the list is the same as all at once, and the last page says that it is the last."""
    whole = await listed(gateway)
    assert [shown["updated_at"] for shown in whole] == sorted((s["updated_at"] for s in whole), reverse=True)
    paged: list[Shown] = []
    asked: dict[str, str] = {"limit": "2"}
    while True:
        page = (await gateway.client.get("/api/incidents", params=asked)).json()
        paged += page["incidents"]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert paged == whole
    assert len(whole) == len(set(city.values()))


async def test_a_cursor_is_good_for_its_own_query_alone(gateway: Gateway, city: dict[str, str]) -> None:
    """Changed by one character, made with another token or used with another filter, it is refused."""
    page = (await gateway.client.get("/api/incidents", params={"area": "500108", "limit": "1"})).json()
    cursor = page["next_cursor"]
    changed = cursor[:30] + ("A" if cursor[30] != "A" else "B") + cursor[31:]
    foreign = seal("another-token-altogether", "", ("2026-11-22T12:00:00+00:00", "x"))
    for asked in (
        {"area": "500108", "cursor": changed},
        {"area": "500108", "cursor": foreign},
        {"area": "500101", "cursor": cursor},
        {"cursor": cursor},
    ):
        answer = await gateway.client.get("/api/incidents", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    same = await gateway.client.get("/api/incidents", params={"area": "500108", "cursor": cursor})
    assert same.status_code == 200


async def test_one_incident_tells_what_an_officer_decides_by(gateway: Gateway, city: dict[str, str]) -> None:
    """Place, facts and whose report gave them, steps, clocks and waiting tasks; no reporter is named."""
    shown = (await gateway.client.get(f"/api/incidents/{city['severe']}")).json()
    assert shown["summary"]["level"] == "I"
    assert shown["place"]["district_code"] == "500101"
    assert shown["facts"]["deaths"] == 30
    assert shown["origins"]["deaths"] == {"source_id": "grid-1", "report_id": "severe", "spans": []}
    assert shown["steps"]["check"]["ended_at"] is None
    assert {deadline["kind"] for deadline in shown["deadlines"].values()} >= {"step"}
    assert shown["waiting_tasks"]
    assert "worker-7" not in orjson.dumps(shown).decode()


async def test_fields_that_words_contradict_are_shown(gateway: Gateway) -> None:
    """The field counts; what the words say is shown beside it with the words themselves."""
    body = report(title="村宴食物中毒", text="已有6人被送往医院救治。")
    await gateway.client.post("/api/reports", json=body)
    await gateway.engine.settle()
    [line] = await listed(gateway)
    shown = (await gateway.client.get(f"/api/incidents/{line['incident_id']}")).json()
    assert shown["summary"]["category"] == "accident.fire"
    [found] = shown["contradictions"]
    assert (found["field"], found["read"]) == ("category", "health.food_poisoning")
    assert found["span"]["words"] == "食物中毒"


async def test_the_log_comes_byte_for_byte_and_in_order(gateway: Gateway, city: dict[str, str]) -> None:
    """Three at a time, the events are those of the table, in the order of seq."""
    path, events = f"/api/incidents/{city['gas']}/events", []
    after: int | None = 0
    while after is not None:
        page = (await gateway.client.get(path, params={"after_seq": after, "limit": 3})).json()
        events += page["events"]
        after = page["next_after_seq"]
    async with gateway.services.database.read() as connection:
        statement = select(EVENTS.c.body).where(EVENTS.c.incident_id == city["gas"]).order_by(EVENTS.c.seq)
        bodies = list((await connection.execute(statement)).scalars())
    assert events == [orjson.loads(body) for body in bodies]
    whole = await gateway.client.get(path)
    assert b",".join(bodies) in whole.content
    assert [event["seq"] for event in events] == list(range(1, len(bodies) + 1))


async def test_reports_come_without_contact_and_unknown_fields(gateway: Gateway) -> None:
    """Whom to call and what nobody has described stay inside; that something was left out is told."""
    private = {
        "contact": {"name": "张三", "phone": "13800000000"},
        "phone": "13900000000",
        "facts": {"injured": 1, "note": "13700000000"},
    }
    await gateway.client.post("/api/reports", json=report(**private))
    await gateway.engine.settle()
    (incident,) = await listed(gateway)
    answer = await gateway.client.get(f"/api/incidents/{incident['incident_id']}/reports")
    (shown,) = answer.json()["reports"]
    assert not [secret for secret in ("张三", "138", "139", "137") if secret in answer.text]
    assert shown["unknown_fields"] == ["facts.note", "phone"]
    assert (shown["facts"]["injured"], shown["title"]) == (1, "某处起火")
    assert shown["resolved_place"]["district_code"] == "500108"


async def test_reports_come_by_page(gateway: Gateway) -> None:
    """Five reports of one incident, two at a time, each once; a cursor of one incident opens no other."""
    for number in range(5):
        await gateway.client.post(
            "/api/reports", json=report(report_id=f"r-{number}", source_id=f"s-{number}")
        )
        gateway.clock.move(1)
    await gateway.engine.settle()
    (incident,) = await listed(gateway)
    path, asked, found = f"/api/incidents/{incident['incident_id']}/reports", {"limit": "2"}, []
    while True:
        page = (await gateway.client.get(path, params=asked)).json()
        found += [shown["report_id"] for shown in page["reports"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert sorted(found) == [f"r-{number}" for number in range(5)]
    stray = await gateway.client.get("/api/incidents", params={"cursor": asked["cursor"]})
    assert stray.json()["code"] == "bad_cursor"


async def test_a_merged_incident_says_where_it_lives_on(gateway: Gateway, city: dict[str, str]) -> None:
    """It answers with status merged and the other's id; its reports and commands are there."""
    body = decision(action="merge", reason="one event", other_incident_id=city["gas"], area_code="500108")
    await gateway.client.post(f"/api/incidents/{city['fire']}/decisions", json=body)
    await gateway.engine.settle()
    states = [(await gateway.client.get(f"/api/incidents/{city[name]}")).json() for name in ("fire", "gas")]
    (gone,) = [state for state in states if state["summary"]["status"] == "merged"]
    (stays,) = [state for state in states if state["summary"]["status"] != "merged"]
    assert gone["summary"]["merged_into"] == stays["summary"]["incident_id"]
    assert stays["absorbed"] == [gone["summary"]["incident_id"]]
    reports = [
        (await gateway.client.get(f"/api/incidents/{state['summary']['incident_id']}/reports")).json()[
            "reports"
        ]
        for state in (gone, stays)
    ]
    assert [len(page) for page in reports] == [0, 2]


async def test_what_has_ended_is_suggested_no_more(gateway: Gateway) -> None:
    """Two spots of one township may be one event while both are open; a merge with a closed one would be refused."""
    spots = {"one": "安富大桥头起火，有浓烟", "other": "红旗农贸市场起火，有浓烟"}
    for name, text in spots.items():
        body = report(report_id=name, source_id=f"grid-{name}", title=None, text=text, category=None)
        await gateway.client.post("/api/reports", json=body)
        await gateway.engine.settle()
        gateway.clock.move(60)
    other, one = [shown["incident_id"] for shown in await listed(gateway)]
    assert [s["incident_id"] for s in (await shown_of(gateway, other))["suggestions"]] == [one]

    verdict = decision(action="verify", verdict="false", reason="误报", incident_id=one)
    answer = await gateway.client.post(f"/api/incidents/{one}/decisions", json=verdict)
    await gateway.engine.settle()
    assert (await shown_of(gateway, one))["summary"]["status"] == "rejected", answer.text
    assert (await shown_of(gateway, other))["suggestions"] == []


async def shown_of(gateway: Gateway, incident_id: str) -> Shown:
    """One incident as the screen shows it."""
    shown: Shown = (await gateway.client.get(f"/api/incidents/{incident_id}")).json()
    return shown
