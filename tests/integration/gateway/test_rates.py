"""Who asks too often waits, with the seconds to wait; a report never waits, but a flood of them gives way."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.tables import AUDIT
from models.vocabulary import Channel
from streams.access.accounts import keep_account
from streams.access.api_keys import keep_key
from streams.access.sessions import open_session
from streams.gateway.api import create_app
from streams.gateway.rates import Flood, Limits
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import decision, report
from tests.integration.gateway.conftest import Gateway, client_of

LIMITS = Limits(requests=3, sign_ins=2, reports_of_reporter=2)
PASSWORD = "correct horse battery"
PEOPLE = ("wang", "li")
SENSORS = Producer(
    producer_id="sensors",
    source_ids=(SourceId("grid-1"),),
    area_code=AreaCode("500108"),
    channels=(Channel.GRID, Channel.SENSOR),
    per_minute=2,
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def floods() -> list[Flood]:
    """What was counted as lowered."""
    return []


@asynccontextmanager
async def clients(
    gateway: Gateway, floods: list[Flood], *peers: str, token: str | None = None
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of one gateway with small limits, each from its own address."""
    services = replace(gateway.services, limits=LIMITS, count_lowered=floods.append)
    app = create_app(services)  # one gateway, so one count; only the address differs
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app, client=(peer, 5_000)),
                    base_url="http://gateway",
                    headers=headers,
                )
            )
            for peer in peers or ("10.0.0.1",)
        ]


async def sessions(gateway: Gateway) -> dict[str, dict[str, str]]:
    """The headers of everybody's browser."""
    headers = {}
    for person_id in PEOPLE:
        someone = Someone(
            person_id=person_id, name="王", role=Role.DUTY_OFFICER, area_code=AreaCode("500108")
        )
        async with gateway.services.database.write() as connection:
            await keep_account(connection, someone, PASSWORD, NOON)
            cookie = await open_session(connection, person_id, NOON)
        headers[person_id] = {**SAME_ORIGIN, "Cookie": f"{SESSION_COOKIE}={cookie}"}
    return headers


async def key_of(gateway: Gateway) -> dict[str, str]:
    async with gateway.services.database.write() as connection:
        made = await keep_key(connection, SENSORS, NOON.replace(year=2030), NOON, is_signed=False)
    return {"Authorization": f"Bearer {made.word}"}


async def test_a_person_who_asks_too_often_waits(gateway: Gateway, floods: list[Flood]) -> None:
    """429 with the seconds that are left of the minute, for reading and for deciding; then it goes on. Others go on."""
    people = await sessions(gateway)
    async with clients(gateway, floods) as (client,):
        for _ in range(3):
            assert (await client.get("/api/areas", headers=people["wang"])).status_code == 200
        gateway.clock.move(20.5)
        answer = await client.get("/api/areas", headers=people["wang"])
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert answer.headers["Retry-After"] == "40"
        path = "/api/incidents/none/decisions"
        assert (await client.post(path, json=decision(), headers=people["wang"])).status_code == 429
        assert (await client.get("/api/areas", headers=people["li"])).status_code == 200
        gateway.clock.move(40)
        assert (await client.get("/api/areas", headers=people["wang"])).status_code == 200


async def test_the_installation_itself_never_waits(gateway: Gateway, floods: list[Flood]) -> None:
    """Its token may do everything, as often as it likes."""
    async with clients(gateway, floods, token=gateway.services.token) as (client,):
        assert {(await client.get("/api/areas")).status_code for _ in range(10)} == {200}


async def test_a_report_is_never_refused_for_its_number(gateway: Gateway, floods: list[Flood]) -> None:
    """Neither a person's nor a producer's, however many came before; and asking otherwise is still counted."""
    people, key = await sessions(gateway), await key_of(gateway)
    async with clients(gateway, floods) as (client,):
        for number in range(8):
            for who, headers in (("wang", people["wang"]), ("key", key)):
                told = await client.post(
                    "/api/reports", json=report(report_id=f"{who}-{number}"), headers=headers
                )
                assert told.status_code == 202
        statuses = [(await client.get("/api/areas", headers=key)).status_code for _ in range(3)]
    assert statuses[-1] == 429


async def lanes(client: httpx.AsyncClient, headers: dict[str, str], *reports: dict[str, object]) -> list[str]:
    """The topics that these reports went to."""
    told = [await client.post("/api/reports", json=one, headers=headers) for one in reports]
    assert {one.status_code for one in told} == {202}
    return [one.json()["topic"] for one in told]


def urgent(number: int, **changes: object) -> dict[str, object]:
    return report(report_id=f"r-{number}", urgent=True, **changes)


async def test_a_producers_flood_gives_way(gateway: Gateway, floods: list[Flood]) -> None:
    """Past the key's own rate urgent reports go into the common lane, counted and marked in the audit; then no more."""
    key = await key_of(gateway)
    async with clients(gateway, floods) as (client,):
        assert await lanes(client, key, *map(urgent, range(4))) == ["reports-urgent"] * 2 + ["reports"] * 2
        gateway.clock.move(60)
        assert await lanes(client, key, urgent(9)) == ["reports-urgent"]
    assert floods == [Flood.OF_PRODUCER] * 2
    assert await outcomes(gateway) == ["allowed", "allowed", "lowered", "lowered", "allowed"]


