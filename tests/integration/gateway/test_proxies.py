"""Whom the gateway believes in where a request came from and how: the proxies that were named, and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.access.accounts import keep_account
from streams.gateway.api import create_app
from streams.gateway.rates import Limits
from streams.program.server import Server
from tests.integration.gateway.conftest import Gateway

PASSWORD = "correct horse battery"


@asynccontextmanager
async def behind(
    gateway: Gateway, proxies: Sequence[str], limits: Limits
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway on a real port of this machine that believes these proxies."""
    services = replace(gateway.services, limits=limits, is_behind_https=True)
    server = Server(create_app(services), "127.0.0.1", 0, proxies)
    running = asyncio.create_task(server.run())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client
    server.stop()
    await running


async def attempt(client: httpx.AsyncClient, address: str, password: str = PASSWORD) -> httpx.Response:
    said = {"person_id": "wang", "password": password}
    headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
    return await client.post("/api/session", json=said, headers=headers)


@pytest.fixture(autouse=True)
async def wang(gateway: Gateway) -> None:
    someone = Someone(person_id="wang", name="王", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, someone, PASSWORD, gateway.clock.now())


async def test_a_named_proxy_is_believed(gateway: Gateway) -> None:
    """It ends https, so that cookies are Secure; and each address that it names has a count of its own."""
    async with behind(gateway, ["127.0.0.1"], Limits(sign_ins=1)) as client:
        first = await attempt(client, "203.0.113.9")
        assert first.status_code == 200
        assert "secure" in first.headers["set-cookie"].lower()
        assert (await attempt(client, "203.0.113.9")).status_code == 429
        assert (await attempt(client, "203.0.113.8")).status_code == 200
        elsewhere = await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert elsewhere.status_code == 401


async def test_nobody_else_is(gateway: Gateway) -> None:
    """Neither by default nor when another proxy is named: who says https without being one signs nobody in."""
    for proxies in ((), ("10.0.0.5", "10.1.0.0/16")):
        async with behind(gateway, proxies, Limits()) as client:
            assert (await attempt(client, "203.0.113.9")).status_code == 403
            here = await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
            assert here.status_code == 200


async def test_a_network_of_proxies_is_believed(gateway: Gateway) -> None:
    """Their addresses may change within it."""
    async with behind(gateway, ["127.0.0.0/8"], Limits()) as client:
        assert (await attempt(client, "203.0.113.9")).status_code == 200
