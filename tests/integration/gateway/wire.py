"""The wire: a gateway on a real port, and what it answers to bytes that no HTTP client would send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streams.gateway.api import create_app
from streams.program.patience import Patience
from streams.program.server import Server
from tests.integration.gateway.conftest import TOKEN, Gateway

AUTHORIZED = f"Host: gateway\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
HEAD = b"POST /api/reports HTTP/1.1\r\n" + AUTHORIZED + b"Content-Type: application/json\r\n"
OPEN = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def served(gateway: Gateway, patience: Patience | None = None) -> AsyncIterator[int]:
    """A port of this machine on which the gateway answers."""
    server = Server(create_app(gateway.services), "127.0.0.1", 0, patience=patience)
    running = asyncio.create_task(server.run())
    try:
        yield server.port
    finally:
        gateway.services.hubs.close()
        server.stop()
        await running


async def said(port: int, *parts: bytes, seconds_between: float = 0.0) -> bytes:
    """Everything that is answered to these bytes until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read())
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.wait([answer], timeout=seconds_between)
            if answer.done():
                break
        return await answer
    finally:
        writer.close()


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def statuses(answer: bytes) -> list[int]:
    """The status of every answer in these bytes, in order."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
