"""Who may do what through each route: roles x routes x areas, and a route without a row here fails."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import product

import httpx
import pytest
from fastapi.routing import APIRoute

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.gateway.api import ROOMS
from streams.gateway.security import OPEN_ON_LOOPBACK, OPEN_TO_ALL, SESSION_COOKIE
from tests import pictures
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import Body, decision, feedback, report
from tests.integration.gateway.conftest import Gateway, client_of

# The incident lies in this township; people sit in it, above it, below it, beside it and elsewhere.
TOWNSHIP, SIBLING, DISTRICT, ELSEWHERE, CITY = "500108001", "500108002", "500108", "500101", "500000"
DESKS = {Role.DUTY_OFFICER, Role.COMMANDER}
LOOKS = DESKS | {Role.SUPERVISOR}
SEES = (CITY, DISTRICT, TOWNSHIP)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
AS_PICTURE = {"Content-Type": "image/jpeg"}


@dataclass(frozen=True)
class Scene:
    """One incident with an order for the township's fire brigade, and the people of every role."""

    gateway: Gateway
    incident_id: str
    command_id: str
    digest: str
    proposal_id: str
    client: httpx.AsyncClient
    cookies: dict[tuple[Role, str], str]


@pytest.fixture
async def scene(gateway: Gateway) -> AsyncIterator[Scene]:
    picture = await gateway.client.post("/api/attachments", content=pictures.jpeg(), headers=AS_PICTURE)
    digest = picture.json()["digest"]
    named = [{"digest": digest, "media_type": "image/jpeg", "name": "现场.jpg"}]
    await gateway.client.post("/api/reports", json=report(urgent=True, attachments=named))
    await gateway.engine.settle()
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    path = f"/api/incidents/{incident['incident_id']}/commands"
    commands = (await gateway.client.get(path)).json()["commands"]
    command = next(one["command"] for one in commands if one["command"]["unit_code"] == f"{TOWNSHIP}:fire")
    proposal_id = await proposed_extension(gateway, incident["incident_id"])
    cookies = {}
    for role, area in product(Role, (*SEES, SIBLING, ELSEWHERE)):
        unit = UnitCode(f"{area}:fire") if role is Role.UNIT else None
        person = Someone(
            person_id=f"{role}-{area}", name="王", role=role, area_code=AreaCode(area), unit_code=unit
        )
        async with gateway.services.database.write() as connection:
            await keep_account(connection, person, None, NOON)
            cookies[role, area] = await open_session(connection, person.person_id, gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        named_ids = incident["incident_id"], command["command_id"], digest, proposal_id
        yield Scene(gateway, *named_ids, client, cookies)


async def proposed_extension(gateway: Gateway, incident_id: str) -> str:
    """A decision of an officer's that waits for a second person."""
    clocks = (await gateway.client.get(f"/api/incidents/{incident_id}")).json()["deadlines"]
    longer = {"deadline_id": next(iter(clocks)), "until": "2026-11-23T00:00:00Z", "reason": "因"}
    said = decision(decision_id="proposed", action="extend", **longer)
    answer = await gateway.client.post(f"/api/incidents/{incident_id}/decisions", json=said)
    assert answer.json()["outcome"] == "awaiting_second"
    return str(answer.json()["message_id"])


async def ask(scene: Scene, role: Role, area: str, method: str, path: str, body: Body | None = None) -> int:
    headers = {**SAME_ORIGIN, "Cookie": f"{SESSION_COOKIE}={scene.cookies[role, area]}"}
    path = path.replace("{incident}", scene.incident_id).replace("{command}", scene.command_id)
    path = path.replace("{digest}", scene.digest).replace("{proposal}", scene.proposal_id)
    if method == "POST" and body is None:
        answer = await scene.client.post(path, content=pictures.jpeg(), headers=headers | AS_PICTURE)
        return answer.status_code
    answer = await scene.client.request(method, path, json=body, headers=headers)
    return answer.status_code


Verdict = Callable[[Role, str], set[int]]


def seen_by(roles: set[Role], areas: tuple[str, ...] = SEES) -> Verdict:
    """200 for these roles there; for everybody else there is no such thing."""
    return lambda role, area: {200} if role in roles and area in areas else {404}


def of_my_own(role: Role, area: str) -> set[int]:
    return {200}


def decided(action_roles: set[Role]) -> Verdict:
    """Decided, or refused by the rules, or forbidden to who only looks on; for the rest there is no incident."""

    def verdict(role: Role, area: str) -> set[int]:
        if role not in LOOKS or area not in SEES:
            return {404}
        return {200, 202, 409} if role in action_roles else {403}

    return verdict


def countersigned(role: Role, area: str) -> set[int]:
    """The first commander settles it, and the others are told so."""
    if role not in LOOKS or area not in SEES:
        return {404}
    return {200, 202, 409} if role is Role.COMMANDER else {403}


def answered(role: Role, area: str) -> set[int]:
    if role is Role.UNIT:
        return {200, 202, 409} if area == TOWNSHIP else {404}
    return {403} if role in LOOKS and area in SEES else {404}


def reported(role: Role, _: str) -> set[int]:
    reporters = DESKS | {Role.GRID_WORKER, Role.UNIT}
    return {200, 202} if role in reporters else {403}


def handed_in(role: Role, _: str) -> set[int]:
    return {200} if role in DESKS | {Role.GRID_WORKER, Role.UNIT} else {403}


def own_area(roles: set[Role]) -> Verdict:
    return lambda role, _: {200} if role in roles else {404}


def units_commands(role: Role, area: str) -> set[int]:
    if role is Role.UNIT:
        return {200} if area == TOWNSHIP else {404}
    return {200} if role in LOOKS and area in SEES else {404}


def personal_data(role: Role, area: str) -> set[int]:
    """Told to desks; a supervisor sees the incident and is told that this is for others."""
    if role not in LOOKS or area not in SEES:
        return {404}
    return {200} if role in DESKS else {403}


def by(role: Role, area: str) -> Body:
    return {"officer": {"id": f"{role}-{area}", "name": "王"}, "area_code": area}


Bodies = Callable[[Role, str], Body]


@dataclass(frozen=True)
class Row:
    """One thing that can be asked of a route, and what each role at each place is answered."""

    route: str
    path: str
    verdict: Verdict
    body: Bodies | None = None


def decides(action: str, roles: set[Role], **changes: object) -> Row:
    def body(role: Role, area: str) -> Body:
        return decision(
            decision_id=f"{action}-{role}-{area}", action=action, reason="因", **changes, **by(role, area)
        )

    route = "POST /api/incidents/{incident_id}/decisions"
    return Row(route, "/api/incidents/{incident}/decisions", decided(roles), body)


MATRIX = (
    Row("POST /api/reports", "/api/reports", reported, lambda role, area: report(report_id=f"{role}-{area}")),
    decides("acknowledge", DESKS),
    decides("supervise", LOOKS),
    decides("regrade", {Role.COMMANDER}, level="III"),
    Row("GET /api/proposals", "/api/proposals", of_my_own),
    Row(
        "POST /api/proposals/{message_id}/countersign",
        "/api/proposals/{proposal}/countersign",
        countersigned,
        lambda *_: {},
    ),
    Row(
        "POST /api/proposals/{message_id}/decline",
        "/api/proposals/{proposal}/decline",
        countersigned,
        lambda *_: {"reason": "因"},
    ),
    Row(
        "POST /api/commands/{command_id}/feedback",
        "/api/commands/{command}/feedback",
        answered,
        lambda role, area: feedback(
            feedback_id=f"{role}-{area}", unit_code=f"{TOWNSHIP}:fire", incident_id="i"
        ),
    ),
    Row("GET /api/incidents", f"/api/incidents?area={TOWNSHIP}", seen_by(LOOKS)),
    Row("GET /api/incidents", "/api/incidents", own_area(LOOKS)),
    Row("GET /api/incidents/{incident_id}", "/api/incidents/{incident}", seen_by(LOOKS)),
    Row("GET /api/incidents/{incident_id}/events", "/api/incidents/{incident}/events", seen_by(LOOKS)),
    Row("GET /api/incidents/{incident_id}/reports", "/api/incidents/{incident}/reports", seen_by(LOOKS)),
    Row(
        "GET /api/incidents/{incident_id}/reports/{source_id}/{report_id}/personal",
        "/api/incidents/{incident}/reports/grid-1/r-1/personal",
        personal_data,
    ),
    Row("GET /api/audit", "/api/audit", own_area({Role.AUDITOR})),
    Row("GET /api/audit", f"/api/audit?area={TOWNSHIP}", seen_by({Role.AUDITOR})),
    Row("GET /api/audit/chain", "/api/audit/chain", own_area({Role.AUDITOR})),
    Row("GET /api/incidents/{incident_id}/commands", "/api/incidents/{incident}/commands", seen_by(LOOKS)),
    Row("GET /api/units/{unit_code}/commands", f"/api/units/{TOWNSHIP}:fire/commands", units_commands),
    Row("POST /api/attachments", "/api/attachments", handed_in),
    Row("GET /api/attachments/{digest}", "/api/attachments/{digest}", seen_by(LOOKS)),
    Row("GET /api/heat", f"/api/heat?scope={DISTRICT}", seen_by(LOOKS, (CITY, DISTRICT))),
    Row("GET /api/ratings", f"/api/ratings?area={TOWNSHIP}", seen_by(LOOKS)),
    Row("GET /api/screen/snapshot", f"/api/screen/snapshot?area={TOWNSHIP}", seen_by(LOOKS)),
    Row("GET /api/screen/snapshot", "/api/screen/snapshot", own_area(LOOKS)),
    Row("GET /api/screen/day", f"/api/screen/day?area={TOWNSHIP}", seen_by(LOOKS)),
    Row("GET /api/screen/trends", f"/api/screen/trends?area={TOWNSHIP}", seen_by(LOOKS)),
    Row("GET /api/screen/map", "/api/screen/map?style=tiles", of_my_own),
    Row("GET /api/screen/words", "/api/screen/words", of_my_own),
    Row("GET /api/areas", "/api/areas", of_my_own),
    Row("GET /api/session", "/api/session", of_my_own),
    Row("GET /api/decisions/{message_id}", "/api/decisions/none", lambda *_: {404}),
    Row("GET /api/reports/{source_id}/{report_id}", "/api/reports/grid-1/r-1", lambda *_: {404}),
)
# Streams do not end by themselves and are asked for in test_screen.py; a sign-out ends what the matrix asks with; the
# pages hold no data, and what is open needs no role.
ELSEWHERE_TESTED = {"GET /api/screen/stream", "POST /api/session", "DELETE /api/session"}
PAGES = {
    "GET /",
    "GET /desk",
    "GET /report",
    "GET /audit",
    "GET /static/worker.js",
    "GET /static/{path:path}",
}


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.path.removeprefix("/api/"))
async def test_every_cell_has_its_verdict(scene: Scene, row: Row) -> None:
    """Each role, in the incident's own township, above it, beside it and elsewhere."""
    method = row.route.partition(" ")[0]
    wrong = []
    for role, area in scene.cookies:
        body = None if row.body is None else row.body(role, area)
        status = await ask(scene, role, area, method, row.path, body)
        if status not in row.verdict(role, area):
            wrong.append(f"{role} at {area}: {status}, not {row.verdict(role, area)}")
    assert wrong == []


def test_no_route_is_without_a_row() -> None:
    """A new route has to say here who may use it."""
    routes = {
        f"{method} {route.path}"
        for room in ROOMS
        for route in room.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    is_open = {f"GET {path}" for path in OPEN_TO_ALL | OPEN_ON_LOOPBACK}
    assert routes - {row.route for row in MATRIX} - ELSEWHERE_TESTED - PAGES - is_open == set()


async def test_nobody_decides_in_anothers_name(scene: Scene) -> None:
    """Neither as another officer nor from another desk, though one's own role would allow the act."""
    for changes in ({"officer": {"id": "other", "name": "李"}}, {"area_code": CITY}):
        said = decision(decision_id="d-9", action="acknowledge", **by(Role.DUTY_OFFICER, DISTRICT) | changes)
        path = "/api/incidents/{incident}/decisions"
        assert await ask(scene, Role.DUTY_OFFICER, DISTRICT, "POST", path, said) == 403
