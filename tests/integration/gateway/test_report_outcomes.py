"""What became of a report is told to who handed it in, and to nobody else."""

from collections.abc import AsyncIterator

import httpx
import pytest

from models.identifiers import AreaCode, MessageId, SourceId
from models.producers import Producer
from models.topics import Topic
from models.vocabulary import Channel, DeadLetterReason
from streams.access.api_keys import keep_key
from streams.store import dead_letters
from streams.store.dead_letters import Dead
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import decision, report
from tests.integration.gateway.conftest import Gateway, client_of

OURS = "/api/reports/grid-1/r-1"


@pytest.fixture
async def ours(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A producer's own client, for the source `grid-1` alone."""
    producer = Producer(
        producer_id="grid-500108",
        source_ids=(SourceId("grid-1"),),
        area_code=AreaCode("500108"),
        channels=(Channel.GRID,),
        per_minute=100,
    )
    async with gateway.services.database.write() as connection:
        made = await keep_key(connection, producer, NOON.replace(year=2030), NOON, is_signed=False)
    async with client_of(gateway.services, token=None) as client:
        client.headers["Authorization"] = f"Bearer {made.word}"
        yield client


async def test_it_waits_then_is_part_of_an_incident(gateway: Gateway, ours: httpx.AsyncClient) -> None:
    """Pending with no incident, then accepted with one, and how that stands now."""
    told = await ours.post("/api/reports", json=report())
    before = (await ours.get(OURS)).json()
    assert (before["outcome"], before["incident_id"], before["incident_status"]) == ("pending", None, None)
    assert before["message_id"] == told.json()["message_id"]
    await gateway.engine.settle()
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    after = (await ours.get(OURS)).json()
    assert (after["outcome"], after["incident_id"]) == ("accepted", incident["incident_id"])
    assert (after["incident_status"], after["reason"]) == ("open", None)
    path = f"/api/incidents/{incident['incident_id']}/decisions"
    await gateway.client.post(path, json=decision(action="verify", verdict="false", reason="误报"))
    await gateway.engine.settle()
    assert (await ours.get(OURS)).json()["incident_status"] == "rejected"


async def test_what_was_merged_is_found_where_it_lives_on(gateway: Gateway, ours: httpx.AsyncClient) -> None:
    """The incident of today, not the one that it opened."""
    elsewhere = report(report_id="r-2", title="另一处管道漏水", category=None)
    for one in (report(), elsewhere):
        await ours.post("/api/reports", json=one)
        await gateway.engine.settle()
    first = (await ours.get(OURS)).json()["incident_id"]
    second = (await ours.get("/api/reports/grid-1/r-2")).json()["incident_id"]
    assert first != second
    merging = decision(action="merge", other_incident_id=second, reason="同一处")
    await gateway.client.post(f"/api/incidents/{first}/decisions", json=merging)
    await gateway.engine.settle()
    ends = {(await ours.get(f"/api/reports/grid-1/{name}")).json()["incident_id"] for name in ("r-1", "r-2")}
    assert len(ends) == 1


async def test_a_refused_report_says_why(gateway: Gateway, ours: httpx.AsyncClient) -> None:
    """What the engine had to put aside is no silence, and its key, an area's code, is no incident."""
    message_id = (await ours.post("/api/reports", json=report())).json()["message_id"]
    where = (Topic.REPORTS.value, 0, 7, b"500108001", b"{}")
    why = (DeadLetterReason.STORAGE_REFUSED, None, "no column holds it", NOON)
    async with gateway.services.database.write() as connection:
        await dead_letters.bury(connection, "cluster-of-tests", [Dead(*where, *why, MessageId(message_id))])
    told = (await ours.get(OURS)).json()
    assert (told["outcome"], told["reason"], told["incident_id"]) == ("refused", "storage_refused", None)


async def test_another_source_is_not_there(gateway: Gateway, ours: httpx.AsyncClient) -> None:
    """What another system has told, what never was told and what is no id look the same."""
    await gateway.client.post("/api/reports", json=report(source_id="grid-2"))
    await gateway.engine.settle()
    for path in ("/api/reports/grid-2/r-1", "/api/reports/grid-1/r-none", "/api/reports/grid-1/%20"):
        answer = await ours.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert (await gateway.client.get("/api/reports/grid-2/r-1")).json()["outcome"] == "accepted"
