"""`POST /api/reports`: accepted once and for good, whatever comes between the commit and the answer."""

import asyncio
import traceback
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from models.messages.report import Report
from models.tables import INTAKE, OUTBOX
from streams.gateway.problems import StatementFailed
from streams.processing.codec import digest_of
from streams.program.readiness import Component
from streams.store import inbox
from streams.store.database import Database
from streams.store.inbox import InboxEntry
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import Body, report
from tests.integration.gateway.conftest import Gateway, client_of

JSON = {"Content-Type": "application/json"}


async def rows(database: Database) -> tuple[list[str], list[tuple[str, bytes]]]:
    """The message ids of the intake, and topic and key of what waits for Kafka."""
    async with database.read() as connection:
        intake = [row.message_id for row in await connection.execute(select(INTAKE))]
        outbox = [(row.topic, row.key) for row in await connection.execute(select(OUTBOX))]
    return intake, outbox


async def test_an_accepted_report_is_on_disk_with_what_must_be_on_kafka(gateway: Gateway) -> None:
    """202 comes after the intake row and its outbox row; the outbox is published at once."""
    answer = await gateway.client.post("/api/reports", json=report())
    message_id = answer.json()["message_id"]
    assert answer.status_code == 202
    assert await rows(gateway.services.database) == ([message_id], [("reports", b"500108001")])
    assert gateway.nudges.count == 1
    assert answer.json() == {
        "message_id": message_id,
        "source_id": "grid-1",
        "report_id": "r-1",
        "outcome": "accepted",
        "topic": "reports",
        "unknown_fields": [],
        "accepted_at": "2026-11-22T12:00:00Z",
    }


async def test_the_same_report_again_gets_the_same_answer(gateway: Gateway) -> None:
    """Sent again an hour later and spelled otherwise, it is answered with 200 and the same words, and kept once."""
    first = await gateway.client.post("/api/reports", json=report(occurred_at="2026-11-22T11:00:00+00:00"))
    gateway.clock.move(3_600)
    spelled = dict(reversed(report(occurred_at="2026-11-22T19:00:00+08:00", text=None).items()))
    again = await gateway.client.post("/api/reports", json=spelled)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    intake, outbox = await rows(gateway.services.database)
    assert (len(intake), len(outbox), gateway.nudges.count) == (1, 1, 1)


async def test_other_content_under_the_same_id_is_a_conflict(gateway: Gateway) -> None:
    """409 names the id, and nothing is kept of the second one."""
    await gateway.client.post("/api/reports", json=report())
    answer = await gateway.client.post("/api/reports", json=report(title="别处起火"))
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["field"]) == ("id_conflict", "report_id")
    intake, outbox = await rows(gateway.services.database)
    assert (len(intake), len(outbox)) == (1, 1)


async def test_what_came_straight_to_kafka_with_other_content_is_a_conflict_too(gateway: Gateway) -> None:
    """The engine handled another report under this id, so no gateway may say yes to this one."""
    straight = Report.model_validate_json(orjson.dumps(report()))
    entry = InboxEntry(straight.message_id, digest_of(straight), "reports", 0, 0, None, NOON, None)
    async with gateway.services.database.write() as connection:
        await inbox.record(connection, "cluster", [entry])
    other = await gateway.client.post("/api/reports", json=report(title="别处起火"))
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")
    assert await rows(gateway.services.database) == ([], [])
    same = await gateway.client.post("/api/reports", json=report())
    assert same.status_code == 202


