"""Other people's ids: whoever asks with them is told what is told of ids that nobody has, and changes nothing.

Two districts, an incident in each; the people of the one hold every id of the other. Who may ask what with ids of
their own is test_permissions.py.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from models.tables import COMMANDS, EVENTS, INCIDENTS
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.gateway.api import ROOMS
from streams.gateway.security import SESSION_COOKIE
from tests import pictures
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import Body, decision, feedback, report
from tests.integration.gateway.conftest import Gateway, client_of
from tests.integration.gateway.test_permissions import AS_PICTURE, SAME_ORIGIN

OURS, THEIRS = "500108001", "500101001"
OUR_DISTRICT = "500108"
# Every parameter of a path that names something, and an id of its kind that nobody has.
NOBODYS: Mapping[str, str] = {
    "incident_id": "00000000-0000-5000-8000-000000000000",
    "command_id": "00000000-0000-5000-8000-000000000001",
    "message_id": "00000000-0000-5000-8000-000000000002",
    "unit_code": "500109:fire",
    "digest": "sha256:" + "0" * 64,
    "source_id": "nobody",
    "report_id": "nothing",
}
BODIES: Mapping[str, Body] = {
    "decisions": decision(officer={"id": "commander", "name": "王"}, area_code=OUR_DISTRICT),
    "feedback": feedback(unit_code=f"{OURS}:fire", incident_id="i-1"),
    "countersign": {},
    "decline": {"reason": "因"},
}
PRIVILEGES: Body = {
    "role": "commander",
    "tier": "city",
    "area_scope": ["500000"],
    "status": "closed",
    "stage": "follow_up",
    "verdict_by": "commander",
    "level": "I",
    "incident_seq": 99,
    "recorded_at": "2000-01-01T00:00:00Z",
    "is_allowed": True,
}


@dataclass(frozen=True)
class World:
    """What lies in their district, by the name of the parameter; our own incident; and our people's cookies."""

    gateway: Gateway
    client: httpx.AsyncClient
    theirs: Mapping[str, str]
    deadline_id: str
    our_incident: str
    our_command: str
    cookies: Mapping[Role, str]


@pytest.fixture
async def world(gateway: Gateway) -> AsyncIterator[World]:
    picture = await gateway.client.post("/api/attachments", content=pictures.jpeg(), headers=AS_PICTURE)
    named = [{"digest": picture.json()["digest"], "media_type": "image/jpeg", "name": "现场.jpg"}]
    for body in (
        report(report_id="ours", area_code=OURS, urgent=True),
        report(report_id="theirs", area_code=THEIRS, urgent=True, attachments=named),
    ):
        await gateway.client.post("/api/reports", json=body)
    await gateway.engine.settle()
    ours, theirs = await incident_in(gateway, OURS), await incident_in(gateway, THEIRS)
    deadline_id, proposal = await proposed_extension(gateway, theirs)
    cookies = {role: await cookie_of(gateway, role) for role in Role}
    async with client_of(gateway.services, token=None) as client:
        yield World(
            gateway,
            client,
            {
                "incident_id": theirs,
                "command_id": await command_of(gateway, theirs),
                "message_id": proposal,
                "unit_code": f"{THEIRS}:fire",
                "digest": str(picture.json()["digest"]),
                "source_id": "grid-1",
                "report_id": "theirs",
            },
            deadline_id,
            ours,
            await command_of(gateway, ours),
            cookies,
        )


async def incident_in(gateway: Gateway, township: str) -> str:
    [incident] = (await gateway.client.get(f"/api/incidents?area={township}")).json()["incidents"]
    return str(incident["incident_id"])


async def proposed_extension(gateway: Gateway, incident_id: str) -> tuple[str, str]:
    """A clock of their incident, and the decision to extend it, which waits for a second person."""
    deadline_id = next(iter((await gateway.client.get(f"/api/incidents/{incident_id}")).json()["deadlines"]))
    longer = {"deadline_id": deadline_id, "until": "2026-11-23T00:00:00Z", "reason": "因"}
    said = decision(action="extend", area_code=THEIRS, **longer)
    told = (await gateway.client.post(f"/api/incidents/{incident_id}/decisions", json=said)).json()
    assert told["outcome"] == "awaiting_second"
    return deadline_id, str(told["message_id"])


