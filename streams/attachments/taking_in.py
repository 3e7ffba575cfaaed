"""Taking in: an original that somebody sent becomes a picture with a digest, beside the event loop and few at a time.

Never in here: HTTP, rows, and who may.
"""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from anyio import CapacityLimiter, to_thread

from streams.attachments.looking import Picture, redraw
from streams.attachments.store import AttachmentStore, digest_of

MAX_BYTES = 20 * 1_048_576
LOOKED_AT_TOGETHER = (
    2  # the largest need 400 MB each, and there are two cores on the smallest machine that we promise for
)
SENT_TOGETHER = 32  # originals on their way, each a temporary file


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A picture as it is kept. `content` is open while the block of `AttachmentDesk.take_in` runs."""

    digest: str
    size_bytes: int
    picture: Picture
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class AttachmentDesk:
    """Where attachments come in: the store they go to, and how much is taken at once."""

    store: AttachmentStore
    max_bytes: int = MAX_BYTES
    sending: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(SENT_TOGETHER))
    looking: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(LOOKED_AT_TOGETHER))

    @asynccontextmanager
    async def take_in(self, original: BinaryIO) -> AsyncIterator[TakenIn]:
        """Look at an original. Raises what `streams.attachments.looking.redraw` raises; keeps nothing."""
        with tempfile.TemporaryFile(prefix="fenghuo-") as content:
            yield await to_thread.run_sync(_look, original, content, limiter=self.looking)


def _look(original: BinaryIO, content: BinaryIO) -> TakenIn:
    picture = redraw(original, content)
    return TakenIn(digest_of(content), content.tell(), picture, content)
