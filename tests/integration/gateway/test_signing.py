"""What the gateway sends to the bus is its own word: signed, in somebody's role, and byte for byte what was sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Row, select, update

from models.access import Role, Someone
from models.identifiers import AreaCode
from models.tables import INTAKE, OUTBOX
from models.topics import Topic
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.access.signing import Keyring, Signer, is_genuine, signature_in
from streams.gateway.security import SESSION_COOKIE
from streams.store import outbox
from streams.store.publications import unpacked
from streams.store.unit_of_work import wall_now
from tests.fakes.clock import NOON
from tests.fakes.signing import CITY_KEY
from tests.integration.gateway.bodies import TOWNSHIP, Body, decision, feedback, report
from tests.integration.gateway.conftest import Gateway, client_of

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def path(gateway: Gateway) -> str:
    """Where to decide about a fire with danger to life."""
    await gateway.client.post("/api/reports", json=report(urgent=True))
    await gateway.engine.settle()
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    return f"/api/incidents/{incident['incident_id']}/decisions"


async def sent_to(gateway: Gateway, topic: Topic) -> list[Row[Any]]:
    query = (
        select(OUTBOX.c.value, OUTBOX.c.headers).where(OUTBOX.c.topic == topic.value).order_by(OUTBOX.c.id)
    )
    async with gateway.services.database.read() as connection:
        return list(await connection.execute(query))


async def cookie_of(gateway: Gateway, role: Role) -> dict[str, str]:
    """What a browser of somebody in this role at the township sends along."""
    person = Someone(person_id=f"p-{role}", name="王", role=role, area_code=AreaCode(TOWNSHIP))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, person, None, NOON)
        word = await open_session(connection, person.person_id, gateway.clock.now())
    return {**SAME_ORIGIN, "Cookie": f"{SESSION_COOKIE}={word}"}


def by(who: Role, **officer: object) -> Body:
    return {"officer": {"id": f"p-{who}", "name": "王", **officer}}


async def test_what_goes_out_is_signed_over_its_bytes(gateway: Gateway, path: str) -> None:
    """A decision and a feedback carry a signature that fits their bytes; a report needs none."""
    await gateway.client.post(path, json=decision())
    commands = (await gateway.client.get(path.replace("decisions", "commands"))).json()["commands"]
    command = commands[0]["command"]
    answer = feedback(incident_id=command["incident_id"], unit_code=command["unit_code"])
    await gateway.client.post(f"/api/commands/{command['command_id']}/feedback", json=answer)
    for topic in (Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK):
        (row,) = await sent_to(gateway, topic)
        signature = signature_in(unpacked(row.headers))
        assert signature is not None
        assert signature.key_id == CITY_KEY.key_id
        assert is_genuine(row.value, signature.value, CITY_KEY)
    (row,) = await sent_to(gateway, Topic.REPORTS_URGENT)
    assert signature_in(unpacked(row.headers)) is None


async def test_what_is_published_again_has_the_same_headers(gateway: Gateway, path: str) -> None:
    """After a crash, and for a new cluster, the very bytes and signature go out that went out before."""
    await gateway.client.post(path, json=decision())
    (row,) = await sent_to(gateway, Topic.DECISIONS)
    async with gateway.services.database.write() as connection:
        await connection.execute(update(OUTBOX).values(published_at=NOON, published_cluster="gone"))
        await outbox.republish_for_new_cluster(connection, "new", wall_now(), gateway.clock.now())
        later = wall_now() + timedelta(hours=1)
        claimed = await outbox.claim(connection, "c", limit=99, older_than=later, now=later, until=later)
    (again,) = [one for one in claimed.publications if one.topic == Topic.DECISIONS]
    assert (again.value, again.headers) == (row.value, unpacked(row.headers))


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.COMMANDER])
async def test_a_person_decides_in_their_own_role(gateway: Gateway, path: str, role: Role) -> None:
    """Left out, it is filled in, and every other byte stays; said, it must be their own."""
    headers = await cookie_of(gateway, role) | {"Content-Type": "application/json"}
    told = decision(**by(role), decision_id="left-out", note='{"officer": {')
    body = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    async with client_of(gateway.services, token=None) as client:
        answer = await client.post(path, content=body, headers=headers)
        said = await client.post(
            path, json=decision(**by(role, role=role), decision_id="said"), headers=headers
        )
    assert (answer.status_code, said.status_code) == (202, 202)
    first, second = await sent_to(gateway, Topic.DECISIONS)
    filled = f'"officer": {{"role":"{role}",'.encode()
    assert first.value.count(filled) == 1
    without_id = b"{" + first.value.split(b",", 1)[1]
    assert without_id.replace(filled, b'"officer": {') == body
    assert orjson.loads(second.value)["officer"]["role"] == role


async def test_nobody_decides_in_anothers_role(gateway: Gateway, path: str) -> None:
    """Neither a higher nor a lower one, nor none at all on purpose: nothing is kept."""
    headers = await cookie_of(gateway, Role.DUTY_OFFICER)
    async with client_of(gateway.services, token=None) as client:
        for other in set(Role) - {Role.DUTY_OFFICER}:
            body = decision(**by(Role.DUTY_OFFICER, role=other))
            answer = await client.post(path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        nothing = await client.post(path, json=decision(**by(Role.DUTY_OFFICER, role=None)), headers=headers)
    assert (nothing.status_code, nothing.json()["field"]) == (422, "officer.role")
    assert await sent_to(gateway, Topic.DECISIONS) == []


@pytest.mark.parametrize(
    ("action", "role"),
    [("acknowledge", "duty_officer"), ("supervise", "duty_officer"), ("regrade", "commander")],
)
async def test_the_installation_decides_in_the_least_role_that_may(
    gateway: Gateway, path: str, action: str, role: str
) -> None:
    """Its token names no person: what it asks for says in whose role, unless the body does."""
    changes: Body = {"action": action, "reason": "因", "level": "III"}
    await gateway.client.post(path, json=decision(**changes))
    said = {"id": "o", "name": "王", "role": "supervisor"}
    await gateway.client.post(path, json=decision(**changes, decision_id="d-2", officer=said))
    sent = [orjson.loads(row.value)["officer"]["role"] for row in await sent_to(gateway, Topic.DECISIONS)]
    assert sent == [role, "supervisor"]
    await gateway.engine.settle()
    answer = await gateway.client.post(path, json=decision(**changes, decision_id="d-2", officer=said))
    is_chasing = action == "supervise"
    assert answer.status_code == (200 if is_chasing else 409)
    assert is_chasing or answer.json()["reason"] == "not_permitted"


async def test_what_no_key_speaks_for_is_not_taken_in(gateway: Gateway, path: str) -> None:
    """A gateway whose keys are of another district, of other roles, or over, says so and keeps nothing."""
    wrong = (
        replace(CITY_KEY, area_code=AreaCode("500101")),
        replace(CITY_KEY, roles=frozenset({Role.UNIT})),
        replace(CITY_KEY, not_after=NOON),
    )
    for key in wrong:
        services = replace(gateway.services, signer=Signer(Keyring((key,)), gateway.clock))
        async with client_of(services) as client:
            answer = await client.post(path, json=decision())
        assert (answer.status_code, answer.json()["code"]) == (503, "no_signing_key")
    async with gateway.services.database.read() as connection:
        topics = list((await connection.execute(select(INTAKE.c.topic))).scalars())
    assert topics == [Topic.REPORTS_URGENT.value]


async def test_a_unit_that_never_was_answers_nothing(gateway: Gateway, path: str) -> None:
    """422 with the field, before any key is looked for."""
    commands = (await gateway.client.get(path.replace("decisions", "commands"))).json()["commands"]
    command = commands[0]["command"]
    answer = feedback(incident_id=command["incident_id"], unit_code="999999:fire")
    refused = await gateway.client.post(f"/api/commands/{command['command_id']}/feedback", json=answer)
    assert (refused.status_code, refused.json()["field"]) == (422, "unit_code")
