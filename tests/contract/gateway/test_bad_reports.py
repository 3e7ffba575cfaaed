"""The corpus at the gateway's door, over both databases.

Rows of the battery that no door of ours can meet, and why: callback and webhook addresses (the gateway calls nobody),
WebSocket floods (there is no WebSocket; streams are tests/integration/gateway/test_slow_clients.py), CSV and DDE on
export (nothing is exported as CSV), regular expressions and sorting by a caller's words (no search, and parameters are
a closed list). Query parameters, paths, media types and methods are tests/integration/gateway/test_bad_input.py;
heads and connections test_socket.py there; pictures and their names the attachments' own tests; dangerous texts on
the pages tests/browser/test_injection.py.
"""

from collections.abc import AsyncIterator

import orjson
import pytest
from sqlalchemy import select

from models.tables import INCIDENTS, INTAKE, OUTBOX, REPORTS
from streams.store.database import Database
from tests.corpus.rows import Row, good, rows
from tests.fakes.clock import NOON
from tests.integration.gateway.conftest import Gateway, gateway_over

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def gateway(migrated_url: str) -> AsyncIterator[Gateway]:
    database = Database(migrated_url)
    async with gateway_over(database) as opened:
        yield opened
    await database.close()


async def reaction(gateway: Gateway, row: Row) -> Row:
    """The row with what really became of it."""
    answer = await gateway.client.post("/api/reports", content=row.value, headers=JSON)
    told = answer.json()
    if answer.status_code == 202:
        return Row(row.name, row.value, unknown_fields=tuple(told["unknown_fields"]))
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == row.http_status, (row.name, answer.text)
    return Row(row.name, row.value, told["code"], told.get("field"))


async def test_every_row_has_its_answer_and_shuts_the_door_on_nobody(gateway: Gateway) -> None:
    """4xx with code and field, or 202; behind each stands a good report that is accepted."""
    wrong = []
    for number, row in enumerate(rows(NOON)):
        if (found := await reaction(gateway, row)) != row:
            wrong.append((row.name, found.reason, found.field, found.unknown_fields))
        answer = await gateway.client.post("/api/reports", content=good(NOON, number), headers=JSON)
        assert answer.status_code == 202, row.name
    assert wrong == []
    accepted = sum(row.reason is None for row in rows(NOON))
    async with gateway.services.database.read() as connection:
        kept = (await connection.execute(select(INTAKE.c.message_id))).all()
    assert len(kept) == accepted + len(rows(NOON))


async def test_what_was_accepted_is_kept_byte_for_byte_and_does_no_harm(gateway: Gateway) -> None:
    """All of it goes through the engine, and every text comes out of the API as it came in."""
    accepted = [row for row in rows(NOON) if row.reason is None]
    for row in accepted:
        await gateway.client.post("/api/reports", content=row.value, headers=JSON)
    async with gateway.services.database.read() as connection:
        values = {bytes(value) for value in (await connection.execute(select(OUTBOX.c.value))).scalars()}
    assert {row.value for row in accepted} <= values
    await gateway.engine.settle()
    assert await texts_told(gateway) == {said_in(row).get("text") for row in accepted}


async def texts_told(gateway: Gateway) -> set[object]:
    """The text of every report of every incident, as the API tells it."""
    async with gateway.services.database.read() as connection:
        incidents = (await connection.execute(select(INCIDENTS.c.incident_id))).scalars().all()
        assert (await connection.execute(select(REPORTS.c.report_id))).first() is not None
    told: set[object] = set()
    for incident_id in incidents:
        answer = await gateway.client.get(f"/api/incidents/{incident_id}/reports", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        told |= {one.get("text") for one in answer.json()["reports"]}
    return told


def said_in(row: Row) -> dict[str, object]:
    said: dict[str, object] = orjson.loads(row.value)
    return said
