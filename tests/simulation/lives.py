"""Lives: processes of the simulated machine. One dies by losing all its tasks at once, and none of them goes on.

Which process a task belongs to it inherits from whoever started it. What a process does to the world outside goes
through its `gate`, where a stopped process waits and a dead one ends.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, NoReturn

OUTSIDE = "outside"
PART_CRASHED = "part crashed"
_current: ContextVar["Life | None"] = ContextVar("life", default=None)


class Killed(BaseException):
    """Stands for the end of the process, which no handler survives."""


class Life:
    """One process from its start to its end; the next one under the same machine is another life."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self._runs = asyncio.Event()
        self._runs.set()
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._held: list[Callable[[], object]] = []

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still, as after SIGSTOP."""
        return not self._runs.is_set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Start a task of this process; its own tasks will be of it, too."""
        token = _current.set(self)
        try:
            return asyncio.get_running_loop().create_task(work)
        finally:
            _current.reset(token)

    def spawn_part(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a part of the program, which must never end by itself; an error that ends it ends the process."""
        self.spawn(work).add_done_callback(self._part_ended)

    async def gate(self) -> None:
        """Pass on to the outside. Waits while the process is stopped; raises Killed when it is dead."""
        if self.is_dead:
            raise Killed
        if self.is_stopped:
            await self._runs.wait()

    def stop(self) -> None:
        """SIGSTOP: whatever it does next to the outside waits."""
        self._runs.clear()

    def go_on(self) -> None:
        """SIGCONT."""
        self._runs.set()

    def kill(self) -> None:
        """SIGKILL: no task of it makes another step of its own."""
        self.is_dead = True
        self._runs.set()
        for task in tuple(self._tasks):
            task.cancel()
        for let_go in self._held:
            let_go()

    def holds(self, let_go: Callable[[], object]) -> None:
        """Something outside is open in its name; when it dies the system closes it, whatever its tasks come to."""
        self._held.append(let_go)

    def remember(self, task: asyncio.Task[Any]) -> None:
        """A task was started by one of its tasks."""
        self._tasks[task] = None
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)

    def _part_ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Killed) and not self.is_dead:
            asyncio.get_running_loop().call_exception_handler({"exception": error, "message": PART_CRASHED})
            self.kill()


def new_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **how: Any
) -> "asyncio.Task[Any]":
    """The loop's task factory: every task is its process's."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **how)
    life = _current.get()
    if life is not None:
        life.remember(task)
    return task


def die_here() -> NoReturn:
    """The process that runs at this moment dies. For failpoints."""
    life = _current.get()
    if life is None or life.name == OUTSIDE:
        raise RuntimeError("what is outside of the program passes no failpoint")
    life.kill()
    raise Killed


def who_runs() -> str:
    """The name of the process that runs at this moment."""
    life = _current.get()
    return "nobody" if life is None else life.name
