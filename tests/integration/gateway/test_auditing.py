"""What a request leaves in the audit: one entry for each change and each refusal, and nothing of what was said."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from models.access import Act, Role, Someone
from models.identifiers import AreaCode, UnitCode
from models.tables import AUDIT
from streams.access.accounts import disable_account, keep_account
from streams.access.audit import Outsider, entry_of, verify
from streams.access.sessions import new_link, open_session
from streams.gateway.auditing import with_reports_together
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import TOWNSHIP, Body, decision, feedback, report
from tests.integration.gateway.conftest import Gateway, client_of

PASSWORD = "correct horse battery"
ELSEWHERE = AreaCode("500101")
OFFICER = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode(TOWNSHIP))
STRANGER = Someone(person_id="zhao", name="赵值班", role=Role.DUTY_OFFICER, area_code=ELSEWHERE)
SUPERVISOR = Someone(person_id="sun", name="孙督查", role=Role.SUPERVISOR, area_code=AreaCode(TOWNSHIP))
BRIGADE = Someone(
    person_id="li",
    name="李队长",
    role=Role.UNIT,
    area_code=AreaCode(TOWNSHIP),
    unit_code=UnitCode(f"{TOWNSHIP}:fire"),
)
PEOPLE = (OFFICER, STRANGER, SUPERVISOR, BRIGADE)
INSTALLATION = "the installation"
SIGNED = {"officer": {"id": "wang", "name": "王值班"}, "area_code": TOWNSHIP}


class Browsers:
    """Everybody's browser, signed in; what brought them there is not in the audit."""

    def __init__(self, client: httpx.AsyncClient, cookies: dict[str, str]) -> None:
        self._client = client
        self._cookies = cookies

    async def ask(self, who: Someone, method: str, path: str, body: object = None) -> httpx.Response:
        cookie = f"{SESSION_COOKIE}={self._cookies[who.person_id]}"
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        return await self._client.request(method, path, json=body, headers=headers)


