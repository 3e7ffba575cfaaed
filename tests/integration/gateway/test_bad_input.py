"""Bad input is told with 4xx and the field, whatever it is, and leaves nothing behind.

The bodies of bad reports are the corpus (tests/corpus), which tests/contract/gateway/test_bad_reports.py sends; here is
what only HTTP has: headers, paths, parameters, methods, and decisions and feedback.
"""

import random

import orjson
import pytest
from sqlalchemy import func, select

from models.tables import INTAKE, OUTBOX
from tests.integration.gateway.bodies import at, decision, feedback, report
from tests.integration.gateway.conftest import Gateway

JSON = {"Content-Type": "application/json"}
VALID = orjson.dumps(report())


async def nothing_was_kept(gateway: Gateway) -> bool:
    """No intake row and no outbox row."""
    async with gateway.services.database.read() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (INTAKE, OUTBOX)
        ]
    return counts == [0, 0]


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Content-Type": "text/plain"}, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Content-Type": "application/json; charset=gb18030"}, "Content-Type"),
        ({}, "Content-Type"),
        (JSON | {"Content-Encoding": "gzip"}, "Content-Encoding"),
    ],
)
async def test_a_body_of_another_kind_is_refused(
    gateway: Gateway, headers: dict[str, str], field: str
) -> None:
    """415 names the header: only JSON in UTF-8 is read, and nothing compressed is unpacked."""
    answer = await gateway.client.post("/api/reports", content=VALID, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (415, field)
    assert await nothing_was_kept(gateway)


async def test_a_charset_that_is_ours_is_read(gateway: Gateway) -> None:
    """Naming UTF-8 is no other kind."""
    headers = {"Content-Type": 'application/json; charset="UTF-8"'}
    answer = await gateway.client.post("/api/reports", content=VALID, headers=headers)
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("path", "code", "field"),
    [
        ("/api/incidents?stage=finished", "bad_filter", "stage"),
        ("/api/incidents?status=OPEN", "bad_filter", "status"),
        ("/api/incidents?verdict=", "bad_filter", "verdict"),
        ("/api/incidents?level=V", "bad_filter", "level"),
        ("/api/incidents?area=chongqing", "bad_filter", "area"),
        ("/api/incidents?area=500199", "bad_filter", "area"),
        ("/api/incidents?area=500101001001", "bad_filter", "area"),
        ("/api/incidents?area=500108%00", "bad_filter", "area"),
        ("/api/incidents?from=yesterday", "bad_filter", "from"),
        ("/api/incidents?from=2026-11-22T00:00:00", "bad_filter", "from"),
        ("/api/incidents?to=0001-01-01T00:00:00Z", "bad_filter", "to"),
        ("/api/incidents?limit=0", "bad_filter", "limit"),
        ("/api/incidents?limit=201", "bad_filter", "limit"),
        ("/api/incidents?limit=ten", "bad_filter", "limit"),
        ("/api/incidents?stage=disposal&stage=perception", "bad_filter", "stage"),
        ("/api/incidents?state=open", "bad_filter", "state"),
        ("/api/incidents?order_by=seq;drop", "bad_filter", "order_by"),
        ("/api/incidents?cursor=abc", "bad_cursor", "cursor"),
        ("/api/incidents?cursor=%E7%81%AB", "bad_cursor", "cursor"),
        ("/api/incidents?cursor=", "bad_cursor", "cursor"),
        ("/api/incidents?cursor=" + "A" * 401, "bad_filter", "cursor"),
        ("/api/heat?scope=500108001", "bad_filter", "scope"),
        ("/api/heat?scope=500199", "bad_filter", "scope"),
        ("/api/heat?area=500108", "bad_filter", "area"),
        ("/api/ratings?area=x", "bad_filter", "area"),
        ("/api/areas?parent=500199", "bad_filter", "parent"),
        ("/api/areas?on=tomorrow", "bad_filter", "on"),
        ("/api/areas?on=2026-02-30", "bad_filter", "on"),
    ],
)
async def test_a_query_that_cannot_be_answered_is_refused(
    gateway: Gateway, path: str, code: str, field: str
) -> None:
    """400 names the parameter, also one that nobody knows or that stands there twice."""
    answer = await gateway.client.get(path)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/incidents/none", 404, "not_found"),
        ("GET", "/api/incidents/none/events", 404, "not_found"),
        ("GET", "/api/incidents/none/reports", 404, "not_found"),
        ("GET", "/api/incidents/none/commands", 404, "not_found"),
        ("GET", "/api/incidents/a%00b", 404, "not_found"),
        ("GET", "/api/incidents/%FF", 404, "not_found"),
        ("GET", "/api/incidents/" + "x" * 65, 404, "not_found"),
        ("GET", "/api/decisions/none", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/reports", 405, "method_not_allowed"),
        ("DELETE", "/api/incidents/none", 405, "method_not_allowed"),
        ("PUT", "/api/heat", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    gateway: Gateway, method: str, path: str, status: int, code: str
) -> None:
    """404 and 405 come as problems like everything else."""
    answer = await gateway.client.request(method, path, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["instance"] == answer.request.url.path


async def test_a_decision_and_a_feedback_are_held_to_the_contract(gateway: Gateway) -> None:
    """Their bodies are read before anybody asks whether the incident or command is there."""
    decisions, feedbacks = "/api/incidents/i-1/decisions", "/api/commands/c-1/feedback"
    for path, body, code, field in (
        (decisions, decision(action="verify"), "invalid", "reason"),
        (decisions, decision(incident_id="i-2"), "invalid", "incident_id"),
        (decisions, decision(incident_id=["i-1"]), "invalid", "incident_id"),
        (decisions, decision(area_code="500199"), "unknown_area", "area_code"),
        (decisions, decision(decided_at=at(-2 * 24 * 60)), "out_of_window", "decided_at"),
        (decisions, decision(officer={"id": "o-1"}), "invalid", "officer.name"),
        (feedbacks, feedback(incident_id="i-1", unit_code="fire"), "invalid", "unit_code"),
        (feedbacks, feedback(incident_id="i-1", unit_code="500108:fire", person=None), "invalid", "person"),
        (
            feedbacks,
            feedback(command_id="c-2", incident_id="i-1", unit_code="500108:fire"),
            "invalid",
            "command_id",
        ),
        (feedbacks, feedback(unit_code="500108:fire"), "invalid", "incident_id"),
    ):
        answer = await gateway.client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    for path in (decisions, feedbacks):
        for garbage in (b"", b"{", b"[]", b'{"incident_id":"i-1","incident_id":"i-1"}', b"{}"):
            answer = await gateway.client.post(path, content=garbage, headers=JSON)
            assert answer.status_code in (400, 422)
    assert await nothing_was_kept(gateway)


async def test_no_bytes_make_the_gateway_fail(gateway: Gateway) -> None:
    """A thousand bodies with bytes changed, cut and repeated are each accepted or refused; none is our defect."""
    chance = random.Random(20_261_122)
    paths = ("/api/reports", "/api/incidents/i-1/decisions", "/api/commands/c-1/feedback")
    seeds = [
        VALID,
        orjson.dumps(decision(reason="x")),
        orjson.dumps(feedback(incident_id="i-1", unit_code="500108:fire")),
    ]
    for _ in range(1_000):
        body = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            start, length = chance.randrange(len(body)), chance.randrange(8)
            body[start : start + length] = chance.choice(
                [b"", chance.randbytes(3), b"\\u0000", b"9" * 30, b"[", b'"']
            )
        answer = await gateway.client.post(chance.choice(paths), content=bytes(body), headers=JSON)
        assert answer.status_code < 500, bytes(body)