async def command_of(gateway: Gateway, incident_id: str) -> str:
    commands = (await gateway.client.get(f"/api/incidents/{incident_id}/commands")).json()["commands"]
    return str(commands[0]["command"]["command_id"])


async def cookie_of(gateway: Gateway, role: Role) -> str:
    """A person of our district, or of our township's fire brigade."""
    unit = UnitCode(f"{OURS}:fire") if role is Role.UNIT else None
    area = AreaCode(OURS if role is Role.UNIT else OUR_DISTRICT)
    person = Someone(person_id=role.value, name="王", role=role, area_code=area, unit_code=unit)
    async with gateway.services.database.write() as connection:
        await keep_account(connection, person, None, NOON)
        return await open_session(connection, person.person_id, gateway.clock.now())


def routes_with_ids() -> list[tuple[str, str]]:
    """Method and path of every route that names something in its path."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    found = [(method, route.path) for route in routes for method in sorted(route.methods or ())]
    return sorted((method, path) for method, path in found if "{" in path and "{path:path}" not in path)


async def ask(
    world: World, role: Role, method: str, path: str, body: Body | None = None
) -> tuple[int, object]:
    """Status and body of the answer to one of our people."""
    headers = {**SAME_ORIGIN, "Cookie": f"{SESSION_COOKIE}={world.cookies[role]}"}
    answer = await world.client.request(method, path, json=body, headers=headers)
    return answer.status_code, answer.json()


async def stands(gateway: Gateway) -> object:
    """Everything that the engine holds of incidents and commands."""
    await gateway.engine.settle()
    async with gateway.services.database.read() as connection:
        return [
            [tuple(row) for row in await connection.execute(select(table).order_by(column))]
            for table, column in (
                (INCIDENTS, INCIDENTS.c.incident_id),
                (COMMANDS, COMMANDS.c.command_id),
                (EVENTS, EVENTS.c.event_id),
            )
        ]


@pytest.mark.parametrize(("method", "path"), routes_with_ids())
async def test_anothers_id_is_as_good_as_nobodys(world: World, method: str, path: str) -> None:
    """404 in the same words, for every role, and nothing has changed afterwards."""
    before = await stands(world.gateway)
    body = BODIES.get(path.rpartition("/")[2]) if method == "POST" else None
    for role in Role:
        status, told = await ask(world, role, method, path.format(**world.theirs), body)
        _, absent = await ask(world, role, method, path.format(**NOBODYS), body)
        assert status == 404, (role, told)
        assert without_ids(told, world.theirs) == without_ids(absent, NOBODYS), role
    assert await stands(world.gateway) == before


def without_ids(told: object, ids: Mapping[str, str]) -> str:
    """The answer with a blank wherever it repeats what was asked."""
    text = str(told)
    for one in sorted(ids.values(), key=len, reverse=True):
        text = text.replace(one, "_")
    return text


async def test_an_id_of_theirs_inside_a_body_reaches_nothing(world: World) -> None:
    """Decisions about our incident and words about our command that name theirs: refused, and theirs stands."""
    theirs = world.theirs
    commander: Body = {
        "officer": {"id": "commander", "name": "王"},
        "area_code": OUR_DISTRICT,
        "reason": "因",
    }
    decisions: list[Body] = [
        {"incident_id": theirs["incident_id"], "action": "close"},
        {"action": "release", "command_ids": [theirs["command_id"]]},
        {"action": "retract", "command_ids": [theirs["command_id"]]},
        {"action": "merge", "other_incident_id": theirs["incident_id"]},
        {"action": "split", "reports": [{"source_id": "grid-1", "report_id": "theirs"}]},
        {"action": "extend", "deadline_id": world.deadline_id, "until": "2026-11-23T00:00:00Z"},
    ]
    before = await of_theirs(world)
    for number, said in enumerate(decisions):
        body = decision(decision_id=f"d-{number}", **commander | said)
        path = f"/api/incidents/{world.our_incident}/decisions"
        status, told = await ask(world, Role.COMMANDER, "POST", path, body)
        assert status in (202, 403, 404, 409, 422), (said, told)
    words: list[Body] = [
        {"command_id": theirs["command_id"], "unit_code": f"{OURS}:fire", "incident_id": world.our_incident},
        {"unit_code": theirs["unit_code"], "incident_id": theirs["incident_id"]},
        {"unit_code": f"{OURS}:fire", "incident_id": theirs["incident_id"], "feedback_id": "f-2"},
    ]
    for said in words:
        path = f"/api/commands/{world.our_command}/feedback"
        status, told = await ask(world, Role.UNIT, "POST", path, feedback(**said))
        assert status in (202, 403, 404, 409, 422), (said, told)
    assert await of_theirs(world) == before


async def of_theirs(world: World) -> object:
    """How their incident and its commands stand."""
    path = f"/api/incidents/{world.theirs['incident_id']}"
    await world.gateway.engine.settle()
    return [(await world.gateway.client.get(path + part)).json() for part in ("", "/commands", "/events")]


async def test_fields_that_claim_more_give_nothing_more(world: World) -> None:
    """Every body with a role, tier, scope and status of the sender's own choice is answered as without them."""
    posts = [
        (Role.GRID_WORKER, "/api/reports", report(report_id="r-9")),
        (Role.AUDITOR, "/api/reports", report(report_id="r-8")),
        (Role.DUTY_OFFICER, f"/api/incidents/{world.our_incident}/decisions", by_officer(action="regrade")),
        (Role.SUPERVISOR, f"/api/incidents/{world.our_incident}/decisions", by_officer(action="close")),
        (
            Role.DUTY_OFFICER,
            f"/api/commands/{world.our_command}/feedback",
            feedback(unit_code=f"{OURS}:fire"),
        ),
        (Role.COMMANDER, f"/api/proposals/{world.theirs['message_id']}/countersign", {}),
    ]
    before = await standings(world)
    for role, path, body in posts:
        status, _ = await ask(world, role, "POST", path, body | PRIVILEGES)
        assert status in ({202} if role is Role.GRID_WORKER else {403, 404, 422}), path
    entering = {"person_id": "grid_worker", "password": "x"} | PRIVILEGES
    assert (await world.client.post("/api/session", json=entering)).status_code == 422
    told = (await ask(world, Role.GRID_WORKER, "GET", "/api/session"))[1]
    assert isinstance(told, dict)
    assert told["someone"]["role"] == "grid_worker"
    await world.gateway.engine.settle()
    assert await standings(world) == before


