"""`fenghuo doctor`: what is wrong is found, and typing its fix mends it."""

import re
import shlex
import socket
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.topics import Topic
from streams.doctor.broker import copy_findings
from streams.doctor.database import clock_findings
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo, Said
from tests.servers import free_port

LOOKED_AT = ("settings", "secrets", "data folder", "disk", "port", "database", "anchors", "broker")


@pytest.fixture(autouse=True)
def healthy(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is free, and a data folder that is closed to others."""
    monkeypatch.setenv("FENGHUO_HTTP_PORT", str(free_port()))
    data_dir.chmod(0o700)


def found(said: Said) -> dict[str, str]:
    """Each finding with its fix."""
    assert said.code == (1 if "fix: " in said.answer else 0), said
    lines = said.answer.splitlines()
    return {
        line: after.removeprefix("    fix: ")
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if after.startswith("    fix: ")
    }


def typed(fenghuo: Fenghuo, command: str) -> None:
    """Do what the fix says: our own commands here, others in a shell."""
    program, *arguments = shlex.split(command)
    if program == "fenghuo":
        assert fenghuo(*arguments).code == 0
    else:
        subprocess.run(["sh", "-ec", command], check=True, capture_output=True)


def test_all_is_well(fenghuo: Fenghuo) -> None:
    """Everything is looked at, nothing is found, and that ends with 0."""
    said = fenghuo("doctor")
    assert (said.code, said.remarks) == (0, "")
    first, *others = said.answer.splitlines()
    assert first.startswith("settings: profile embedded, role all, sqlite+aiosqlite:///")
    assert others == [*(f"{name}: good" for name in LOOKED_AT[1:-1]), "broker: starts with the program"]


def test_an_open_folder_is_found_and_closed(fenghuo: Fenghuo, data_dir: Path) -> None:
    """A folder that others may look into is told with its mode; the fix closes it."""
    data_dir.chmod(0o755)
    ((line, fix),) = found(fenghuo("doctor")).items()
    assert line.startswith(f"data folder: others on this machine may look into {data_dir} (mode 755)")
    typed(fenghuo, fix)
    assert found(fenghuo("doctor")) == {}


def test_an_open_secret_is_found_and_closed(fenghuo: Fenghuo, data_dir: Path) -> None:
    """A .env that everybody may read is named; the fix takes that away."""
    (data_dir.parent / ".env").write_text("FENGHUO_SEED=2\n")
    (data_dir.parent / ".env").chmod(0o644)
    ((line, fix),) = found(fenghuo("doctor")).items()
    assert line == "secrets: everybody on this machine may read .env"
    typed(fenghuo, fix)
    assert found(fenghuo("doctor")) == {}


def test_an_old_schema_is_found_and_upgraded(fenghuo: Fenghuo, data_dir: Path) -> None:
    """A database without our tables is told; the fix is the command that makes them."""
    (data_dir / "fenghuo.db").unlink()
    sqlite3.connect(data_dir / "fenghuo.db").execute("CREATE TABLE other (one)").connection.close()
    assert found(fenghuo("doctor")) == {
        "database: the schema is not of this version": "fenghuo db upgrade",
    }
    typed(fenghuo, "fenghuo db upgrade")
    assert found(fenghuo("doctor")) == {}


def test_messages_that_wait_for_kafka_are_found(fenghuo: Fenghuo, data_dir: Path) -> None:
    """How many wait is told, and for how long the oldest has."""
    with sqlite3.connect(data_dir / "fenghuo.db") as connection:
        connection.execute("UPDATE outbox SET published_at = NULL, created_at = '2026-11-01 00:00:00.000000'")
    connection.close()
    ((line, fix),) = found(fenghuo("doctor")).items()
    assert re.fullmatch(r"database: \d+ messages wait to be published, the oldest for \d{6,} s", line)
    assert "FenghuoOutboxOld" in fix


def test_missing_topics_are_found_and_made(fenghuo: Fenghuo, broker: Tansu) -> None:
    """Each topic that the broker lacks is a finding of its own; one command mends them all."""
    missing = found(fenghuo("doctor"))
    assert len(missing) == len(Topic)
    assert all(line.startswith("broker: ") and "is missing" in line for line in missing)
    (fix,) = set(missing.values())
    typed(fenghuo, fix)
    assert found(fenghuo("doctor")) == {}


def test_a_taken_port_is_found(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that somebody else listens on is told, with how to find out who."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("FENGHUO_HTTP_PORT", str(port))
        ((line, fix),) = found(fenghuo("doctor")).items()
    assert line.startswith(f"port: 127.0.0.1:{port} cannot be had")
    assert f"sport = :{port}" in fix


def test_a_broker_that_does_not_answer_is_found(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address is told, and the settings to look at."""
    monkeypatch.setenv("FENGHUO_BROKER_URL", f"kafka://127.0.0.1:{free_port()}")
    ((line, fix),) = found(fenghuo("doctor")).items()
    assert line.startswith("broker: no broker can be had at 127.0.0.1:")
    assert "FENGHUO_BROKER_URL" in fix


def test_refused_settings_are_findings(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each problem of the settings is a finding, and nothing else is looked at with them."""
    monkeypatch.setenv("FENGHUO_SPEED", "0")
    monkeypatch.setenv("FENGHUO_HTTP_PORT", "high")
    said = fenghuo("doctor")
    assert [line.partition(":")[0] for line in found(said)] == ["settings", "settings"]
    assert "database" not in said.answer


@pytest.mark.postgres
def test_production_is_looked_at(
    fenghuo: Fenghuo, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An empty PostgreSQL, no broker, nothing anchored are findings, and so is a password that everybody knows."""
    keys = tmp_path / "keys.toml"
    typed(fenghuo, f"fenghuo keys new k-1 --area 500000 --role duty_officer --into {shlex.quote(str(keys))}")
    keys.chmod(0o600)
    for name, value in {
        "PROFILE": "production",
        "BROKER_URL": f"kafka://127.0.0.1:{free_port()}",
        "DATABASE_URL": postgres_url,
        "TOKEN": "a-secret-of-our-own",
        "TRUSTED_PROXIES": "10.0.0.5",
        "SIGNING_KEYS": str(keys),
    }.items():
        monkeypatch.setenv(f"FENGHUO_{name}", value)
    assert [line.partition(":")[0] for line in found(fenghuo("doctor"))] == [
        "database",
        "anchors",
        "broker",
    ]
    typed(fenghuo, "fenghuo db upgrade")
    monkeypatch.setenv("FENGHUO_ANCHOR_FILE", str(tmp_path / "anchors.jsonl"))
    assert [line.partition(":")[0] for line in found(fenghuo("doctor"))] == ["broker"]
    monkeypatch.setenv("FENGHUO_DATABASE_URL", "postgresql+asyncpg://fenghuo:fenghuo@127.0.0.1:1/fenghuo")
    assert "secrets: the database's password of fenghuo" in fenghuo("doctor").answer


def test_clocks_that_differ_are_found() -> None:
    """Two seconds and more are told with their direction; less is nothing."""
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert clock_findings(now, now + timedelta(seconds=1.9)) == []
    assert "5.0 s behind the database's" in clock_findings(now, now + timedelta(seconds=5))[0].wrong
    assert "5.0 s ahead of the database's" in clock_findings(now, now - timedelta(seconds=5))[0].wrong


def test_too_few_copies_are_found() -> None:
    """One partition with a copy too few, or with one that lags, is enough; at one copy there is nothing to lag."""
    whole = {"replicas": [1, 2, 3], "isr": [3, 1, 2]}
    thin, slow = {"replicas": [1], "isr": [1]}, {"replicas": [1, 2, 3], "isr": [1]}
    assert list(copy_findings({"topic": "reports", "partitions": [whole, whole]}, 3)) == []
    assert list(copy_findings({"topic": "reports", "partitions": [thin]}, 1)) == []
    (few,) = copy_findings({"topic": "reports", "partitions": [whole, thin]}, 3)
    assert few.wrong.startswith("reports: 1 copies, 3 are wanted")
    (lagging,) = copy_findings({"topic": "reports", "partitions": [whole, slow]}, 3)
    assert lagging.wrong == "reports: copies of 1 partitions are not in step"
