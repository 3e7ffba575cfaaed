"""Producers with an API key: they hand in what is theirs, signed where that is demanded, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import orjson
import pytest
from sqlalchemy import select

from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.tables import AUDIT, INTAKE
from models.vocabulary import Channel
from streams.access.api_keys import NewKey, disable_keys, keep_key
from streams.access.signatures import Signed, signature_of
from tests.integration.gateway.bodies import TOWNSHIP, report
from tests.integration.gateway.conftest import Gateway, client_of

GRID = Producer(
    producer_id="grid-500108",
    source_ids=(SourceId("grid-1"), SourceId("grid-2")),
    area_code=AreaCode("500108"),
    channels=(Channel.GRID, Channel.FIRE),
    per_minute=1_000,
)
KEY_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Door:
    """A gateway with two keys of one producer, one of which demands signatures."""

    gateway: Gateway
    client: httpx.AsyncClient
    plain: NewKey
    signing: NewKey

    async def report(self, body: object = None, word: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {word or self.plain.word}"}
        return await self.client.post("/api/reports", json=body or report(), headers=headers)

    def signed(self, nonce: str = "n" * 16, ago_seconds: float = 0) -> dict[str, str]:
        """The headers of a signed report, made so many seconds ago."""
        time = str(int(self.gateway.clock.now().timestamp() - ago_seconds))
        assert self.signing.signing_key is not None
        request = Signed("POST", "/api/reports", time, nonce, BODY)
        return {
            "Authorization": f"Bearer {self.signing.word}",
            "Content-Type": "application/json",
            "Fenghuo-Time": time,
            "Fenghuo-Nonce": nonce,
            "Fenghuo-Signature": signature_of(self.signing.signing_key, request),
        }

    async def send(
        self, headers: dict[str, str], body: bytes | None = None, path: str = "/api/reports"
    ) -> httpx.Response:
        return await self.client.post(path, content=BODY if body is None else body, headers=headers)


BODY = orjson.dumps(report())


@pytest.fixture
async def door(gateway: Gateway) -> AsyncIterator[Door]:
    now = gateway.clock.now()
    async with gateway.services.database.write() as connection:
        plain = await keep_key(connection, GRID, now + KEY_LASTS, now, is_signed=False)
        signing = await keep_key(connection, GRID, now + KEY_LASTS, now, is_signed=True)
    async with client_of(gateway.services, token=None) as client:
        yield Door(gateway, client, plain, signing)


async def written(gateway: Gateway) -> list[tuple[str, str, str, str | None, str]]:
    async with gateway.services.database.read() as connection:
        rows = await connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
        return [(row.person_id, row.role, row.act, row.subject, row.outcome) for row in rows]


async def test_a_producer_hands_in_its_reports(door: Door) -> None:
    """From every source, place and channel of its own; each stands in the audit under the producer's name."""
    told = [
        await door.report(report(report_id="r-1")),
        await door.report(report(report_id="r-2", source_id="grid-2", area_code="500108", channel="119")),
    ]
    assert [answer.status_code for answer in told] == [202, 202]
    assert await written(door.gateway) == [
        ("producer:grid-500108", "producer", "report", answer.json()["message_id"], "allowed")
        for answer in told
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source_id": "grid-3"}, "source_id"),
        ({"source_id": "grid-1 "}, None),
        ({"area_code": "500101001"}, "area_code"),
        ({"area_code": "500000"}, "area_code"),
        ({"channel": "110"}, "channel"),
        ({"channel": "sensor"}, "channel"),
    ],
    ids=str,
)
async def test_what_is_not_the_producers_is_refused(
    door: Door, changes: dict[str, object], field: str | None
) -> None:
    """403 with the field that oversteps, written down, and nothing is kept; what breaks the contract is 422 as ever."""
    answer = await door.report(report(**changes))
    if field is None:
        assert answer.status_code == 422
        return
    assert (answer.status_code, answer.json()["field"]) == (403, field)
    ((who, role, act, _, outcome),) = await written(door.gateway)
    assert (who, role, act, outcome) == ("producer:grid-500108", "producer", "report", "denied")
    async with door.gateway.services.database.read() as connection:
        assert (await connection.execute(select(INTAKE))).all() == []


async def test_a_wrong_word_is_nobodys(door: Door) -> None:
    """Another secret, another's secret, and half a key: 401, and not a word about which keys there are."""
    for word in (door.plain.word[:-1], door.plain.word.replace(door.plain.key_id, "0" * 16), "fhk_", "fhk__"):
        answer = await door.report(word=word)
        assert answer.status_code == 401
        assert door.plain.key_id not in answer.text
    assert await written(door.gateway) == []


