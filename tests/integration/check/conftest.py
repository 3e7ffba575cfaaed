"""A played database, copied for each test that plants a violation in it."""

from collections.abc import AsyncIterator

import pytest

from streams.store.database import Database


@pytest.fixture
async def played(played_sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(played_sqlite_url)
    yield database
    await database.close()
