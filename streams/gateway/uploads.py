"""Uploads: the body of a picture's request, counted while it comes, into a temporary file that nobody else can open.

`streams.gateway.body` reads every other body whole; a picture may be eighty times as large and comes over a phone's
line. Never in here: what is in it.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import BinaryIO

from anyio import CapacityLimiter, WouldBlock
from fastapi import Request
from starlette.requests import ClientDisconnect

from streams.gateway.problems import RETRY_AFTER_SECONDS, Problem, ProblemCode

WITHIN_SECONDS = 180.0  # 20 MB at 1 Mbit/s
NEXT_WITHIN_SECONDS = 15.0
_WRITTEN_TOGETHER_BYTES = 1_048_576
_CLOSE = {"Connection": "close"}  # what the client still sends is not read


@asynccontextmanager
async def received(request: Request, max_bytes: int, sending: CapacityLimiter) -> AsyncIterator[BinaryIO]:
    """The body as a file, gone after the block.

    Raises Problem: 415 for what is not said to be a picture, 413 once more has come than is taken (or was announced),
    408 when it does not come, 503 when too many come at once.
    """
    _require_picture(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _oversized(max_bytes)
    async with _one_of(sending):
        with tempfile.TemporaryFile(prefix="fenghuo-") as file:
            try:
                async with asyncio.timeout(WITHIN_SECONDS):
                    await _write(request, file, max_bytes)
            except TimeoutError:
                raise _too_slow("the picture did not come in time") from None
            except ClientDisconnect:
                raise _too_slow("the line broke before the picture was whole") from None
            yield file


async def _write(request: Request, file: BinaryIO, max_bytes: int) -> None:
    count, waiting = 0, bytearray()
    pieces = request.stream()
    while (piece := await _next(pieces)) is not None:
        count += len(piece)
        if count > max_bytes:
            raise _oversized(max_bytes)
        waiting += piece
        if len(waiting) >= _WRITTEN_TOGETHER_BYTES:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    async with asyncio.timeout(NEXT_WITHIN_SECONDS):
        return await anext(pieces, None)


def _require_picture(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media_type.startswith("image/"):
        raise _other_kind("Content-Type", "image/jpeg, image/png or image/webp is expected")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _other_kind("Content-Encoding", "compressed bodies are not read")


@asynccontextmanager
async def _one_of(sending: CapacityLimiter) -> AsyncIterator[None]:
    try:
        sending.acquire_nowait()
    except WouldBlock:
        detail = "too many pictures are on their way: send the same again"
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS), **_CLOSE}
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.BUSY, detail, headers=headers) from None
    try:
        yield
    finally:
        sending.release()


def _oversized(max_bytes: int) -> Problem:
    detail = f"the picture is larger than {max_bytes} bytes"
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ProblemCode.OVERSIZED, detail, headers=_CLOSE)


def _too_slow(detail: str) -> Problem:
    return Problem(HTTPStatus.REQUEST_TIMEOUT, ProblemCode.TOO_SLOW, detail, headers=_CLOSE)


def _other_kind(field: str, detail: str) -> Problem:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return Problem(status, ProblemCode.UNSUPPORTED_MEDIA_TYPE, detail, field=field, headers=_CLOSE)
