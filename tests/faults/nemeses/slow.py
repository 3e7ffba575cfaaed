"""What is done slowly: handling, carrying out, reading a screen; and what the program holds meanwhile."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from tests.acceptance.program import TOKEN
from tests.faults.memory import Peak
from tests.faults.outcome import Figure
from tests.faults.scene import Scene

_GROWS_AT_MOST_MB = 50
_HANDLED_SLOWER_SECONDS = 0.5
_SCREENS = 20
_LITTLE = 2_048
# Done to the database, so that nothing of it is in the program: each message that the engine notes as handled waits.
_FUNCTION = "CREATE OR REPLACE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS"
_SLOWLY = (
    f"{_FUNCTION} $$ BEGIN PERFORM pg_sleep({_HANDLED_SLOWER_SECONDS}); RETURN NEW; END $$;"
    " CREATE TRIGGER slow BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION be_slow()"
)
# Whoever drops a trigger waits for the longest transaction, and keeps every reader of the table waiting behind it.
_AS_EVER = f"{_FUNCTION} $$ BEGIN RETURN NEW; END $$"


async def consumers(scene: Scene) -> None:
    """F11: every message takes 500 ms more while units answer late and twenty screens read a byte a second."""
    seconds = scene.count(30, 60)
    peaks = {one.name: Peak(one.program.process_id) for one in scene.stack.everybody}
    async with _screens(scene) as screens:
        scene.record.note(f"each message takes {_HANDLED_SLOWER_SECONDS} s more for {seconds} s")
        await _told_to_database(scene, _SLOWLY)
        for _ in range(seconds):
            await asyncio.sleep(1)
            for one in screens:
                with suppress(OSError):
                    one.recv(1)
        await _told_to_database(scene, _AS_EVER)
    scene.record.note("as quick as ever")
    scene.figures += [
        Figure(f"{name}: memory meanwhile, most", peak.grown_mb(), "MB more", at_most=_GROWS_AT_MOST_MB)
        for name, peak in peaks.items()
    ]


async def _told_to_database(scene: Scene, statement: str) -> None:
    connection = await asyncpg.connect(scene.stack.database_url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def _screens(scene: Scene) -> AsyncIterator[list[socket.socket]]:
    """Screens that opened the stream of the whole city and hardly read it, with as little room as a socket can have."""
    http = scene.stack.gateway.program.http
    snapshot = (await asyncio.to_thread(http.get, "/api/screen/snapshot?area=500000")).json()
    asked = (
        f"GET /api/screen/stream?area=500000&position={snapshot['position']} HTTP/1.1\r\n"
        f"Host: gateway\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    ).encode()
    opened = []
    try:
        for _ in range(_SCREENS):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LITTLE)
            one.connect(("127.0.0.1", scene.stack.gateway.program.port))
            one.sendall(asked)
            one.setblocking(False)
            opened.append(one)
        yield opened
    finally:
        for one in opened:
            one.close()
