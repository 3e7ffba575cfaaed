"""Hub: one stream of numbered frames to every browser that looks, each frame encoded once.

A browser that comes back says the id of its last frame (`epoch:seq`) and gets what it missed from a bounded ring; when
that is gone, or the epoch is another process', it is told to `resync`: to load the snapshot again. A viewer that
reads too slowly fills its own bounded queue, is told to resync and let go; the others never notice.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

RESYNC = "resync"
_END = b""


@dataclass(frozen=True, slots=True)
class HubLimits:
    """How many frames are kept for those who come back, and how many may wait for one viewer."""

    ring_frames: int = 1_024
    queue_frames: int = 64


@dataclass(slots=True, eq=False)
class Viewer:
    """One open stream. `frames` ends when the viewer is let go or the hub closes."""

    _waiting: deque[bytes]
    _most: int
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def frames(self) -> AsyncIterator[bytes]:
        """Frames in order, as they come."""
        while True:
            while self._waiting:
                frame = self._waiting.popleft()
                if frame == _END:
                    return
                yield frame
            self._arrived.clear()
            await self._arrived.wait()

    def offer(self, frame: bytes) -> bool:
        """Queue a frame; False, and told to resync, when too many wait already."""
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            self.end(_frame(RESYNC, b"{}"))
            return False
        self._waiting.append(frame)
        self._arrived.set()
        return True

    def end(self, *last: bytes) -> None:
        """Nothing more will come after these."""
        self._waiting.extend((*last, _END))
        self._arrived.set()


class Hub:
    """All viewers of one gateway process. Not thread-safe: one event loop."""

    def __init__(self, epoch: str, limits: HubLimits | None = None) -> None:
        """`epoch` names this process' numbering; it must not hold a colon or a line end."""
        self.epoch = epoch
        self._limits = limits or HubLimits()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=self._limits.ring_frames)
        self._viewers: set[Viewer] = set()
        self._seq = 0
        self._is_closed = False

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return len(self._viewers)

    @property
    def position(self) -> str:
        """The id of the last frame: a snapshot that is read now holds everything up to it."""
        return f"{self.epoch}:{self._seq}"

    def publish(self, event: str, data: bytes) -> None:
        """Send one frame to everybody. `data` is one line of JSON."""
        self._seq += 1
        frame = _frame(event, data, self.position)
        self._ring.append((self._seq, frame))
        self._viewers = {viewer for viewer in self._viewers if viewer.offer(frame)}

    def join(self, position: str | None) -> Viewer:
        """Open a stream that goes on after `position`; a position that cannot be resumed is told to resync."""
        missed = self._missed(position)
        viewer = Viewer(deque(missed or ()), self._limits.queue_frames + len(missed or ()))
        if missed is None:
            viewer.offer(_frame(RESYNC, b"{}"))
        if self._is_closed:
            viewer.end()
        else:
            self._viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """The browser is gone."""
        self._viewers.discard(viewer)

    def close(self) -> None:
        """End every stream, so that no open browser holds up the stop."""
        self._is_closed = True
        for viewer in self._viewers:
            viewer.end()
        self._viewers.clear()

    def _missed(self, position: str | None) -> list[bytes] | None:
        """The frames after a position; None when it cannot be resumed."""
        epoch, _, seq = (position or "").rpartition(":")
        if epoch != self.epoch or not (seq.isascii() and seq.isdigit()) or int(seq) > self._seq:
            return None
        oldest = self._ring[0][0] if self._ring else self._seq + 1
        if int(seq) + 1 < oldest:
            return None
        return [frame for number, frame in self._ring if number > int(seq)]


class Hubs:
    """A hub for each area that somebody looks at, so that nobody is sent what lies outside it."""

    def __init__(self, new_epoch: Callable[[], str]) -> None:
        """`new_epoch` names a numbering that no process has used before."""
        self._new_epoch = new_epoch
        self._hubs: dict[str, Hub] = {}
        self._is_closed = False

    def of(self, area_code: str) -> Hub:
        """The hub of an area; its first viewer makes it."""
        if area_code not in self._hubs:
            hub = self._hubs[area_code] = Hub(self._new_epoch())
            if self._is_closed:
                hub.close()
        return self._hubs[area_code]

    @property
    def viewers(self) -> int:
        """How many streams are open, of all areas together."""
        return sum(hub.viewers for hub in self._hubs.values())

    def open(self) -> tuple[tuple[str, Hub], ...]:
        """Every hub by its area."""
        return tuple(self._hubs.items())

    def begin_again(self) -> None:
        """Something may have been missed: every stream ends, and whoever comes back loads all again."""
        hubs, self._hubs = self._hubs, {}
        for hub in hubs.values():
            hub.close()

    def close(self) -> None:
        """End every stream, and those that are asked for from now on."""
        self._is_closed = True
        for hub in self._hubs.values():
            hub.close()


def _frame(event: str, data: bytes, position: str | None = None) -> bytes:
    number = b"" if position is None else b"id: %b\n" % position.encode()
    return b"%bevent: %b\ndata: %b\n\n" % (number, event.encode(), data)
