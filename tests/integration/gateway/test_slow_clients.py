"""Clients that take their time: each costs only itself, and nobody else waits for it."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import orjson
import pytest

from streams.cockpit.feed import DELTA
from streams.cockpit.hub import HubLimits
from streams.program.patience import Patience
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.wire import AUTHORIZED, HEAD, OPEN, said, served, statuses
from tests.servers import skip_unless_ci, tied_to_us

BODY = orjson.dumps(report())
WHOLE = HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY
IDLE_SOCKETS = 10_000
# Opens so many connections, says so, and holds them until its input ends. A process of its own: the files of two
# ends of ten thousand connections are more than most machines allow one.
IDLERS = """
import resource, socket, sys
count, port = int(sys.argv[1]), int(sys.argv[2])
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
held = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
print(len(held), flush=True)
sys.stdin.read()
"""


def byte_by_byte(request: bytes) -> list[bytes]:
    return [request[at : at + 1] for at in range(len(request))]


async def was_cut(reader: asyncio.StreamReader) -> bool:
    """Whether the other end hung up in the middle: a stream that is over ends with an empty chunk."""
    last = b""
    try:
        while found := await reader.read(1_000_000):
            last = (last + found)[-5:]
    except ConnectionResetError:
        return True
    return last != b"0\r\n\r\n"


@pytest.mark.slow
async def test_a_byte_a_second_is_given_up_and_holds_nobody(gateway: Gateway) -> None:
    """Head, body and the head of a second request: each is told 408 and cut off; others are answered meanwhile."""
    first = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n"
    head_of_body = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
    async with served(gateway) as port:
        tricklers = [
            asyncio.create_task(said(port, *parts, seconds_between=1))
            for parts in (
                byte_by_byte(HEAD),
                [head_of_body, *byte_by_byte(BODY)],
                [first, *byte_by_byte(HEAD)],
            )
        ]
        while not all(one.done() for one in tricklers):
            assert statuses(await said(port, OPEN)) == [200]
            await asyncio.wait(tricklers, timeout=1)
        assert [statuses(one.result()) for one in tricklers] == [[408], [408], [200, 408]]
    assert gateway.nudges.count == 0


async def test_who_says_nothing_is_let_go_without_a_word(gateway: Gateway) -> None:
    """A socket that was opened and forgotten."""
    async with served(gateway, Patience(head_within_seconds=0.1)) as port:
        assert await said(port, b"") == b""


async def test_a_body_that_nobody_reads_is_not_waited_for(gateway: Gateway) -> None:
    """Answered before its body is whole, a request ends its connection, though more of it trickles in."""
    anonymous = b"POST /api/reports HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100000\r\n\r\nx"
    reading = b"GET /api/session HTTP/1.1\r\n" + AUTHORIZED + b"Content-Length: 100000\r\n\r\nx"
    async with served(gateway) as port:
        for request, status in ((anonymous, 401), (reading, 200)):
            assert statuses(await said(port, request, *[b"x"] * 300, seconds_between=0.1)) == [status]


async def test_an_answer_arrives_though_much_of_the_body_is_unread(gateway: Gateway) -> None:
    """A refused upload of megabytes hears why, and is not merely cut off while it still sends."""
    head = HEAD.replace(b"application/json", b"text/plain") + b"Content-Length: 4000000\r\n\r\n"
    async with served(gateway) as port:
        for _ in range(20):
            assert statuses(await said(port, head, *[b"x" * 100_000] * 5)) == [415]


async def test_ten_thousand_idle_sockets_keep_no_report_out(gateway: Gateway) -> None:
    """All are open and silent while a report is accepted."""
    async with served(gateway, Patience(head_within_seconds=100)) as port:
        command = tied_to_us([sys.executable, "-c", IDLERS, str(IDLE_SOCKETS), str(port)])
        idlers = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        assert idlers.stdout is not None
        opened = await idlers.stdout.readline()
        try:
            if not opened:
                _, why = await idlers.communicate(b"")
                skip_unless_ci(f"{IDLE_SOCKETS} sockets cannot be opened here: {why.decode()[-200:]}")
            assert int(opened) == IDLE_SOCKETS
            assert statuses(await said(port, WHOLE)) == [202]
        finally:
            await idlers.communicate(b"")


async def test_a_viewer_that_does_not_read_is_let_go_and_the_others_never_notice(gateway: Gateway) -> None:
    """It is told to load all again, or cut off if it never reads; who reads has had every frame."""
    hub = gateway.services.hubs.of("500000")
    asked = b"GET /api/screen/stream?position=%b HTTP/1.1\r\n%b\r\n" % (hub.position.encode(), AUTHORIZED)
    frame, frames = b'"' + b"x" * 200_000 + b'"', HubLimits().queue_frames + 60
    async with served(gateway, Patience(reads_within_seconds=0.2)) as port:
        quick, slow = [await asyncio.open_connection("127.0.0.1", port, limit=1_024) for _ in range(2)]
        for _, writer in (quick, slow):
            writer.write(asked)
        while hub.viewers < 2:
            await asyncio.sleep(0)
        read = bytearray()
        for number in range(frames):
            hub.publish(DELTA, frame)
            while b"id: e1:%d\n" % (number + 1) not in read[-300_000:]:
                read += await quick[0].read(1_000_000)
        assert hub.viewers == 1
        await asyncio.sleep(1)  # the gateway's own clocks run in this very loop, and stand before this one
        assert await was_cut(slow[0])
        for _, writer in (quick, slow):
            writer.close()


async def test_a_stream_says_at_once_that_it_stands(gateway: Gateway) -> None:
    """Its head and a ping come before anything happens, so that no screen says for seconds that it connects."""
    position = gateway.services.hubs.of("500000").position.encode()
    async with served(gateway) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/screen/stream?position=%b HTTP/1.1\r\n%b\r\n" % (position, AUTHORIZED))
        heard = await asyncio.wait_for(reader.readuntil(b"event: ping"), 3)
        writer.close()
    assert statuses(heard) == [200]
    assert b"resync" not in heard
