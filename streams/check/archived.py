"""I5 of what was put away: the files are there, as they were written. Their logs are checked like all others."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.archive.catalogue import faults
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick


async def archives_are_whole(connection: AsyncConnection, yardstick: Yardstick) -> AsyncIterator[Violation]:
    """I5 a log that was put away can be read as it was; where a file is missing, nothing more can be said."""
    async for name, fault in faults(connection, yardstick.archive):
        yield Violation(Invariant.I5, f"archives name={name}", fault)
