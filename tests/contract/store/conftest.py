"""A migrated database of the test's own on each engine, and a second worker beside the first."""

from collections.abc import AsyncIterator

import pytest

from streams.store.database import Database
from tests.contract.store.worker import Worker
from tests.fakes.clock import ManualClock


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """An empty database of this version's schema."""
    opened = Database(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> ManualClock:
    """The program's time, which stands until the test moves it."""
    return ManualClock()


@pytest.fixture
def worker(database: Database, clock: ManualClock) -> Worker:
    """An engine worker on that database."""
    return Worker(database, clock, "one")


@pytest.fixture
async def rival(database: Database, migrated_url: str, clock: ManualClock) -> AsyncIterator[Worker]:
    """A second worker with connections of its own."""
    opened = Database(migrated_url)
    yield Worker(opened, clock, "two")
    await opened.close()