async def test_one_reporters_flood_gives_way_to_the_others(gateway: Gateway, floods: list[Flood]) -> None:
    """By source and reporter, whoever carries them; another reporter, and a source that names none, keep the lane."""
    people = await sessions(gateway)
    async with clients(gateway, floods) as (client,):
        wang, li = people["wang"], people["li"]
        hoax = [urgent(number, reporter_id="phone-1") for number in range(3)]
        assert await lanes(client, wang, *hoax) == ["reports-urgent", "reports-urgent", "reports"]
        assert await lanes(client, li, urgent(4, reporter_id="phone-1")) == ["reports"]
        assert await lanes(client, wang, urgent(5, reporter_id="phone-2")) == ["reports-urgent"]
        elsewhere = urgent(6, reporter_id="phone-1", source_id="grid-2")
        assert await lanes(client, wang, elsewhere) == ["reports-urgent"]
        unnamed = [urgent(number) for number in range(7, 12)]
        assert set(await lanes(client, wang, *unnamed)) == {"reports-urgent"}
    assert floods == [Flood.OF_REPORTER] * 2


async def test_what_can_wait_anyway_is_not_lowered(gateway: Gateway, floods: list[Flood]) -> None:
    """A flood of small reports is in the common lane by itself, and nothing is counted or marked."""
    people = await sessions(gateway)
    puddle = {"category": None, "title": "路面有积水", "reporter_id": "p"}
    small = [report(report_id=f"s-{number}", **puddle) for number in range(4)]
    async with clients(gateway, floods) as (client,):
        assert set(await lanes(client, people["wang"], *small)) == {"reports"}
    assert (floods, set(await outcomes(gateway))) == ([], {"allowed"})


async def test_the_same_report_again_keeps_its_lane(gateway: Gateway, floods: list[Flood]) -> None:
    """What was accepted as urgent is answered so, though the flood has begun since; nothing moves or counts."""
    key = await key_of(gateway)
    async with clients(gateway, floods) as (client,):
        await lanes(client, key, *map(urgent, range(4)))
        again = await client.post("/api/reports", json=urgent(0), headers=key)
    assert (again.status_code, again.json()["topic"]) == (200, "reports-urgent")
    assert floods == [Flood.OF_PRODUCER] * 2


async def test_a_flood_under_the_installations_token_is_marked_apart(
    gateway: Gateway, floods: list[Flood]
) -> None:
    """Its reports share an entry of the audit, and those that were lowered share another."""
    async with clients(gateway, floods, token=gateway.services.token) as (client,):
        await lanes(client, {}, *[urgent(number, reporter_id="phone-1") for number in range(3)])
    assert await outcomes(gateway) == ["allowed", "allowed", "lowered"]


async def test_refusals_cannot_fill_the_audit(gateway: Gateway, floods: list[Flood]) -> None:
    """Reports that are not the key's to send are refused and written down, and soon answered with 429 alone."""
    key = await key_of(gateway)
    async with clients(gateway, floods) as (client,):
        foreign = [report(report_id=f"f-{number}", source_id="another") for number in range(5)]
        told = [await client.post("/api/reports", json=one, headers=key) for one in foreign]
        assert (await client.post("/api/reports", json=report(), headers=key)).status_code == 202
    assert [one.status_code for one in told] == [403, 403, 429, 429, 429]
    assert await outcomes(gateway) == ["denied", "denied", "allowed"]


async def attempt(client: httpx.AsyncClient, person_id: str, password: str = "wrong") -> httpx.Response:
    return await client.post("/api/session", json={"person_id": person_id, "password": password})


async def test_guessing_a_password_is_slowed(gateway: Gateway, floods: list[Flood]) -> None:
    """After two tries in a minute a name has to wait at that address, though the right password comes at last."""
    await sessions(gateway)
    async with clients(gateway, floods) as (client,):
        statuses = [(await attempt(client, "wang")).status_code for _ in range(3)]
        slowed = await attempt(client, "wang", PASSWORD)
        gateway.clock.move(60)
        assert (await attempt(client, "wang", PASSWORD)).status_code == 200
    assert statuses == [401, 401, 429]
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "60")


async def test_guessing_elsewhere_never_locks_the_duty_desk_out(
    gateway: Gateway, floods: list[Flood]
) -> None:
    """The same name from another address, another name from the same one, and an open session go on."""
    people = await sessions(gateway)
    async with clients(gateway, floods, "203.0.113.9", "10.0.0.1") as (attacker, desk):
        assert [(await attempt(attacker, "wang")).status_code for _ in range(4)][-1] == 429
        assert (await attempt(desk, "wang", PASSWORD)).status_code == 200
        assert (await attempt(attacker, "li", PASSWORD)).status_code == 200
        assert (await attacker.get("/api/areas", headers=people["wang"])).status_code == 200


async def test_spraying_many_names_is_slowed_by_the_address(gateway: Gateway, floods: list[Flood]) -> None:
    """One address tries a dozen names in a minute and no more; a whole network of IPv6 is one address."""
    async with clients(gateway, floods, *(f"2001:db8::{n}" for n in range(1, 15)), "2001:db8:0:1::1") as all_:
        *network, neighbour = all_
        statuses = [(await attempt(one, f"name-{n}")).status_code for n, one in enumerate(network)]
        assert statuses == [401] * 12 + [429] * 2
        assert (await attempt(neighbour, "name-1")).status_code == 401


async def test_cookies_are_held_to_https_where_that_is_meant(gateway: Gateway) -> None:
    """In production a sign-in over the open line is refused with what to do, and over https the cookie is Secure."""
    await sessions(gateway)
    services = replace(gateway.services, is_behind_https=True)
    async with client_of(services, token=None) as client:
        answer = await attempt(client, "wang", PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert (await client.get("/enter?link=x")).status_code == 403
        client.base_url = "https://gateway"
        over_https = await attempt(client, "wang", PASSWORD)
    assert over_https.status_code == 200
    assert "secure" in over_https.headers["set-cookie"].lower()


async def outcomes(gateway: Gateway) -> list[str]:
    async with gateway.services.database.read() as connection:
        return list((await connection.execute(select(AUDIT.c.outcome).order_by(AUDIT.c.seq))).scalars())
