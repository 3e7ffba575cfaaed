"""Personal data leaves by one door, on purpose and written down; everywhere else words are masked."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, report_message_id
from models.tables import AUDIT
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import TOWNSHIP, report
from tests.integration.gateway.conftest import Gateway, client_of

ON_BOTH_DATABASES = True

PHONES = ("13812345678", "13987654321", "13700001111", "13611112222")
SAID = report(
    urgent=True,
    reporter_id=PHONES[0],
    title=f"张三家起火，回拨{PHONES[1]}",
    text=f"报警人张三{PHONES[2]}称3人死亡",
    place=f"幸福里3栋，找老李{PHONES[3]}",
    contact={"name": "张三", "phone": PHONES[1]},
)
LOOKS = (
    "/api/incidents",
    "/api/incidents/{id}",
    "/api/incidents/{id}/reports",
    "/api/incidents/{id}/events",
    "/api/incidents/{id}/commands",
    "/api/screen/snapshot",
    "/api/heat?scope=500108",
)


@pytest.fixture
async def incident_id(gateway: Gateway) -> str:
    await gateway.client.post("/api/reports", json=SAID)
    await gateway.engine.settle()
    return str((await gateway.client.get("/api/incidents")).json()["incidents"][0]["incident_id"])


@pytest.fixture
async def officer(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A duty officer of the district, who may read personal data and has not asked for it."""
    who = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, who, None, NOON)
        cookie = await open_session(connection, who.person_id, gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        client.headers.update({"Cookie": f"{SESSION_COOKIE}={cookie}"})
        yield client


@pytest.mark.parametrize("path", LOOKS)
async def test_no_view_shows_a_number_or_a_name(
    officer: httpx.AsyncClient, incident_id: str, path: str
) -> None:
    """Lists, the incident, its log, reports, orders, screen and ranking: masked even for those who may know."""
    answer = await officer.get(path.format(id=incident_id))
    assert answer.status_code == 200, answer.text
    assert [secret for secret in (*PHONES, "张三") if secret in answer.text] == []


async def test_the_log_tells_a_person_everything_else(officer: httpx.AsyncClient, incident_id: str) -> None:
    """Masked events have the same seqs and types, and spans that point at the same characters."""
    masked = (await officer.get(f"/api/incidents/{incident_id}/events")).json()["events"]
    assert [event["seq"] for event in masked] == list(range(1, len(masked) + 1))
    [joined] = [event["data"] for event in masked if event["type"] == "report_joined"]
    spans = [span for fact in joined["understood"]["facts"] for span in fact["spans"]]
    [shown] = (await officer.get(f"/api/incidents/{incident_id}/reports")).json()["reports"]
    assert spans
    assert all(shown[span["part"]][span["start"] : span["end"]] == span["words"] for span in spans)
    assert joined["reporter_key"] == "grid-1/138****5678"


async def test_whoever_asks_is_told_and_stands_in_the_audit(
    gateway: Gateway, officer: httpx.AsyncClient, incident_id: str
) -> None:
    """The report as it was sent, and one entry that names the report and none of its words, each time."""
    path = f"/api/incidents/{incident_id}/reports/grid-1/r-1/personal"
    assert (await officer.get(path)).status_code == 200
    assert (await officer.get(path)).json() == {
        "source_id": "grid-1",
        "report_id": "r-1",
        "reporter_id": PHONES[0],
        "contact_name": "张三",
        "contact_phone": PHONES[1],
        "title": SAID["title"],
        "text": SAID["text"],
        "place": SAID["place"],
    }
    async with gateway.services.database.read() as connection:
        rows = (await connection.execute(select(AUDIT).where(AUDIT.c.act == "read_personal_data"))).all()
    subject = report_message_id("grid-1", "r-1")  # type: ignore[arg-type] # plain words of a test
    asked = [(row.person_id, row.area_code, row.subject, row.outcome) for row in rows]
    assert asked == [("wang", TOWNSHIP, subject, "allowed")] * 2


async def test_a_report_of_another_incident_is_not_found(
    officer: httpx.AsyncClient, gateway: Gateway, incident_id: str
) -> None:
    """The report must lie in the incident that the path names."""
    other = report(report_id="r-2", category="nature.flood", area_code="500101001")
    await gateway.client.post("/api/reports", json=other)
    await gateway.engine.settle()
    answer = await officer.get(f"/api/incidents/{incident_id}/reports/grid-1/r-2/personal")
    assert answer.status_code == 404


async def test_the_installation_reads_the_log_byte_for_byte(gateway: Gateway, incident_id: str) -> None:
    """Its holder reads the topic anyway; no title or place in it names anybody even so."""
    events = (await gateway.client.get(f"/api/incidents/{incident_id}/events")).json()["events"]
    opened = orjson.dumps(events[0]).decode()
    assert events[0]["data"]["title"] == "张*家起火，回拨139****4321"
    assert [phone for phone in PHONES[1:] if phone in opened] == []
    assert orjson.dumps(events).decode().count(PHONES[0]) > 0, "reporters are known by their keys"


async def test_one_of_a_flood_is_shown_with_why(gateway: Gateway) -> None:
    """The eleventh report of one phone in a minute says so, its incident is doubtful, and nobody was sent."""
    for number in range(11):
        last = {"area_code": "500101001", "category": "nature.flood"} if number == 10 else {}
        said = report(report_id=f"r-{number}", reporter_id=PHONES[0], urgent=True, **last)
        assert (await gateway.client.post("/api/reports", json=said)).is_success
        await gateway.engine.settle()
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    views = [(await gateway.client.get(f"/api/incidents/{one['incident_id']}")).json() for one in listed]
    doubtful = [view for view in views if view["is_doubtful"]]
    assert len(doubtful) == 1, "the last one lies apart"
    [summary] = [view["summary"] for view in doubtful]
    assert (summary["stage"], summary["open_commands"], summary["urgent"]) == ("verification", 0, True)
    [shown] = (await gateway.client.get(f"/api/incidents/{summary['incident_id']}/reports")).json()["reports"]
    assert shown["low_trust"] == {"reports": 11, "most": 10, "within_seconds": 60}
    assert doubtful[0]["trust"] == {"trusted": 0, "low": 1}
