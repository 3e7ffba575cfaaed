"""Virtual loop: asyncio whose time passes only by being waited for.

When every task waits for a moment to come, it has come: the clock jumps there. Nothing here may touch a thread or a
socket; a task that waits for one would stop the world, and that is an error.
"""

import asyncio
import selectors


class Stalled(RuntimeError):
    """Every task waits for something that nobody will ever do."""


class _Jumping(selectors.SelectSelector):
    """Never waits: what it was told to wait is what has passed."""

    seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Nothing is ever ready, but time has come so much further."""
        if timeout is None:
            raise Stalled("no task can go on and no timer runs")
        self.seconds += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Starts at 0 s. Tasks that are ready at one moment run in the order in which they became so."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.seconds
