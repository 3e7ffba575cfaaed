"""Running: where the program of this data folder can be reached now, for commands in another shell and for restarts.

The embedded broker takes another port at each start, so it has to be written down. The token is kept too, so that a
restart does not lock out who knows it; both files are readable by their owner alone.
"""

import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

_FILE = "running.json"
_TOKEN_FILE = "token"  # noqa: S105 - the name of a file
_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Running:
    """One running program: its process, its gateway, its broker."""

    process_id: int
    gateway_url: str
    brokers: str


def write(data_dir: Path, running: Running) -> None:
    """Say where we are."""
    _write_private(data_dir / _FILE, orjson.dumps(asdict(running)))


def forget(data_dir: Path) -> None:
    """We are gone."""
    (data_dir / _FILE).unlink(missing_ok=True)


def find(data_dir: Path) -> Running | None:
    """Where the program of this folder is; None when none runs, or when it ended without a word."""
    try:
        running = Running(**orjson.loads((data_dir / _FILE).read_bytes()))
        os.kill(running.process_id, 0)
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None
    return running


def kept_token(data_dir: Path) -> str:
    """The token of this folder, made when there is none yet."""
    path = data_dir / _TOKEN_FILE
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(_TOKEN_BYTES).encode())
    return path.read_text().strip()


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - a mode
        file.write(content)
    beside.replace(path)
