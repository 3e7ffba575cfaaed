"""Bodies are counted as they come and given up when they do not; the app sees whole ones or none."""

import asyncio
from collections.abc import Iterable

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from streams.gateway.body import WholeBody

JSON = (b"content-type", b"application/json")


class App:
    """Reads what it gets and answers 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.after: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        self.bodies.append(message["body"])
        self.after.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})


def receiving(*parts: bytes, then: str = "http.disconnect") -> Receive:
    """A client that sends these parts and then hangs up, or says nothing more for ever."""
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": position < len(parts)}
        for position, part in enumerate(parts, start=1)
    ]
    if then == "silence" and messages:
        messages[-1]["more_body"] = True

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        if then == "silence":
            await asyncio.Event().wait()
        return {"type": then}

    return receive


async def ask(
    receive: Receive,
    *,
    method: str = "POST",
    headers: Iterable[tuple[bytes, bytes]] = (JSON,),
    max_bytes: int = 10,
    within_seconds: float = 60.0,
    grace_seconds: float = 60.0,
) -> tuple[App, list[Message]]:
    """What the app got and what was answered."""
    app, answered = App(), []

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": method, "path": "/api/reports", "headers": list(headers)}
    await WholeBody(app, max_bytes, within_seconds, grace_seconds=grace_seconds)(scope, receive, send)
    return app, answered


async def test_parts_come_to_the_app_as_one() -> None:
    """The app reads one whole body, and then what the client does next."""
    app, answered = await ask(receiving(b"12345", b"", b"67890"))
    assert (app.bodies, app.after, answered[0]["status"]) == ([b"1234567890"], ["http.disconnect"], 200)


@pytest.mark.parametrize("claimed", [None, b"1", b"11", b"99999999999999999999999", b"-1"])
async def test_bytes_are_counted_whatever_is_claimed(claimed: bytes | None) -> None:
    """One byte too many is 413, with or without a Content-Length, true or not; the app sees nothing of it."""
    headers = [JSON, *([(b"content-length", claimed)] if claimed is not None else [])]
    app, answered = await ask(receiving(b"12345", b"678901"), headers=headers)
    problem = orjson.loads(answered[1]["body"])
    assert (app.bodies, answered[0]["status"], problem["code"]) == ([], 413, "oversized")
    assert (b"connection", b"close") in answered[0]["headers"]


async def test_what_is_too_much_is_not_read_to_its_end() -> None:
    """A sender without end is answered at the first byte too many."""
    app, answered = await ask(receiving(b"12345", b"678901", then="silence"))
    assert (app.bodies, answered[0]["status"]) == ([], 413)


async def test_a_body_that_trickles_is_given_up() -> None:
    """408 says that the body did not come in time."""
    app, answered = await ask(receiving(b"1", then="silence"), within_seconds=0.0)
    problem = orjson.loads(answered[1]["body"])
    assert (app.bodies, answered[0]["status"], problem["code"]) == ([], 408, "too_slow")


@pytest.mark.parametrize(
    ("pieces", "seconds_each", "status"),
    [(1, 2.9, 200), (1, 3.1, 408), (7, 1.2, 200), (7, 1.3, 408), (11, 0.9, 200), (12, 0.9, 408)],
)
async def test_a_body_keeps_pace_or_is_given_up(
    monkeypatch: pytest.MonkeyPatch, pieces: int, seconds_each: float, status: int
) -> None:
    """After three seconds of grace a body has to come at 512 bytes a second, and be whole within ten."""
    loop = asyncio.get_running_loop()
    passed = [loop.time()]
    monkeypatch.setattr(loop, "time", lambda: passed[0])
    inner = receiving(*[b"x" * 512] * pieces)

    async def receive() -> Message:
        passed[0] += seconds_each
        for _ in range(2):  # the clock has moved: whoever waits for it hears of it
            turn = loop.create_future()
            loop.call_soon(turn.set_result, None)
            await turn
        return await inner()

    _, answered = await ask(receive, max_bytes=10_000, within_seconds=10, grace_seconds=3)
    assert answered[0]["status"] == status


async def test_a_client_that_hangs_up_is_not_answered() -> None:
    """Half a body is no body: nothing is handed on, and nobody is there to be told."""
    app, answered = await ask(receiving(b"1", then="http.disconnect"))
    half, unanswered = await ask(_hanging_up(b"12345"))
    assert (app.bodies, answered[0]["status"]) == ([b"1"], 200)
    assert (half.bodies, unanswered) == ([], [])


def _hanging_up(part: bytes) -> Receive:
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    return receive


async def test_what_has_no_body_is_not_held_up() -> None:
    """A GET needs no media type and is not waited for."""
    app, answered = await ask(receiving(b""), method="GET", headers=[])
    assert (app.bodies, answered[0]["status"]) == ([b""], 200)
