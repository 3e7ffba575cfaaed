"""The body of a request, read whole before any route sees it: counted, in time, and said to be JSON.

What is counted are the bytes that come; Content-Length is only what somebody says.
A body that trickles is given up, so that a thousand slow senders hold no more than a thousand small buffers, and those
that send next to nothing do not hold them long.
"""

import asyncio
from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.gateway.problems import Problem, ProblemCode

READ_WITHIN_SECONDS = 10.0
# A report of 2 KB comes through at the pace of the slowest telephone; who sends less than that holds the line open.
_GRACE_SECONDS = 3.0
_LEAST_BYTES_PER_SECOND = 512
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_CLOSE = {"Connection": "close"}  # what the client still sends is not read


class ClientGone(Exception):
    """The client hung up before its body was whole: there is nobody to answer, and nothing was kept."""


class WholeBody:
    """ASGI middleware that hands on requests whose body is whole, and answers the others with 4xx."""

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        within_seconds: float = READ_WITHIN_SECONDS,
        read_elsewhere: Collection[tuple[str, str]] = (),
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        """`read_elsewhere` are methods and paths whose routes count their bodies themselves.

        After `grace_seconds` a body has to have come at 512 bytes a second, and be whole `within_seconds`.
        """
        self._app = app
        self._read_elsewhere = frozenset(read_elsewhere)
        self._max_bytes = max_bytes
        self._within_seconds = within_seconds
        self._grace_seconds = grace_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then run the app on it."""
        if scope["type"] != "http" or scope["method"] in _BODILESS or self._is_read_elsewhere(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(Headers(scope=scope), receive)
        except Problem as problem:
            await problem.answer(scope, receive, send)
        except ClientGone:
            return
        else:
            await self._app(scope, _once(body, receive), send)

    def _is_read_elsewhere(self, scope: Scope) -> bool:
        return (scope["method"], scope["path"]) in self._read_elsewhere

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        _refuse_other_kinds(headers)
        try:
            async with asyncio.timeout(self._seconds_for(0)) as limit:
                return await self._counted(receive, limit)
        except TimeoutError:
            detail = (
                f"the body was not whole within {self._within_seconds:g} s, "
                f"or came slower than {_LEAST_BYTES_PER_SECOND} bytes a second"
            )
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, ProblemCode.TOO_SLOW, detail, headers=_CLOSE) from None

    def _seconds_for(self, received_bytes: int) -> float:
        """How long somebody who has sent so much may take for the next piece, from the beginning."""
        return min(self._within_seconds, self._grace_seconds + received_bytes / _LEAST_BYTES_PER_SECOND)

    async def _counted(self, receive: Receive, limit: asyncio.Timeout) -> bytes:
        body, began = bytearray(), asyncio.get_running_loop().time()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise self._oversized()
            more = message.get("more_body", False)
            limit.reschedule(began + self._seconds_for(len(body)))
        return bytes(body)

    def _oversized(self) -> Problem:
        detail = f"the body is larger than {self._max_bytes} bytes"
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ProblemCode.OVERSIZED, detail, headers=_CLOSE)


def _refuse_other_kinds(headers: Headers) -> None:
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise _other_kind("Content-Type", "application/json in UTF-8 is expected")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _other_kind("Content-Encoding", "compressed bodies are not read")


def _other_kind(field: str, detail: str) -> Problem:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return Problem(status, ProblemCode.UNSUPPORTED_MEDIA_TYPE, detail, field=field, headers=_CLOSE)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever the client does next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
