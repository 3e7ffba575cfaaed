"""`fenghuo check` passes over what the real batch wrote, and bites at each single thing that is then planted."""

from datetime import UTC, datetime

import pytest

from models.tables import OUTBOX
from streams.check import Invariant, Violation, check
from streams.store.database import Database
from tests.integration.check.plants import PLANTED, Planted, change, one


async def violations(database: Database, grace_seconds: float = 0) -> list[Violation]:
    return [violation async for violation in check(database, grace_seconds=grace_seconds)]


async def test_what_the_engine_wrote_holds(played: Database) -> None:
    """A closed, a rejected, a merged and open incidents, a duplicate and a dead letter break no invariant."""
    assert await violations(played) == []


@pytest.mark.parametrize(
    "planted", PLANTED, ids=lambda planted: f"{planted.invariant}-{planted.plant.__name__}"
)
async def test_one_planted_violation_is_found(played: Database, planted: Planted) -> None:
    """Exactly the planted row is reported under its invariant, and nothing under one that still holds."""
    async with played.write() as connection:
        row = await planted.plant(connection)
    found = await violations(played)
    assert row in [violation.row for violation in found if violation.invariant is planted.invariant]
    assert {violation.invariant for violation in found} == {planted.invariant, *planted.besides}
    if planted.invariant not in planted.besides:
        assert {violation.row for violation in found if violation.invariant is planted.invariant} == {row}


async def test_every_invariant_has_a_planted_violation() -> None:
    """None of the eleven is taken on trust."""
    assert {planted.invariant for planted in PLANTED} == set(Invariant)


async def test_what_is_on_its_way_is_given_time(played: Database) -> None:
    """With a grace, a clock that has just passed and a row just written are no violation yet."""
    async with played.write() as connection:
        now = datetime.now(UTC)
        row = await one(connection, OUTBOX)
        await change(connection, OUTBOX, row, published_at=None, published_cluster=None, created_at=now)
    assert [violation.invariant for violation in await violations(played)] == [Invariant.I11]
    assert await violations(played, grace_seconds=600) == []