@pytest.fixture
async def browsers(gateway: Gateway) -> AsyncIterator[Browsers]:
    cookies = {}
    for person in PEOPLE:
        async with gateway.services.database.write() as connection:
            await keep_account(connection, person, PASSWORD, NOON)
            cookies[person.person_id] = await open_session(connection, person.person_id, gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        yield Browsers(client, cookies)


@pytest.fixture
async def incident(gateway: Gateway) -> dict[str, Any]:
    """An incident with commands; the report that opened it is the first entry of the audit."""
    await gateway.client.post("/api/reports", json=report(urgent=True))
    await gateway.engine.settle()
    [listed] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    sent = (await gateway.client.get(f"/api/incidents/{listed['incident_id']}/commands")).json()["commands"]
    command_id = next(
        one["command"]["command_id"] for one in sent if one["command"]["unit_code"] == BRIGADE.unit_code
    )
    return {"incident_id": listed["incident_id"], "command_id": command_id}


async def written(gateway: Gateway) -> list[tuple[str, str, str | None, str | None, str]]:
    """Who, act, area, subject and outcome of every entry, of a chain that is whole."""
    async with gateway.services.database.read() as connection:
        assert (await verify(connection)).broken_at is None
        rows = await connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
        return [(row.person_id, row.act, row.area_code, row.subject, row.outcome) for row in rows]


async def test_what_people_change_is_written_down_once(
    gateway: Gateway, browsers: Browsers, incident: dict[str, Any]
) -> None:
    """A report, a decision and a feedback leave one entry each, by message id; sending them again leaves none."""
    decide, answer = (
        f"/api/incidents/{incident['incident_id']}/decisions",
        (f"/api/commands/{incident['command_id']}/feedback"),
    )
    said = feedback(incident_id=incident["incident_id"], unit_code=BRIGADE.unit_code)
    ids = []
    for _ in range(2):
        told = [
            await browsers.ask(OFFICER, "POST", "/api/reports", report(report_id="r-2")),
            await browsers.ask(OFFICER, "POST", decide, decision(**SIGNED)),
            await browsers.ask(BRIGADE, "POST", answer, said),
        ]
        ids = [one.json()["message_id"] for one in told]
    assert (await written(gateway))[1:] == [
        ("wang", "report", TOWNSHIP, ids[0], "allowed"),
        ("wang", "handle", TOWNSHIP, ids[1], "allowed"),
        ("li", "answer_commands", TOWNSHIP, ids[2], "allowed"),
    ]


async def test_a_conflict_changes_nothing_and_leaves_nothing(gateway: Gateway, browsers: Browsers) -> None:
    """Other content under the same id is 409, and the audit has the first alone."""
    for title in ("某处起火", "别处起火"):
        await browsers.ask(OFFICER, "POST", "/api/reports", report(title=title))
    assert [entry[0] for entry in await written(gateway)] == ["wang"]


async def test_the_installations_decisions_are_its_own(gateway: Gateway, incident: dict[str, Any]) -> None:
    """The token stands in the audit as the installation, one entry a decision."""
    path = f"/api/incidents/{incident['incident_id']}/decisions"
    told = [await gateway.client.post(path, json=decision(decision_id=f"d-{n}")) for n in range(2)]
    ids = [one.json()["message_id"] for one in told]
    assert [(entry[0], entry[1], entry[3]) for entry in (await written(gateway))[1:]] == [
        (INSTALLATION, "handle", one) for one in ids
    ]


async def test_the_installations_reports_of_one_transaction_are_one_entry(gateway: Gateway) -> None:
    """A flood under the token costs an entry a transaction, and each report still stands in the intake."""
    bodies = [report(report_id=f"r-{number}") for number in range(12)]
    told = await asyncio.gather(*(gateway.client.post("/api/reports", json=body) for body in bodies))
    assert [one.status_code for one in told] == [202] * 12
    moments = {one.json()["message_id"]: one.json()["accepted_at"] for one in told}
    entries = await written(gateway)
    assert {entry[:3] for entry in entries} == {(INSTALLATION, "report", None)}
    assert {moments[entry[3] or ""] for entry in entries} == set(moments.values())
    assert len(entries) < 12


def test_only_the_installations_reports_are_taken_together() -> None:
    """People's reports and everybody's decisions keep an entry each."""
    asked: list[tuple[Someone | Outsider, Act, str]] = [
        (Outsider.INSTALLATION, Act.REPORT, "1"),
        (OFFICER, Act.REPORT, "2"),
        (Outsider.INSTALLATION, Act.HANDLE, "3"),
        (Outsider.INSTALLATION, Act.REPORT, "4"),
        (OFFICER, Act.REPORT, "5"),
        (Outsider.INSTALLATION, Act.HANDLE, "6"),
    ]
    entries = [entry_of(who, act, None, subject, allowed=True, at=NOON) for who, act, subject in asked]
    assert [entry.subject for entry in with_reports_together(entries)] == ["1", "2", "3", "5", "6"]


@dataclass(frozen=True)
class Denied:
    """What somebody asks for and may not: {i} is the incident, {c} the command; `entry` is act, area and subject."""

    who: Someone
    asked: str
    status: int
    entry: tuple[str, str | None, str | None]
    body: Body | None = None


COMMAND_FEEDBACK = "POST /api/commands/{c}/feedback"
DECISIONS = "POST /api/incidents/{i}/decisions"
REGRADING = decision(action="regrade", level="III", reason="因", **SIGNED)
DENIED = (
    Denied(STRANGER, "GET /api/incidents/{i}", 404, ("read_incidents", TOWNSHIP, "{i}")),
    Denied(STRANGER, DECISIONS, 404, ("read_incidents", TOWNSHIP, "{i}"), decision()),
    Denied(STRANGER, "GET /api/incidents/none", 404, ("read_incidents", None, "none")),
    Denied(STRANGER, f"GET /api/incidents?area={TOWNSHIP}", 404, ("read_incidents", TOWNSHIP, None)),
    Denied(STRANGER, f"GET /api/ratings?area={TOWNSHIP}", 404, ("read_appraisal", TOWNSHIP, None)),
    Denied(STRANGER, f"GET /api/screen/snapshot?area={TOWNSHIP}", 404, ("read_incidents", TOWNSHIP, None)),
    Denied(BRIGADE, "GET /api/units/500101:fire/commands", 404, ("read_commands", ELSEWHERE, "500101:fire")),
    Denied(
        STRANGER,
        COMMAND_FEEDBACK,
        404,
        ("read_commands", TOWNSHIP, "{c}"),
        feedback(incident_id="i", unit_code="500101:fire"),
    ),
    Denied(
        OFFICER,
        COMMAND_FEEDBACK,
        403,
        ("answer_commands", TOWNSHIP, "{c}"),
        feedback(incident_id="i", unit_code=f"{TOWNSHIP}:fire"),
    ),
    Denied(OFFICER, DECISIONS, 403, ("command", TOWNSHIP, "{i}"), REGRADING),
    Denied(OFFICER, DECISIONS, 403, ("handle", TOWNSHIP, "{i}"), decision()),
)


@pytest.mark.parametrize("denied", DENIED, ids=lambda one: f"{one.who.person_id}-{one.asked}-{one.status}")
async def test_a_refusal_is_written_down_as_denied(
    gateway: Gateway, browsers: Browsers, incident: dict[str, Any], denied: Denied
) -> None:
    """403, and 404 for what is not this person's to see or was guessed at: who, act, area and what was asked for."""

    def filled(text: str) -> str:
        return text.replace("{i}", incident["incident_id"]).replace("{c}", incident["command_id"])

    method, path = filled(denied.asked).split()
    answer = await browsers.ask(denied.who, method, path, denied.body)
    assert answer.status_code == denied.status
    act, area_code, subject = denied.entry
    expected = (denied.who.person_id, act, area_code, subject and filled(subject), "denied")
    assert (await written(gateway))[1:] == [expected]


async def test_a_role_that_does_not_report_is_written_down(gateway: Gateway, browsers: Browsers) -> None:
    """The report is not kept; the refusal is."""
    answer = await browsers.ask(SUPERVISOR, "POST", "/api/reports", report())
    assert answer.status_code == 403
    assert [(one[0], one[1], one[4]) for one in await written(gateway)] == [("sun", "report", "denied")]


async def test_reading_what_is_ones_own_leaves_nothing(
    gateway: Gateway, browsers: Browsers, incident: dict[str, Any]
) -> None:
    """No route gives personal data away, so that there is nothing to write down when somebody reads."""
    for path in ("/api/incidents", f"/api/incidents/{incident['incident_id']}/reports", "/api/session"):
        assert (await browsers.ask(OFFICER, "GET", path)).status_code == 200
    await gateway.client.get("/api/incidents/none")
    assert len(await written(gateway)) == 1


async def test_coming_and_going_is_written_down(gateway: Gateway, browsers: Browsers) -> None:
    """Password, link and sign-out, each once; a link that is over and a session that has ended leave nothing."""
    async with gateway.services.database.write() as connection:
        link = await new_link(connection, "zhao", gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        await client.post("/api/session", json={"person_id": "wang", "password": PASSWORD})
        for _ in range(2):
            await client.get("/enter", params={"link": link})
        for _ in range(2):
            await browsers.ask(SUPERVISOR, "DELETE", "/api/session")
    assert await written(gateway) == [
        ("wang", "sign_in", TOWNSHIP, None, "allowed"),
        ("zhao", "use_link", ELSEWHERE, None, "allowed"),
        ("sun", "sign_out", TOWNSHIP, None, "allowed"),
    ]


@pytest.mark.parametrize(
    ("person_id", "who"),
    [("wang", ("wang", "sign_in", TOWNSHIP)), ("hunter2", ("somebody unknown", "sign_in", None))],
)
async def test_a_wrong_password_is_written_down_without_what_was_typed(
    gateway: Gateway, browsers: Browsers, person_id: str, who: tuple[str, str, str | None]
) -> None:
    """A name that nobody has may be a password in the wrong field: it is somebody unknown."""
    async with client_of(gateway.services, token=None) as client:
        answer = await client.post(
            "/api/session", json={"person_id": person_id, "password": "swordfish swordfish"}
        )
    assert answer.status_code == 401
    assert await written(gateway) == [(*who, None, "denied")]
    async with gateway.services.database.read() as connection:
        stored = repr((await connection.exec_driver_sql("SELECT * FROM audit")).all())
    assert not any(word in stored for word in ("swordfish", "hunter2"))


async def test_who_is_closed_out_and_tries_is_known(gateway: Gateway, browsers: Browsers) -> None:
    """The right password of a closed account is refused, and stands there under its owner."""
    async with gateway.services.database.write() as connection:
        await disable_account(connection, "zhao")
    async with client_of(gateway.services, token=None) as client:
        answer = await client.post("/api/session", json={"person_id": "zhao", "password": PASSWORD})
    assert answer.status_code == 401
    assert await written(gateway) == [("zhao", "sign_in", ELSEWHERE, None, "denied")]


async def test_the_link_of_a_closed_account_opens_nothing(gateway: Gateway, browsers: Browsers) -> None:
    """It leads to the sign-in page like any link that is over."""
    async with gateway.services.database.write() as connection:
        link = await new_link(connection, "zhao", gateway.clock.now())
        await disable_account(connection, "zhao")
    async with client_of(gateway.services, token=None) as client:
        answer = await client.get("/enter", params={"link": link})
    assert answer.headers["location"] == "/sign-in?link=over"
    assert await written(gateway) == []


async def test_words_of_a_report_are_not_in_the_audit(gateway: Gateway, browsers: Browsers) -> None:
    """Neither title nor text nor the reporter."""
    words = {"title": "旧楼三层冒烟", "text": "一位老人还在屋里", "reporter_id": "13800000000"}
    for who in (OFFICER, SUPERVISOR):
        await browsers.ask(who, "POST", "/api/reports", report(**words))
    async with gateway.services.database.read() as connection:
        stored = repr((await connection.exec_driver_sql("SELECT * FROM audit")).all())
    assert len(await written(gateway)) == 2
    assert not any(word in stored for word in words.values())


async def test_what_cannot_be_written_down_is_not_let_in(gateway: Gateway, browsers: Browsers) -> None:
    """A change and its entry stand together or not at all: without an audit the report is not kept either."""
    async with gateway.services.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO audit_away")
    assert (await browsers.ask(OFFICER, "POST", "/api/reports", report())).status_code >= 500
    assert (await browsers.ask(SUPERVISOR, "POST", "/api/reports", report())).status_code == 503
    async with gateway.services.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit_away RENAME TO audit")
    assert (await browsers.ask(OFFICER, "POST", "/api/reports", report())).status_code == 202