async def test_a_key_ends_by_time_or_by_hand(door: Door) -> None:
    """A holder is told that it is over, at once when it is disabled and to the second when it expires."""
    async with door.gateway.services.database.write() as connection:
        await disable_keys(connection, "grid-500108", door.signing.key_id)
    disabled = await door.report(word=door.signing.word)
    door.gateway.clock.move(KEY_LASTS.total_seconds())
    expired = await door.report()
    assert (disabled.status_code, expired.status_code) == (401, 401)
    assert "disabled" in disabled.json()["detail"]
    assert "expired" in expired.json()["detail"]


@pytest.mark.parametrize(
    "path",
    ["/api/incidents", "/api/session", "/api/areas", "/api/screen/words", "/", "/desk", "/api/screen/stream"],
)
async def test_no_other_route_is_there_for_a_producer(door: Door, path: str) -> None:
    """What everybody else may see is not found, and that it was asked for is written down."""
    answer = await door.client.get(path, headers={"Authorization": f"Bearer {door.plain.word}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    ((who, _, act, subject, outcome),) = await written(door.gateway)
    assert (who, act, subject, outcome) == ("producer:grid-500108", "use_key", door.plain.key_id, "denied")


async def test_what_is_open_to_all_is_open_to_producers(door: Door) -> None:
    """A probe that sends its key along is answered like any other."""
    headers = {"Authorization": f"Bearer {door.plain.word}"}
    assert (await door.client.get("/healthz", headers=headers)).status_code == 200
    assert (await door.client.get("/sign-in", headers=headers)).status_code == 200


async def test_a_signed_report_is_accepted_once(door: Door) -> None:
    """The same request again is refused by its nonce; the same report, signed anew, counts once as ever."""
    first = await door.send(door.signed())
    again = await door.send(door.signed())
    anew = await door.send(door.signed("m" * 16))
    assert (first.status_code, again.status_code, anew.status_code) == (202, 401, 200)
    assert again.json()["field"] == "Fenghuo-Nonce"


async def test_a_second_gateway_knows_the_nonce(door: Door) -> None:
    """A request that one gateway let through is refused by the other."""
    assert (await door.send(door.signed())).status_code == 202
    async with client_of(door.gateway.services, token=None) as other:
        answer = await other.post("/api/reports", content=BODY, headers=door.signed())
    assert (answer.status_code, answer.json()["field"]) == (401, "Fenghuo-Nonce")


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("Fenghuo-Signature", None, "Fenghuo-Signature"),
        ("Fenghuo-Signature", "0" * 64, "Fenghuo-Signature"),
        ("Fenghuo-Nonce", None, "Fenghuo-Nonce"),
        ("Fenghuo-Nonce", "o" * 16, "Fenghuo-Signature"),
        ("Fenghuo-Time", None, "Fenghuo-Time"),
        ("Fenghuo-Time", "1763780580", "Fenghuo-Signature"),
    ],
)
async def test_a_header_that_is_not_as_signed_is_refused(
    door: Door, header: str, value: str | None, field: str
) -> None:
    """401 that names the header, and the nonce is not spent by it."""
    good = door.signed()
    altered = {name: said for name, said in good.items() if name != header}
    if value is not None:
        altered[header] = value
    answer = await door.send(altered)
    assert (answer.status_code, answer.json()["field"]) == (401, field)
    assert (await door.send(good)).status_code == 202


async def test_an_altered_body_or_path_is_refused(door: Door) -> None:
    """One byte more, another report, or a query that was not signed."""
    for body, path in ((BODY + b" ", "/api/reports"), (b"{}", "/api/reports"), (None, "/api/reports?x=1")):
        answer = await door.send(door.signed(), body, path)
        assert (answer.status_code, answer.json()["field"]) == (401, "Fenghuo-Signature")
    assert [entry[2:] for entry in await written(door.gateway)] == [
        ("use_key", door.signing.key_id, "denied")
    ] * 3


@pytest.mark.parametrize(("ago_seconds", "status"), [(300, 202), (301, 401), (-300, 202), (-301, 401)])
async def test_a_request_of_another_time_is_refused(door: Door, ago_seconds: float, status: int) -> None:
    """Five minutes either way, by the gateway's own clock."""
    assert (await door.send(door.signed(ago_seconds=ago_seconds))).status_code == status


async def test_a_key_that_demands_none_needs_no_signature(door: Door) -> None:
    """Headers that nobody asked for are left alone; a signature never stands in for the key itself."""
    unasked = door.signed() | {"Authorization": f"Bearer {door.plain.word}"}
    alone = {name: said for name, said in door.signed().items() if name != "Authorization"}
    assert (await door.send(unasked)).status_code == 202
    assert (await door.send(alone)).status_code == 401


def test_the_township_lies_in_the_producers_district() -> None:
    """The bodies of these tests are about a place that is the producer's own."""
    assert TOWNSHIP.startswith(GRID.area_code)