async def standings(world: World) -> dict[str, tuple[str, ...]]:
    """What the privileges would change of each incident."""
    listed = (await world.gateway.client.get("/api/incidents")).json()["incidents"]
    axes = ("status", "stage", "verdict", "level", "district_code")
    return {one["incident_id"]: tuple(str(one[axis]) for axis in axes) for one in listed}


def by_officer(**changes: object) -> Body:
    return decision(
        officer={"id": "o", "name": "王"}, area_code=OUR_DISTRICT, reason="因", level="I", **changes
    )


async def test_a_merge_with_another_s_incident_is_answered_like_one_with_nobody_s(world: World) -> None:
    """The id in a body says no more than one in a path: their incident and none at all look the same."""
    path = f"/api/incidents/{world.our_incident}/decisions"
    world.client.cookies.set(SESSION_COOKIE, world.cookies[Role.COMMANDER])
    answers = []
    for number, other in enumerate((world.theirs["incident_id"], NOBODYS["incident_id"])):
        officer = {"id": Role.COMMANDER.value, "name": "王"}
        said = decision(
            decision_id=f"m-{number}", action="merge", reason="因", officer=officer, area_code=OUR_DISTRICT
        )
        answer = await world.client.post(path, json=said | {"other_incident_id": other}, headers=SAME_ORIGIN)
        answers.append((answer.status_code, answer.json()["detail"].replace(other, "ID")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
