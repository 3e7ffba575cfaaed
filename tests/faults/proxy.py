"""Proxy: a line between two processes that can be cut, silenced one way or both, or made to lose one kind of answer.

Everything on 127.0.0.1. Never in here: anything about what is carried, beyond the bytes that it is told to watch for.
"""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

_PIECE = 65_536
_ANSWER_WITHIN_SECONDS = 5.0


class Line(StrEnum):
    """What the line does."""

    OPEN = "open"
    CUT = "cut"  # connections are reset, new ones refused at once
    SILENT = "silent"  # nothing passes either way, nobody is told
    ONE_WAY = "one_way"  # words get there, answers do not come back


@dataclass(eq=False)
class _Pair:
    """One connection: its caller's side and the other."""

    caller: asyncio.StreamWriter
    target: asyncio.StreamWriter
    loses_next_answer: bool = False

    def reset(self) -> None:
        """End both sides as a broken line would: RST, no goodbye."""
        for writer in (self.caller, self.target):
            raw = writer.get_extra_info("socket")
            if raw is not None:
                with suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            writer.transport.abort()


@dataclass(eq=False)
class Proxy:
    """`async with Proxy(target_port) as proxy`; callers use `proxy.port`. `lost_answers` counts what it swallowed.

    While `loses_answers_to` is set, the answer to words that hold these bytes (at the end of a piece) is swallowed once
    it has come, and the connection is reset: whoever asked cannot know what happened.
    """

    target_port: int
    port: int = 0
    line: Line = Line.OPEN
    loses_answers_to: bytes = b""
    loses_every: int = 1
    lost_answers: int = 0
    _asked: int = 0
    _pairs: set[_Pair] = field(default_factory=set)
    _passes: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> "Proxy":
        """Listen."""
        self._passes.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_PIECE)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut everything and stop listening."""
        assert self._server is not None
        self._server.close()
        self.set(Line.CUT)
        await asyncio.sleep(0)

    def set(self, line: Line) -> None:
        """Change what the line does, from now on."""
        self.line = line
        if line is Line.CUT:
            for pair in tuple(self._pairs):
                pair.reset()
        if line in (Line.OPEN, Line.CUT):
            self._passes.set()
        else:
            self._passes.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.line is Line.CUT:
            writer.transport.abort()
            return
        try:
            there, to_there = await asyncio.open_connection("127.0.0.1", self.target_port, limit=_PIECE)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, to_there)
        self._pairs.add(pair)
        try:
            carrying = [
                asyncio.create_task(self._carry_words(reader, pair)),
                asyncio.create_task(self._carry_answers(there, pair)),
            ]
            await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)
        finally:
            self._pairs.discard(pair)
            for side in (writer, to_there):
                with suppress(Exception):
                    side.close()

    async def _carry_words(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if self.line is Line.SILENT:
                    await self._passes.wait()
                if self.loses_answers_to and self.loses_answers_to in piece:
                    self._asked += 1
                    pair.loses_next_answer = self._asked % self.loses_every == 0
                pair.target.write(piece)
                await pair.target.drain()

    async def _carry_answers(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if pair.loses_next_answer:
                    # It was done: the answer is here, and nobody will hear it.
                    self.lost_answers += 1
                    pair.reset()
                    return
                if self.line in (Line.SILENT, Line.ONE_WAY):
                    await self._passes.wait()
                pair.caller.write(piece)
                await pair.caller.drain()
