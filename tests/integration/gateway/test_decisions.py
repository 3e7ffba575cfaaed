"""Decisions: kept before the answer, waited for, and told again to whoever asks."""

import asyncio
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import exists, select

from models.tables import INBOX, OUTBOX
from models.topics import Topic
from streams.store.database import Database
from tests.integration.gateway.bodies import Body, decision, report
from tests.integration.gateway.conftest import Gateway, client_of

ON_BOTH_DATABASES = True


@pytest.fixture
async def incident_id(gateway: Gateway) -> str:
    """An incident that a report has opened."""
    await gateway.client.post("/api/reports", json=report())
    await gateway.engine.settle()
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    assert len(listed) == 1
    return str(listed[0]["incident_id"])


async def seq_of(gateway: Gateway, incident_id: str) -> int:
    """The version of the incident that the API tells."""
    return int((await gateway.client.get(f"/api/incidents/{incident_id}")).json()["summary"]["seq"])


async def decisions_waiting(database: Database) -> bool:
    """Whether a decision is in the outbox that the engine has not handled."""
    unseen = ~exists().where(INBOX.c.message_id == OUTBOX.c.message_id)
    async with database.read() as connection:
        found = select(OUTBOX.c.id).where(OUTBOX.c.topic == Topic.DECISIONS.value, unseen)
        return (await connection.execute(found)).first() is not None


async def settle_when_asked(gateway: Gateway) -> None:
    """Be the engine: wait until a decision has come and handle it."""
    while not await decisions_waiting(gateway.services.database):
        await asyncio.sleep(0.005)
    await gateway.engine.settle()


async def test_a_decision_that_is_applied_in_time_is_told_at_once(gateway: Gateway, incident_id: str) -> None:
    """200 says `applied` and the version that the incident has now."""
    async with client_of(replace(gateway.services, outcome_within_seconds=30.0)) as client:
        answer, _ = await asyncio.gather(
            client.post(f"/api/incidents/{incident_id}/decisions", json=decision()),
            settle_when_asked(gateway),
        )
    assert answer.status_code == 200
    assert answer.json() == {
        "message_id": answer.json()["message_id"],
        "incident_id": incident_id,
        "outcome": "applied",
        "incident_seq": await seq_of(gateway, incident_id),
        "reason": None,
        "detail": None,
        "recorded_at": "2026-11-22T12:00:00Z",
    }


async def test_nobody_waits_for_an_engine_that_goes(gateway: Gateway, incident_id: str) -> None:
    """When the program ends, a decision is accepted and pending at once, however patient its sender may be."""
    services = replace(gateway.services, outcome_within_seconds=3_600.0)
    services.ending.set()
    async with client_of(services) as client:
        answer = await client.post(f"/api/incidents/{incident_id}/decisions", json=decision())
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


async def test_a_decision_that_waits_can_be_asked_for(gateway: Gateway, incident_id: str) -> None:
    """202 names where to ask: `pending` until the engine has handled it, `applied` from then on."""
    path = f"/api/incidents/{incident_id}/decisions"
    answer = await gateway.client.post(path, json=decision())
    where = answer.headers["Location"]
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")
    assert where == f"/api/decisions/{answer.json()['message_id']}"
    assert (await gateway.client.get(where)).json() == answer.json()
    await gateway.engine.settle()
    told = await gateway.client.get(where)
    again = await gateway.client.post(path, json=decision())
    assert (told.status_code, told.json()["outcome"], told.json()["incident_id"]) == (
        200,
        "applied",
        incident_id,
    )
    assert (again.status_code, again.json()) == (200, told.json())


async def test_a_decision_that_the_rules_refuse_is_a_conflict(gateway: Gateway, incident_id: str) -> None:
    """409 carries the rules' reason, every time it is sent; nothing about the incident changes."""
    path, before = f"/api/incidents/{incident_id}/decisions", await seq_of(gateway, incident_id)
    hasty = decision(action="close", reason="done")
    waiting = await gateway.client.post(path, json=hasty)
    await gateway.engine.settle()
    refused = await gateway.client.post(path, json=hasty)
    again = await gateway.client.post(path, json=hasty)
    asked = await gateway.client.get(waiting.headers["Location"])
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (
        409,
        "refused",
        "wrong_stage",
    )
    assert refused.json()["detail"]
    assert (again.status_code, again.json()) == (409, refused.json())
    assert (asked.status_code, asked.json()["outcome"], asked.json()["reason"]) == (
        200,
        "refused",
        "wrong_stage",
    )
    assert await seq_of(gateway, incident_id) == before


@pytest.mark.parametrize("changes", [{}, {"incident_id": "the same"}])
async def test_the_path_fills_in_the_incident(gateway: Gateway, incident_id: str, changes: Body) -> None:
    """Whether the body names the incident or leaves it out, it is one decision; Kafka gets the id, and a role."""
    path = f"/api/incidents/{incident_id}/decisions"
    body = decision(**dict.fromkeys(changes, incident_id))
    first = await gateway.client.post(path, json=body)
    other = await gateway.client.post(path, json=decision(incident_id=incident_id))
    assert first.json()["message_id"] == other.json()["message_id"]
    async with gateway.services.database.read() as connection:
        statement = select(OUTBOX.c.key, OUTBOX.c.value).where(OUTBOX.c.topic == Topic.DECISIONS.value)
        (row,) = await connection.execute(statement)
    assert row.key.decode() == incident_id
    filled = {"id": "officer-1", "name": "王值班", "role": "duty_officer"}
    assert orjson.loads(row.value) == decision(incident_id=incident_id, officer=filled)


async def test_an_id_is_used_for_one_content_alone(gateway: Gateway, incident_id: str) -> None:
    """Another decision under the same id is a conflict; the same id in another incident is another decision."""
    await gateway.client.post("/api/reports", json=report(report_id="r-2", category="accident.gas"))
    await gateway.engine.settle()
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    (other_id,) = {str(one["incident_id"]) for one in listed} - {incident_id}
    first = await gateway.client.post(f"/api/incidents/{incident_id}/decisions", json=decision())
    conflict = await gateway.client.post(
        f"/api/incidents/{incident_id}/decisions", json=decision(action="close", reason="done")
    )
    elsewhere = await gateway.client.post(f"/api/incidents/{other_id}/decisions", json=decision())
    assert (conflict.status_code, conflict.json()["code"], conflict.json()["field"]) == (
        409,
        "id_conflict",
        "decision_id",
    )
    assert elsewhere.status_code == 202
    assert elsewhere.json()["message_id"] != first.json()["message_id"]


async def test_nobody_decides_about_what_is_not_there(gateway: Gateway) -> None:
    """An incident that does not exist is 404, and the decision is not kept."""
    answer = await gateway.client.post("/api/incidents/none/decisions", json=decision())
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not await decisions_waiting(gateway.services.database)


async def test_the_id_of_a_report_is_no_decision(gateway: Gateway) -> None:
    """Asked for as a decision, a message of another kind is not found, handled or not."""
    message_id = (await gateway.client.post("/api/reports", json=report())).json()["message_id"]
    assert (await gateway.client.get(f"/api/decisions/{message_id}")).status_code == 404
    await gateway.engine.settle()
    assert (await gateway.client.get(f"/api/decisions/{message_id}")).status_code == 404
