"""Leases on both engines: one holder at a time, and nobody kept out for long by a clock that is wrong."""

from datetime import timedelta

from streams.store import leases
from streams.store.database import Database
from tests.fakes.clock import NOON


async def test_a_lease_has_one_holder_until_it_runs_out(database: Database) -> None:
    """The holder keeps it, another gets it when its time is over."""
    until, later = NOON + timedelta(seconds=15), NOON + timedelta(seconds=16)
    async with database.write() as connection:
        assert await leases.hold(connection, "job", "one", NOON, until)
        assert not await leases.hold(connection, "job", "two", NOON, until)
        assert await leases.hold(connection, "other job", "two", NOON, until)
        assert await leases.hold(connection, "job", "one", NOON, until)
        assert await leases.hold(connection, "job", "two", later, later + timedelta(seconds=15))
        assert not await leases.hold(connection, "job", "one", later, later + timedelta(seconds=15))


async def test_a_lease_of_a_clock_that_went_ahead_is_nobodys(database: Database) -> None:
    """Who held it an hour ahead of everybody may be dead: the job does not lie for an hour. A little ahead it holds."""
    a_lease = timedelta(seconds=15)
    async with database.write() as connection:
        for ahead in (timedelta(seconds=14), timedelta(hours=1)):
            fast = NOON + ahead
            assert await leases.hold(connection, "job", "fast", fast, fast + a_lease)
            is_nobodys = ahead > a_lease
            assert await leases.hold(connection, "job", "right", NOON, NOON + a_lease) is is_nobodys
