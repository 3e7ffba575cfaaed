"""Patience: how long one connection may keep us waiting, whichever way it does so. uvicorn waits for ever for a first
request, for a head that trickles, for the rest of a body that nobody reads any more, and for who reads nothing.

What is waited for is a whole head and a fixed share of what is owed, so that no trickle buys time. The body of a
request that is read has its own limit (`streams.gateway.body`). Never in here: who calls, or what for.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_TOO_SLOW = b"the head of the request was not whole in time"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may take for a head, and to read what is owed to it.

    Slower than `least_read_bytes` in `reads_within_seconds` is no reader: a hundredth of a poor mobile network.
    """

    head_within_seconds: float = 10.0
    reads_within_seconds: float = 30.0
    least_read_bytes: int = 8_192
    linger_seconds: float = 2.0


class PatientProtocol(H11Protocol):
    """uvicorn's own protocol with an end to each wait; one for each connection.

    `limit_concurrency` of uvicorn's configuration is the most connections: one more is cut before it says a word.
    """

    patience: ClassVar = Patience()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head = _Timer(self.loop)
        self._reader = _Timer(self.loop)
        self._has_parted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Somebody is there, and has so long to say what for."""
        super().connection_made(transport)
        # uvicorn closes by itself too, and where bytes of a body are unread that would cut its answer off.
        self.transport = cast(asyncio.Transport, _LastWords(transport, self._close))
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency:
            transport.abort()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request; the clock of a head that is not whole by them goes on as it was."""
        if self._has_parted:
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head.stop()
        elif not self._head.runs:
            self._await_head()

    def on_response_complete(self) -> None:
        """Answered; a body that still comes was not wanted, and is not waited for."""
        is_unread = self.conn.their_state is h11.SEND_BODY
        super().on_response_complete()
        if is_unread:
            self._part()

    def timeout_keep_alive_handler(self) -> None:
        """No other request came; who has not even read the last answer does not keep its bytes here."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.patience.linger_seconds, self.transport.abort)

    def pause_writing(self) -> None:
        """Much waits to be read by the client."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """It has been read."""
        super().resume_writing()
        self._reader.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._head.stop()
        self._reader.stop()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head.start(self.patience.head_within_seconds, self._head_overdue)

    def _head_overdue(self) -> None:
        if self.transport.is_closing() or self.conn.our_state is not h11.IDLE:
            return
        if self.conn.trailing_data[0]:  # else nothing was asked, and nothing is answered
            self._say_too_slow()
        self._part()

    def _say_too_slow(self) -> None:
        status = HTTPStatus.REQUEST_TIMEOUT
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
        head = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
        for event in (head, h11.Data(data=_TOO_SLOW), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _close(self, transport: asyncio.Transport) -> None:
        if self.conn.their_state is h11.SEND_BODY and not transport.is_closing():
            self._part()
        else:
            transport.close()

    def _part(self) -> None:
        """Nothing more will be said or heard; what was said may arrive before the line is cut."""
        if self._has_parted or self.transport.is_closing():
            return
        self._has_parted = True
        self.flow.resume_reading()
        self.transport.write_eof()
        self.loop.call_later(self.patience.linger_seconds, self.transport.abort)

    def _await_reader(self) -> None:
        owed = self.transport.get_write_buffer_size()
        self._reader.start(self.patience.reads_within_seconds, self._look_at_reader, owed)

    def _look_at_reader(self, owed: int) -> None:
        if owed - self.transport.get_write_buffer_size() < self.patience.least_read_bytes:
            self.transport.abort()
        else:
            self._await_reader()


def patient(patience: Patience) -> type[PatientProtocol]:
    """The protocol of a server with this much patience."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": patience})


class _LastWords:
    """A transport that is closed as the protocol says, and in all else is what it was."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[asyncio.Transport], None]) -> None:
        self._transport = transport
        self._close = close

    def close(self) -> None:
        self._close(self._transport)

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)


class _Timer:
    """One thing that is waited for; starting it again forgets the last time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        return self._handle is not None

    def start(self, seconds: float, overdue: Callable[..., None], *about: int) -> None:
        self.stop()
        self._handle = self._loop.call_later(seconds, overdue, *about)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
