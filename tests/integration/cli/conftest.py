"""The command line as a person calls it, on a copy of a played database, with the settings that the test gives."""

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import structlog

from streams.broker.embedded import BrokerNotStarted, find_program
from streams.cli import main
from streams.store.database import Database
from tests.brokers.tansu import Tansu
from tests.servers import skip_unless_ci

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What a command answered, what it remarked, and how it ended."""

    code: int
    answer: str
    remarks: str


Fenghuo = Callable[..., Said]


def asked(data_dir: Path, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do this work on the played database, past the command line."""

    async def within() -> T:
        database = Database(f"sqlite+aiosqlite:///{data_dir / 'fenghuo.db'}")
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(within())


@pytest.fixture
def data_dir(played_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the settings, with a played database in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(played_file, folder / "fenghuo.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FENGHUO_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def fenghuo(data_dir: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[Fenghuo]:
    """Call `fenghuo` with these arguments."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    mask = os.umask(0o022)

    def call(*arguments: str) -> Said:
        capfdbinary.readouterr()
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    yield call
    os.umask(mask)  # a command takes it from everybody else, and would from the servers of later tests
    root.handlers[:], root.level = handlers, level
    structlog.configure(**kept)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tansu]:
    """A broker of the test's own, in the settings."""
    try:
        find_program()
    except BrokerNotStarted as missing:
        skip_unless_ci(str(missing))
    own = Tansu()
    monkeypatch.setenv("FENGHUO_BROKER_URL", f"kafka://{own.brokers}")
    yield own
    own.stop()
