"""What is sent to the gateway that is too large: bodies of megabytes, one of a gigabyte in chunks, one that swells."""

import asyncio
import gzip
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from tests.acceptance.program import TOKEN
from tests.faults.memory import Peak
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene

_MB = 1_048_576
_PIECE = b" " * 65_536
_AT_ONCE = 8
_GROWS_AT_MOST_MB = 20
_WITHIN_SECONDS = 60
_HEAD = (
    b"POST /api/reports HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
)
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def oversized(scene: Scene) -> None:
    """F14: 1 MB less a byte, 1 MB, 10 MB, 1 GB in chunks, a gzip bomb; 8 of each at once."""
    packed = await asyncio.to_thread(gzip.compress, bytes(scene.count(200, 1_000) * _MB), 1)
    bodies: dict[str, tuple[int, list[bytes]]] = {
        what: (413, list(_sized(size)))
        for what, size in (("1 MB less a byte", _MB - 1), ("1 MB", _MB), ("10 MB", 10 * _MB))
    }
    bodies["compressed"] = 415, [_with_length(len(packed), b"Content-Encoding: gzip\r\n"), packed]
    peak = Peak(scene.stack.gateway.program.process_id)
    odd = 0
    for what, (status, pieces) in bodies.items():
        odd += await _wrongly_answered(scene, what, status, [pieces] * _AT_ONCE)
    endless = [_chunked(1_024 * _MB) for _ in range(_AT_ONCE)]
    odd += await _wrongly_answered(scene, "1 GB in chunks", 413, endless)
    scene.figures += [
        Figure("bodies that are too large", _AT_ONCE * (len(bodies) + 1)),
        promise("answered otherwise than 413 or 415", odd),
        Figure("gateway: memory meanwhile, most", peak.grown_mb(), "MB more", at_most=_GROWS_AT_MOST_MB),
    ]


async def _wrongly_answered(scene: Scene, what: str, status: int, crowd: Sequence[Iterable[bytes]]) -> int:
    port = scene.stack.gateway.program.port
    async with asyncio.timeout(_WITHIN_SECONDS):
        said = await asyncio.gather(*(_status(port, pieces) for pieces in crowd))
    scene.record.note(f"{what}: {said}")
    return sum(one != status for one in said)


async def _status(port: int, pieces: Iterable[bytes]) -> int:
    """What is answered, 0 for nothing; it is sent on until there is an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.readline())
    try:
        with suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                if answer.done():
                    break
        with suppress(ConnectionError):
            return int((await answer).split()[1])
        return 0
    finally:
        answer.cancel()
        writer.transport.abort()


def _sized(size: int) -> Iterator[bytes]:
    yield _with_length(size)
    for at in range(0, size, len(_PIECE)):
        yield _PIECE[: size - at]


def _chunked(size: int) -> Iterator[bytes]:
    yield _CHUNKED
    for _ in range(0, size, len(_PIECE)):
        yield b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE)
    yield b"0\r\n\r\n"


def _with_length(size: int, *more: bytes) -> bytes:
    return _HEAD + b"".join(more) + b"Content-Length: %d\r\n\r\n" % size
