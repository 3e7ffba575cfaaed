"""What was anchored at the second place is in the database: I12 of the audit, I5 of each incident's log."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.access.signing import Keyring
from streams.anchors import AnchorFile, Where, compare
from streams.check.violation import Invariant, Violation

# A file that was changed bears nothing out: neither the audit nor a log.
_BROKEN = {Where.AUDIT: Invariant.I12, Where.LOG: Invariant.I5, Where.ANCHORS: Invariant.I12}


@dataclass(frozen=True, slots=True)
class Anchors:
    """The file, and the keys that signed it."""

    file: AnchorFile
    keyring: Keyring


async def anchored_is_there(
    connection: AsyncConnection, anchors: Anchors, bytes_read: int
) -> AsyncIterator[Violation]:
    """I5 and I12: no end was dropped of what was anchored; `bytes_read` of the file were there before the snapshot."""
    async for missing in compare(connection, anchors.file.lines(bytes_read), anchors.keyring):
        yield Violation(_BROKEN[missing.where], missing.row, missing.detail)
