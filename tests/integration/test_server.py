"""The port is open at once, and given back."""

import asyncio
import socket

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from streams.errors import SettingsRefused
from streams.program.parts import Parts
from streams.program.server import Server


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def test_a_free_port_is_taken_and_answers_until_told_to_stop() -> None:
    """Asked for any port it takes a free one, answers there, and ends when told to, within its time."""
    server, parts = Server(hello, "127.0.0.1", 0), Parts()
    parts.start("server", server.run())
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{server.port}/")).text == "hello"
    server.stop()
    async with asyncio.timeout(10):
        await parts.finish("server", within_seconds=5)
    assert parts.crashed is None


def test_a_taken_port_is_refused_by_its_setting() -> None:
    """Two programs on one port: the second is told which setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SettingsRefused) as refused:
        Server(hello, "127.0.0.1", taken.getsockname()[1])
    assert refused.value.problems[0].startswith("FENGHUO_HTTP_PORT: cannot listen on 127.0.0.1:")