async def test_many_at_once_are_one(gateway: Gateway) -> None:
    """Of twenty simultaneous sendings one is told 202 and the others 200, all in the same words."""
    answers = await asyncio.gather(*(gateway.client.post("/api/reports", json=report()) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    assert len({answer.content for answer in answers}) == 1
    intake, outbox = await rows(gateway.services.database)
    assert (len(intake), len(outbox)) == (1, 1)


async def test_a_gateway_that_dies_before_it_answers_has_accepted(gateway: Gateway) -> None:
    """The sender hears nothing and sends again, to another gateway and later: it learns what was said at first."""

    def die() -> None:
        raise KeyboardInterrupt

    async with client_of(replace(gateway.services, nudge=die)) as client:
        with pytest.raises(KeyboardInterrupt):
            await client.post("/api/reports", json=report())
    gateway.clock.move(60)
    again = await gateway.client.post("/api/reports", json=report())
    assert again.status_code == 200
    assert again.json()["accepted_at"] == "2026-11-22T12:00:00Z"
    intake, outbox = await rows(gateway.services.database)
    assert (len(intake), len(outbox)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "topic"),
    [
        ({}, "reports"),
        ({"channel": "12345"}, "reports"),
        ({"channel": "110"}, "reports-urgent"),
        ({"channel": "119"}, "reports-urgent"),
        ({"channel": "120"}, "reports-urgent"),
        ({"urgent": True}, "reports-urgent"),
        ({"facts": {"deaths": 9}}, "reports"),
        ({"facts": {"deaths": 10}}, "reports-urgent"),
        ({"facts": {"deaths": 30}}, "reports-urgent"),
    ],
)
async def test_what_cannot_wait_takes_the_urgent_lane(gateway: Gateway, changes: Body, topic: str) -> None:
    """Emergency calls, danger to life and facts of level I or II go to `reports-urgent`."""
    answer = await gateway.client.post("/api/reports", json=report(**changes))
    assert answer.json()["topic"] == topic
    assert (await rows(gateway.services.database))[1] == [(topic, b"500108001")]


async def test_unknown_fields_are_kept_and_told(gateway: Gateway) -> None:
    """Kafka gets the body byte for byte; the sender learns which names the contract does not have."""
    body = b' {"weather": "rain", "facts": {"pets": 2}, ' + orjson.dumps(report())[1:]
    answer = await gateway.client.post("/api/reports", content=body, headers=JSON)
    assert answer.json()["unknown_fields"] == ["facts.pets", "weather"]
    async with gateway.services.database.read() as connection:
        assert (await connection.execute(select(OUTBOX.c.value))).scalar_one() == body


async def test_a_retired_area_code_is_known(gateway: Gateway) -> None:
    """A code that was abolished is accepted under the code as given; the engine maps it to its successor."""
    answer = await gateway.client.post("/api/reports", json=report(area_code="500112"))
    assert answer.status_code == 202
    assert (await rows(gateway.services.database))[1] == [("reports", b"500112")]


async def test_a_database_that_is_away_is_told_to_the_sender(gateway: Gateway) -> None:
    """503 with Retry-After says that the same report may be sent again; what is wrong with a body is said even so."""
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere")
    async with client_of(replace(gateway.services, database=away)) as client:
        answer = await client.post("/api/reports", json=report())
        invalid = await client.post("/api/reports", json=report(area_code="999999"))
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (503, "1", "busy")
    assert invalid.status_code == 422


async def test_a_database_without_its_schema_is_not_ready_rather_than_broken(
    gateway: Gateway, tmp_path: Path
) -> None:
    """503 while the schema is awaited; the same failure of a database that is said to be ready is our defect.

    It is raised for the log, and what the report says is not in it.
    """
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    async with client_of(replace(gateway.services, database=empty)) as client:
        waiting = await client.post("/api/reports", json=report())
        gateway.readiness.ready(Component.DATABASE)
        broken = await client.post("/api/reports", json=report())
    async with client_of(replace(gateway.services, database=empty), raises=True) as client:
        with pytest.raises(StatementFailed) as failed:
            await client.post("/api/reports", json=report())
    await empty.close()
    assert "某处起火" not in "".join(traceback.format_exception(failed.value))
    assert (waiting.status_code, waiting.json()["code"]) == (503, "busy")
    assert (broken.status_code, broken.json()["code"]) == (500, "defect")
    assert "intake" not in broken.text
