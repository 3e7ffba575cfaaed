"""The production profile as the systemd units start it: prepared, an engine and a gateway, ready, looked at, stopped.

On PostgreSQL and, in place of three brokers, on one Tansu, which has no copies to tell of; nothing else is changed.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.broker.embedded import BrokerNotStarted, find_program
from streams.metric_labels import Hop
from tests.brokers.tansu import Tansu
from tests.deploy.held import DEPLOY
from tests.deploy.test_systemd import entries, variables
from tests.servers import free_port, log_tail, skip_unless_ci, tied_to_us

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(600)]
SYSTEMD = DEPLOY / "systemd"
READY_WITHIN_SECONDS = 180
Environment = dict[str, str]


@pytest.fixture
def broker() -> Iterator[Tansu]:
    try:
        find_program()
    except BrokerNotStarted as missing:
        skip_unless_ci(str(missing))
    own = Tansu()
    yield own
    own.stop()


@pytest.fixture
def environment(broker: Tansu, postgres_url: str, tmp_path: Path) -> Environment:
    """`fenghuo.env`, filled in for this machine."""
    keys = tmp_path / "signing-keys.toml"
    inherited = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    did(
        inherited,
        tmp_path,
        "keys",
        "new",
        "k-1",
        "--area",
        "500000",
        "--role",
        "duty_officer",
        "--into",
        str(keys),
    )
    (tmp_path / "data").mkdir(mode=0o700)
    return inherited | variables((SYSTEMD / "fenghuo.env").read_text()) | {
        "FENGHUO_BROKER_URL": f"kafka://{broker.brokers}",
        "FENGHUO_KAFKA_PROTOCOL": "PLAINTEXT",  # to a broker on this machine it may be
        "FENGHUO_KAFKA_USER": "",
        "FENGHUO_DATABASE_URL": postgres_url,
        "FENGHUO_TOKEN": "filled-in-by-hand",
        "FENGHUO_SIGNING_KEYS": str(keys),
        "FENGHUO_DATA_DIR": str(tmp_path / "data"),
        "FENGHUO_ANCHOR_FILE": str(tmp_path / "anchors.jsonl"),
        "FENGHUO_HTTP_HOST": "127.0.0.1",
        "FENGHUO_HEARTBEAT_REPORT_SECONDS": "1",  # a minute is long for a test
    }  # fmt: skip


def did(environment: Environment, folder: Path, *words: str) -> str:
    """What a command said that ended well."""
    command = [sys.executable, "-m", "streams.cli", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def words_of(unit: str) -> Iterator[list[str]]:
    for line in entries(SYSTEMD / unit, "ExecStart"):
        yield line.split()[1:]


def await_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when /readyz says 200."""
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log_tail(log))


def wrong(environment: Environment, folder: Path) -> list[str]:
    """What the doctor finds beside a program that runs; that one broker keeps one copy is known."""
    command = [sys.executable, "-m", "streams.cli", "doctor"]
    said = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    ).stdout
    lines = [line for line in said.splitlines() if not line.startswith("    fix: ")]
    assert {line.partition(":")[0] for line in lines} >= {"settings", "database", "broker"}, said
    assert lines[0].startswith("settings: profile production, role all, postgresql+asyncpg://"), said
    return [line for line in lines[1:] if not line.endswith(": good") and "copies, 3 are wanted" not in line]


def hops(port: int, token: str) -> set[str]:
    """Where the worker at this port saw a heartbeat come by."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
        told = answer.read().decode()
    return set(re.findall(r'^fenghuo_heartbeat_hop_seconds_count\{hop="(\w+)"\} [^0]', told, re.MULTILINE))


def test_production_starts_as_the_units_say(environment: Environment, tmp_path: Path) -> None:
    """The preparing unit's commands end well, both workers become ready, a heartbeat of the gateway goes through the
    engine, the doctor finds the copies alone.
    """
    for words in words_of("fenghuo-prepare.service"):
        did(environment | {"FENGHUO_ROLE": "engine"}, tmp_path, *words)
    started: list[subprocess.Popen[bytes]] = []
    port, ports = 0, {}
    try:
        for role in ("engine", "gateway"):
            (words,) = words_of(f"fenghuo-{role}@.service")
            port, log = free_port(), tmp_path / f"{role}.log"
            ports[role] = port
            own = environment | {"FENGHUO_ROLE": role, "FENGHUO_HTTP_PORT": str(port)}
            with log.open("wb") as out:
                command = tied_to_us([sys.executable, "-m", "streams.cli", *words])
                started.append(subprocess.Popen(command, cwd=tmp_path, env=own, stdout=out, stderr=out))
            await_ready(port, started[-1], log)
        until = time.monotonic() + READY_WITHIN_SECONDS
        while set.union(*(hops(one, environment["FENGHUO_TOKEN"]) for one in ports.values())) != set(Hop):
            assert time.monotonic() < until, log_tail(tmp_path / "engine.log")
            time.sleep(0.2)
        assert wrong(environment | {"FENGHUO_HTTP_PORT": str(port)}, tmp_path) == []
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    finally:
        for process in started:
            process.kill()
            process.wait()
