"""The matrix again for who comes with a word instead of a cookie: people by token, and producers, who have one cell."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, SourceId, UnitCode
from models.producers import Producer
from models.tables import AUDIT
from models.vocabulary import Channel
from streams.access.api_keys import keep_key
from streams.gateway.api import ROOMS
from streams.gateway.producers import THEIRS
from streams.gateway.security import OPEN_BELOW, OPEN_ON_LOOPBACK, OPEN_TO_ALL, SESSION_COOKIE, SIGN_IN
from tests.fakes.clock import NOON
from tests.fakes.provider import IdentityProvider, claims_of
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import client_of
from tests.integration.gateway.test_permissions import (
    CITY,
    DISTRICT,
    ELSEWHERE,
    MATRIX,
    SIBLING,
    TOWNSHIP,
    Row,
    Scene,
    ask,
    scene,
)

__all__ = ["scene"]


class TokenForCookie(httpx.Auth):
    """The same people, each with a token in place of the cookie."""

    def __init__(self, tokens: dict[str, str]) -> None:
        self._tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override] # a narrower one
        cookie = request.headers.pop("Cookie").removeprefix(f"{SESSION_COOKIE}=")
        request.headers["Authorization"] = f"Bearer {self._tokens[cookie]}"
        yield request


@pytest.fixture
async def by_token(scene: Scene, tmp_path: Path) -> AsyncIterator[Scene]:
    provider = IdentityProvider(tmp_path)
    tokens = {
        cookie: provider.issue(claims_of(person(role, area), NOON))
        for (role, area), cookie in scene.cookies.items()
    }
    services = replace(scene.gateway.services, tokens=provider.tokens())
    async with client_of(services, token=None) as client:
        client.auth = TokenForCookie(tokens)
        yield replace(scene, client=client)


def person(role: Role, area: str) -> Someone:
    unit = UnitCode(f"{area}:fire") if role is Role.UNIT else None
    return Someone(person_id=f"{role}-{area}", name="王", role=role, area_code=AreaCode(area), unit_code=unit)


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.path.removeprefix("/api/"))
async def test_a_token_gives_what_a_session_gives(by_token: Scene, row: Row) -> None:
    """Every cell of the matrix has the same verdict, whichever way the person came in."""
    method = row.route.partition(" ")[0]
    wrong = []
    for role, area in by_token.cookies:
        body = None if row.body is None else row.body(role, area)
        status = await ask(by_token, role, area, method, row.path, body)
        if status not in row.verdict(role, area):
            wrong.append(f"{role} at {area}: {status}, not {row.verdict(role, area)}")
    assert wrong == []


async def test_a_producer_has_two_cells(scene: Scene) -> None:
    """Of all routes there are, reporting and what became of it are a producer's, below its node, and nothing else."""
    closed, wrong = 0, []
    for area in (CITY, DISTRICT, TOWNSHIP, SIBLING, ELSEWHERE):
        headers = await key_at(scene, area)
        said = report(report_id=f"from-{area}")
        told = await scene.client.post("/api/reports", json=said, headers=headers)
        wrong += [] if told.status_code == (202 if area in (CITY, DISTRICT, TOWNSHIP) else 403) else [area]
        for method, path in closed_routes():
            answer = await scene.client.request(method, filled(path, scene), headers=headers, json={})
            closed += 1
            if (answer.status_code, answer.json()["code"]) != (404, "not_found"):
                wrong.append(f"{area}: {method} {path} {answer.status_code}")
    assert wrong == []
    assert closed > 100
    async with scene.gateway.services.database.read() as connection:
        refused = select(AUDIT.c.seq).where(AUDIT.c.act == "use_key", AUDIT.c.outcome == "denied")
        assert len((await connection.execute(refused)).all()) == closed


def closed_routes() -> list[tuple[str, str]]:
    """Every route that is neither open to all nor named as the producers' own."""
    routes = {
        (method, route.path)
        for room in ROOMS
        for route in room.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    is_open = OPEN_TO_ALL | OPEN_ON_LOOPBACK
    return sorted(
        (method, path)
        for method, path in routes - THEIRS - {SIGN_IN}
        if path not in is_open and not path.startswith(OPEN_BELOW)
    )


def filled(path: str, scene: Scene) -> str:
    known = {"incident_id": scene.incident_id, "command_id": scene.command_id}
    return re.sub(r"\{([a-z_]+)(?::path)?\}", lambda found: known.get(found[1], "x-1"), path)


async def key_at(scene: Scene, area: str) -> dict[str, str]:
    producer = Producer(
        producer_id=f"producer-{area}",
        source_ids=(SourceId("grid-1"),),
        area_code=AreaCode(area),
        channels=(Channel.GRID,),
        per_minute=10_000,
    )
    async with scene.gateway.services.database.write() as connection:
        made = await keep_key(connection, producer, NOON.replace(year=2030), NOON, is_signed=False)
    return {"Authorization": f"Bearer {made.word}"}
