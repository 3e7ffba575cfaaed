"""Attachment sweeper: removes pictures that no report or feedback has named, so that none is kept for nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.attachments.store import AttachmentStore
from streams.clock import Clock
from streams.store import attachments
from streams.store.database import Database

AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class AttachmentSweep:
    """The work of one gateway; several at once take one another nothing away."""

    database: Database
    store: AttachmentStore
    wall: Clock
    kept: timedelta

    async def __call__(self) -> int:
        """Remove up to 100. Returns how many. Raises Transient: what is left comes next time."""
        before = self.wall.now() - self.kept
        async with self.database.read() as connection:
            digests = await attachments.unnamed(connection, before, AT_A_TIME)
        return sum([await self._remove(digest, before) for digest in digests])

    async def _remove(self, digest: str, before: datetime) -> bool:
        # The file goes inside: who hands it in again waits for the row, and puts a new file after this one is gone.
        async with self.database.write() as connection:
            if not await attachments.forget(connection, digest, before):
                return False
            await self.store.remove(digest)
            return True
