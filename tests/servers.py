"""What every real server started by a test needs: a port, an end with the run, a plain "cannot be had".

Never in here: anything about one kind of server (that is tests/brokers and tests/databases).
"""

import os
import pwd
import random
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

# Below the range that Linux hands out for outgoing connections (32768 and up): a port that a stopped server
# must find free again when it restarts cannot be taken meanwhile by some client's socket.
_FIRST_PORT, _LAST_PORT = 20_000, 32_000
# Workers of one run (`pytest -n`) look each in a range of its own: between looking and listening lie seconds.
# One that crashed is replaced by one with a higher number.
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS


class ServerUnavailable(Exception):
    """The programs of this server cannot be had on this machine: skip its tests, or fail them in CI."""


def skip_unless_ci(reason: str) -> NoReturn:
    """Skip the requesting test and print why; under CI=true fail it, where nobody would see the skip."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"CI must run this against the real server: {reason}", pytrace=False)
    pytest.skip(reason)


def tied_to_us(command: list[str], *, signal: str = "KILL", user: str | None = None) -> list[str]:
    """The command, made to run as `user` and to receive `signal` when its starter dies, kill -9 included.

    Call Popen from the main thread: the kernel watches the thread, not the process. Without setpriv (only
    Linux has it) the tie is missing and only an orderly end of the run stops the server. Raises
    ServerUnavailable when `user` is asked for and setpriv is missing.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user is not None:
            raise ServerUnavailable(f"running a server as user {user!r} needs setpriv (util-linux)")
        return command
    identity = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"] if user else []
    return [setpriv, *identity, f"--pdeathsig={signal}", "--", *command]


def free_port(count: int = 1) -> int:
    """The first of `count` neighbouring ports on 127.0.0.1 that nobody listens on now."""
    width = (_LAST_PORT - _FIRST_PORT) // _WORKERS
    lowest = _FIRST_PORT + width * _WORKER
    while True:
        first = random.randint(lowest, lowest + width - count)
        if all(_is_free(port) for port in range(first, first + count)):
            return first


def log_tail(log: Path, lines: int = 30) -> str:
    """The last lines of a server's log, for the message of the error that it caused."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
