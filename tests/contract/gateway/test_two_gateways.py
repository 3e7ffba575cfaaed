"""Two gateways on one database, SQLite or PostgreSQL, answer as one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from models.tables import OUTBOX
from streams.store.database import Database
from tests.integration.gateway.bodies import decision, feedback, report
from tests.integration.gateway.conftest import Gateway, gateway_over

Pair = tuple[Gateway, Gateway]


@pytest.fixture
async def gateways(migrated_url: str) -> AsyncIterator[Pair]:
    """Two gateways with connections of their own."""
    one, two = Database(migrated_url), Database(migrated_url)
    async with gateway_over(one) as first, gateway_over(two) as second:
        yield first, second
    await one.close()
    await two.close()


async def test_one_report_handed_to_both_at_once_is_accepted_once(gateways: Pair) -> None:
    """Of twenty sendings to two doors one is new; all are told the same, and Kafka gets it once."""
    answers = await asyncio.gather(
        *(gateways[n % 2].client.post("/api/reports", json=report()) for n in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: 19}
    assert len({answer.content for answer in answers}) == 1
    async with gateways[0].services.database.read() as connection:
        assert len((await connection.execute(select(OUTBOX.c.id))).all()) == 1


async def test_of_two_contents_under_one_id_one_is_accepted(gateways: Pair) -> None:
    """Whichever comes first holds the id; every sending of the other is a conflict, at both doors."""
    titles = ["某处起火", "别处起火"]
    answers = await asyncio.gather(
        *(
            gateways[n % 2].client.post("/api/reports", json=report(title=titles[n // 2 % 2]))
            for n in range(20)
        )
    )
    by_title = [
        Counter(answer.status_code for n, answer in enumerate(answers) if n // 2 % 2 == which)
        for which in (0, 1)
    ]
    assert sorted(by_title, key=lambda counts: counts[409]) == [{202: 1, 200: 9}, {409: 10}]


async def test_what_came_in_at_one_door_is_told_at_the_other(gateways: Pair) -> None:
    """Incidents, pages, logs, commands and outcomes are the same, whoever is asked; cursors are good at both."""
    one, two = gateways
    for number, category in enumerate(("accident.fire", "accident.gas", "nature.flood")):
        await one.client.post(
            "/api/reports", json=report(report_id=f"r-{number}", category=category, urgent=True)
        )
    await one.engine.settle()
    first = (await one.client.get("/api/incidents", params={"limit": 2, "area": "500108"})).json()
    asked = {"limit": 2, "area": "500108", "cursor": first["next_cursor"]}
    last = (await two.client.get("/api/incidents", params=asked)).json()
    assert (len(first["incidents"]), len(last["incidents"]), last["next_cursor"]) == (2, 1, None)
    path = f"/api/incidents/{last['incidents'][0]['incident_id']}"
    for part in ("", "/events", "/events?after_seq=2&limit=3", "/reports", "/reports?limit=1", "/commands"):
        told = [await gateway.client.get(path + part) for gateway in gateways]
        assert [answer.status_code for answer in told] == [200, 200]
        assert told[0].content == told[1].content
    waiting = await one.client.post(f"{path}/decisions", json=decision())
    assert (await two.client.get(waiting.headers["Location"])).json()["outcome"] == "pending"
    await two.engine.settle()
    assert (await one.client.get(waiting.headers["Location"])).json()["outcome"] == "applied"
    assert (await two.client.post(f"{path}/decisions", json=decision())).status_code == 200


async def test_a_units_word_is_kept_and_told_at_both_doors(gateways: Pair) -> None:
    """A feedback handed in here is applied, and sent again there it is told so."""
    one, two = gateways
    await one.client.post("/api/reports", json=report(urgent=True))
    await one.engine.settle()
    (incident,) = (await one.client.get("/api/incidents")).json()["incidents"]
    listed = (await two.client.get(f"/api/incidents/{incident['incident_id']}/commands")).json()["commands"]
    command = listed[0]["command"]
    body = feedback(incident_id=command["incident_id"], unit_code=command["unit_code"])
    path = f"/api/commands/{command['command_id']}/feedback"
    assert (await one.client.post(path, json=body)).status_code == 202
    await one.engine.settle()
    assert (await two.client.post(path, json=body)).json()["outcome"] == "applied"


@pytest.mark.parametrize(
    "path",
    [
        "/api/incidents/a%00b",
        "/api/decisions/%00",
        "/api/incidents/%ED%A0%80/events",
        "/api/incidents?area=500108%00",
        "/api/incidents?cursor=%00",
        "/api/incidents?from=0001-01-01T00:00:00%2B14:00",
        "/api/heat?scope=%00",
        "/api/ratings?area=%EF%BC%95%EF%BC%90%EF%BC%90%EF%BC%91%EF%BC%90%EF%BC%98",
        "/api/incidents/none/events?after_seq=2147483648",
        "/api/incidents/none/events?after_seq=9223372036854775808",
    ],
)
async def test_what_one_database_could_not_take_reaches_neither(gateways: Pair, path: str) -> None:
    """NULs, half characters, years out of range and numbers too large are refused before any statement."""
    answer = await gateways[0].client.get(path)
    assert answer.status_code in (400, 404)
