"""A picture's body that does not come: the sender is told, and nothing of it is left."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from anyio import CapacityLimiter
from fastapi import Request

from streams.gateway import uploads
from streams.gateway.problems import Problem
from streams.gateway.uploads import received

Message = dict[str, Any]
PIECE: Message = {"type": "http.request", "body": b"\xff\xd8\xff", "more_body": True}
GONE: Message = {"type": "http.disconnect"}


def request(messages: Iterator[Message], **headers: str) -> Request:
    """A request whose body comes in these messages."""

    async def receive() -> Message:
        return next(messages)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/api/attachments", "headers": named}
    return Request(scope, receive)


@pytest.mark.parametrize(
    ("headers", "messages", "status"),
    [
        ({"content_type": "image/jpeg"}, [PIECE, GONE], 408),
        ({"content_type": "image/jpeg", "content_length": "11"}, [], 413),
        ({"content_type": "image/jpeg"}, [PIECE, PIECE, PIECE, PIECE], 413),
        ({"content_type": "text/html"}, [], 415),
        ({}, [], 415),
        ({"content_type": "image/jpeg", "content_encoding": "br"}, [], 415),
    ],
    ids=["line broke", "announced", "counted", "another kind", "no kind", "packed"],
)
async def test_a_body_that_is_not_taken_is_not_waited_for(
    headers: dict[str, str], messages: list[Message], status: int
) -> None:
    """Ten bytes are taken: the answer comes before more is read, ends the line, and frees the place."""
    sending = CapacityLimiter(1)
    with pytest.raises(Problem) as refused:
        async with received(request(iter(messages), **headers), 10, sending):
            pytest.fail("it was taken")
    assert (refused.value.status, refused.value.headers["Connection"]) == (status, "close")
    assert sending.borrowed_tokens == 0


async def test_a_body_is_a_file_for_as_long_as_it_is_looked_at() -> None:
    """Whole, in order, and closed afterwards."""
    messages = iter([PIECE, {"type": "http.request", "body": b"rest", "more_body": False}])
    async with received(request(messages, content_type="image/jpeg"), 10, CapacityLimiter(1)) as file:
        file.seek(0)
        assert file.read() == b"\xff\xd8\xffrest"
    assert file.closed


async def test_who_says_nothing_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that stops in the middle holds neither place nor file."""
    monkeypatch.setattr(uploads, "NEXT_WITHIN_SECONDS", 0.0)
    sending = CapacityLimiter(1)

    async def receive() -> Message:
        await asyncio.Event().wait()
        return GONE

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", b"image/png")]}
    with pytest.raises(Problem) as refused:
        async with received(Request(scope, receive), 10, sending):
            pytest.fail("it was taken")
    assert (refused.value.status, sending.borrowed_tokens) == (408, 0)
