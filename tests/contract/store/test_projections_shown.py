"""What the projection sweeper shows to those who watch: only its holder, and nothing of yesterday's holder."""

from collections.abc import AsyncIterator

import pytest

from streams.store.database import Database
from tests.contract.store.test_projections import (
    DISTRICT_CODE,
    Worker,
    keep,
    outcome,
)
from tests.fakes.clock import ManualClock

SUBJECTS = "fenghuo_rated_subjects"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    found = Database(migrated_url)
    yield found
    await found.close()


def colours_of(worker: Worker) -> dict[tuple[str, str], float]:
    """Which subjects are shown with which colour, those of which there is none left out."""
    return {
        (sample.labels["subject"], sample.labels["colour"]): sample.value
        for metric in worker.registry.collect()
        for sample in metric.samples
        if sample.name == SUBJECTS and sample.value
    }


async def test_ratings_are_shown_by_colour_and_district(database: Database) -> None:
    """A district, a township and a unit by their colours, the district's score, and when it was made sure of."""
    worker = Worker(database)
    await keep(database, outcome("o-1"))
    await worker(0)
    green = {(subject, "green"): 1.0 for subject in ("district", "township", "unit")}
    assert colours_of(worker) == green
    shown = worker.registry.get_sample_value
    assert shown("fenghuo_district_rating_ratio", {"district": str(DISTRICT_CODE)}) == 1
    for topic in ("ratings", "heat-rankings"):
        looked_at = shown("fenghuo_projection_looked_at_timestamp_seconds", {"topic": topic})
        assert looked_at == worker.clock.now().timestamp()


async def test_who_lost_the_job_shows_nothing(database: Database) -> None:
    """When another worker takes over, the old figures of the first do not stand beside its own."""
    clock = ManualClock()
    first, second = Worker(database, clock), Worker(database, clock)
    await keep(database, outcome("o-1"))
    await first()
    await keep(database, outcome("o-2", good=False))
    await second(60)
    await first()
    assert colours_of(first) == {}
    assert colours_of(second) == {(subject, "red"): 1.0 for subject in ("district", "township", "unit")}
