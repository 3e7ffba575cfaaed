"""A played database: made once, copied for each test that plants a violation in it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.integration.check.play import play_all


@pytest.fixture(scope="session")
def played_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("played") / "fenghuo.db"
    asyncio.run(_made(file))
    return file


@pytest.fixture
async def played(played_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    file = tmp_path / "fenghuo.db"
    shutil.copy(played_file, file)
    database = Database(f"sqlite+aiosqlite:///{file}")
    yield database
    await database.close()


async def _made(file: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database)
    await play_all(database)
    await database.close()
