"""A real SQLite database at the schema of this version, in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streams.store.database import Database
from streams.store.migrations import upgrade


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}")
    await upgrade(database)
    yield database
    await database.close()
