"""The gateway on a real port: what ASGI never shows, such as half requests and two lengths at once."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from streams.gateway.api import create_app
from streams.program.server import Server
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import TOKEN, Gateway

BODY = orjson.dumps(report())
HEAD = (
    f"POST /api/reports HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/json\r\n"
).encode()
OPEN = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def port(gateway: Gateway) -> AsyncIterator[int]:
    """A port of this machine on which the gateway answers."""
    server = Server(create_app(gateway.services), "127.0.0.1", 0)
    running = asyncio.create_task(server.run())
    yield server.port
    server.stop()
    await running


async def said(port: int, *parts: bytes) -> bytes:
    """Everything that is answered to these bytes until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()
    finally:
        writer.close()


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


async def test_a_chunked_report_is_accepted(port: int) -> None:
    """A body without a length is read to its last chunk."""
    head = HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = await said(port, head, chunk(BODY[:40]), chunk(BODY[40:]), b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 202 ")


async def test_an_endless_body_is_cut_off(port: int) -> None:
    """A chunked body past 256 KB is answered with 413 and the connection closed, though more would come."""
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = await said(port, head, *[chunk(b"x" * 66_000)] * 4)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"oversized" in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01 this is TLS\r\n\r\n",
        b"POST /api/reports\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nbroken header\r\n\r\n",
        HEAD + b"Content-Length: abc\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: %d\r\nContent-Length: 3\r\n\r\n%b" % (len(BODY), BODY),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["TLS", "no version", "header", "length in words", "negative", "two lengths", "chunk size"],
)
async def test_what_is_no_http_is_refused(port: int, request_bytes: bytes) -> None:
    """Broken requests are answered with 400 and the connection is closed; the gateway goes on."""
    answer = await said(port, request_bytes)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert (await said(port, OPEN)).startswith(b"HTTP/1.1 200 ")


async def test_a_client_that_hangs_up_leaves_nothing(gateway: Gateway, port: int) -> None:
    """Half a report and then silence: nothing is kept, and the next one is answered."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY[:50])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    head = HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY)
    assert (await said(port, head + BODY)).startswith(b"HTTP/1.1 202 ")
    assert gateway.nudges.count == 1
