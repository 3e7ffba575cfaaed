"""The gateway on a real port: what ASGI never shows, such as half requests and two lengths at once."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.wire import AUTHORIZED, HEAD, OPEN, chunk, said, served, statuses

BODY = orjson.dumps(report())


@pytest.fixture
async def port(gateway: Gateway) -> AsyncIterator[int]:
    async with served(gateway) as port:
        yield port


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
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        HEAD + b"Content-Length : 3\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 66_000,
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 10_000,
    ],
    ids=[
        "TLS",
        "no version",
        "header",
        "length in words",
        "negative",
        "two lengths",
        "chunk size",
        "unknown coding",
        "two codings",
        "space before the colon",
        "two hosts",
        "half a line end",
        "NUL",
        "a long header",
        "many headers",
    ],
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


@pytest.mark.parametrize("length", [4, 5, 50])
async def test_a_second_request_cannot_be_smuggled_into_a_body(
    gateway: Gateway, port: int, length: int
) -> None:
    """A body with a length and chunks has two ends for two readers: 400, and what follows is no request."""
    both = HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % length
    inner = b"GET /api/session HTTP/1.1\r\n" + AUTHORIZED + b"\r\n"
    assert statuses(await said(port, both + inner)) == [400]
    assert gateway.nudges.count == 0


async def test_garbage_behind_a_request_costs_the_connection_alone(port: int) -> None:
    """The request is answered, the garbage with 400, and nothing behind that is read."""
    asked = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n"
    assert statuses(await said(port, asked * 3 + b"\x00\xff garbage\r\n\r\n" + asked)) == [200, 200, 200, 400]
    assert statuses(await said(port, OPEN)) == [200]


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /api/incidents/a%0d%0aX-Planted:1",
        b"GET /api/incidents?cursor=%0d%0aX-Planted:1",
        b"GET /api/screen/snapshot?area=500000%0d%0aX-Planted:1",
        b"GET /enter?link=%0d%0aX-Planted:1",
        b"GET /static/%0d%0aX-Planted:1",
        b"GET /%0d%0aX-Planted:1",
    ],
)
async def test_a_line_end_that_is_sent_makes_no_header(port: int, asked: bytes) -> None:
    """Whatever a path or parameter carries, the head of the answer holds our headers alone."""
    answer = await said(port, asked + b" HTTP/1.1\r\n" + AUTHORIZED + b"Connection: close\r\n\r\n")
    head = answer.partition(b"\r\n\r\n")[0]
    assert statuses(answer)[0] in (303, 400, 404)
    assert b"\nx-planted" not in head.lower()
