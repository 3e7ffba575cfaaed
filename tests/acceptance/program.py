"""Program: one `fenghuo run` as a process of its own, in a folder of its own, and the commands beside it.

What a test does to it is what an operator or a power cut can do: start, signal, kill, ask over HTTP. Never in here:
imports of the program's rooms, which would make the test a part of what it watches.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import free_port, log_tail, tied_to_us

_FENGHUO = str(Path(sys.executable).with_name("fenghuo"))
_COMMAND_WITHIN_SECONDS = 90
_LOOK_EVERY_SECONDS = 0.05
TOKEN = "acceptance-token-0001"


class NotInTime(AssertionError):
    """Something that the test waits for did not come: the message has the end of the program's log."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    answer: str
    remarks: str


class Program:
    """One data folder and one port, and the process that serves them while it lives.

    Start it from the main thread: it dies with this process (see `tied_to_us`). `settings` are FENGHUO_* variables
    by their lower-case name without the prefix.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.log = folder / "program.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        folder.mkdir(exist_ok=True)
        # As in production: whatever the program's own parts leave unsigned shows as a dead letter, and closes nothing.
        ours = {"data_dir": folder / "data", "http_port": self.port, "token": TOKEN, "trust_unsigned": False}
        self._settings = ours | settings
        self.variables: dict[str, str] = {}  # of the machine that it runs on, not of the program
        self._process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(base_url=self.url, timeout=10)
        self.use_token(TOKEN)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return Path(str(self._settings["data_dir"])) / "fenghuo.db"

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """Of the process that was started last."""
        return self._started().pid

    @property
    def exit_code(self) -> int | None:
        """How the last process ended (negative: the signal); None while it runs."""
        return self._started().poll()

    def start(self, *arguments: str, **settings: object) -> None:
        """Start it and return at once; `settings` are for this life alone."""
        self.start_with([_FENGHUO, "run", *arguments], self.folder, **settings)

    def start_with(self, command: list[str], cwd: Path, **settings: object) -> None:
        """As `start`, with a command that ends in the program."""
        if self.is_alive:
            raise RuntimeError("the program runs already")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                tied_to_us(command),
                cwd=cwd,
                env=self.environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def environment(self, **settings: object) -> dict[str, str]:
        """The variables that the program and the commands beside it see."""
        told = {f"FENGHUO_{name.upper()}": str(value) for name, value in (self._settings | settings).items()}
        return os.environ | told | self.variables

    def use_token(self, token: str) -> None:
        """Ask over HTTP with this token from now on."""
        self.http.headers["Authorization"] = f"Bearer {token}"

    def command(self, *arguments: str, within_seconds: float = _COMMAND_WITHIN_SECONDS) -> Said:
        """Run `fenghuo ...` on the same folder to its end."""
        done = subprocess.run(
            tied_to_us([_FENGHUO, *arguments]),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_seconds,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def await_that(self, is_so: Callable[[], bool], what: str, within_seconds: float) -> float:
        """Wait until it is so; the seconds that it took. Raises NotInTime, at once if the program died."""
        began = time.monotonic()
        while time.monotonic() - began < within_seconds:
            if is_so():
                return time.monotonic() - began
            if not self.is_alive:
                raise NotInTime(f"the program ended before {what}:\n{log_tail(self.log)}")
            time.sleep(_LOOK_EVERY_SECONDS)
        raise NotInTime(f"{what}: not within {within_seconds} s:\n{log_tail(self.log)}")

    def answers(self, path: str, status: int = 200) -> bool:
        """Whether a GET is answered with this status now."""
        try:
            return self.http.get(path).status_code == status
        except httpx.TransportError:
            return False

    def await_ready(self, within_seconds: float = 45) -> float:
        """Wait until /readyz says 200; the seconds that it took."""
        return self.await_that(lambda: self.answers("/readyz"), "it is ready", within_seconds)

    def kill_broker(self) -> None:
        """kill -9 for the broker that it started as its child; Linux only."""
        ours = self.process_id
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended while we looked
                name, _, rest = stat.read_text().rpartition(")")
                if int(rest.split()[1]) == ours and name.endswith("(tansu"):
                    os.kill(int(stat.parent.name), signal.SIGKILL)
                    return
        raise NotInTime(f"it has no broker for a child:\n{log_tail(self.log)}")

    def send(self, how: signal.Signals) -> None:
        """A signal, and no waiting for what comes of it: SIGSTOP freezes it, SIGCONT lets it go on."""
        self._started().send_signal(how)

    def kill(self) -> None:
        """kill -9, as a power cut would end it."""
        self._end(signal.SIGKILL, 10)

    def interrupt(self, within_seconds: float = 10) -> int:
        """Ctrl-C; its exit code. Raises NotInTime when it lives on."""
        return self._end(signal.SIGINT, within_seconds)

    def ended_by_itself(self, within_seconds: float) -> int:
        """Wait for its end; the exit code (negative: the signal). Raises NotInTime when it lives on."""
        return self._end(None, within_seconds)

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.is_alive:
            self.kill()
        self.http.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the program was not started")
        return self._process

    def _end(self, how: signal.Signals | None, within_seconds: float) -> int:
        process = self._started()
        if how is not None:
            process.send_signal(how)
        try:
            return process.wait(within_seconds)
        except subprocess.TimeoutExpired as late:
            process.kill()
            process.wait()
            raise NotInTime(f"it did not end within {within_seconds} s:\n{log_tail(self.log)}") from late
