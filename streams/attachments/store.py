"""Store: where the bytes of attachments lie, in a folder or in an S3-compatible store, named by their digest alone.

A file is there whole or not at all, and the same picture twice is one file. Rows come first and files after them
(`streams.gateway.attachments`), so that no file lies here that nobody knows of. Never in here: who may have one.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from streams.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore import GetResult
    from obstore.store import ObjectStore, RetryConfig

FOLDER = "attachments"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_CHUNK_BYTES = 1_048_576
_ANSWER_WITHIN = timedelta(seconds=30)
_TRIES_AGAIN = 2


class StoreAway(Transient):
    """The store cannot be had now, is full, or does not let us in. Try again; the operator looks at its own log."""


class AttachmentStore:
    """Files by digest (`sha256:` and 64 hexadecimal digits)."""

    def __init__(self, objects: "ObjectStore", folder: Path | None = None) -> None:
        """`folder` is where they lie if that is a folder of this machine: then what is put is on its disk."""
        self._objects = objects
        self._folder = folder

    async def put(self, digest: str, content: BinaryIO) -> None:
        """Keep this content, which must have this digest. Raises StoreAway: nothing is there then, or all of it."""
        name = _name(digest)
        content.seek(0)
        with _away():
            # In one piece: what a broken multipart upload leaves behind is invisible and paid for.
            await obstore.put_async(self._objects, name, content, use_multipart=False)
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder / name)

    async def size_bytes(self, digest: str) -> int | None:
        """How large the file is; None when there is none. Raises StoreAway."""
        try:
            with _away():
                return (await obstore.head_async(self._objects, _name(digest)))["size"]
        except FileNotFoundError:
            return None

    async def read(self, digest: str) -> AsyncIterator[bytes] | None:
        """Its bytes, piece by piece; None when there is no such file. Raises StoreAway."""
        try:
            with _away():
                found = await obstore.get_async(self._objects, _name(digest))
        except FileNotFoundError:
            return None
        return _pieces(found)

    async def is_whole(self, digest: str) -> bool:
        """Whether the file is there and its bytes have this digest. Raises StoreAway."""
        pieces = await self.read(digest)
        if pieces is None:
            return False
        found = sha256()
        async for piece in pieces:
            found.update(piece)
        return f"sha256:{found.hexdigest()}" == digest

    async def remove(self, digest: str) -> None:
        """Forget the file; one that is not there is no error. Raises StoreAway."""
        try:
            with _away():
                await obstore.delete_async(self._objects, _name(digest))
        except FileNotFoundError:
            return


def open_store(url: str | None, data_dir: Path) -> AttachmentStore:
    """The store at `s3://bucket/prefix`, with the usual AWS variables, or in the data folder. Connects to nothing."""
    if url is None:
        folder = (data_dir / FOLDER).absolute()
        return AttachmentStore(LocalStore(folder, mkdir=True), folder)
    # Options of the client would put what the variables say of it out of force; it gives up after 30 s by itself.
    retries: RetryConfig = {"max_retries": _TRIES_AGAIN, "retry_timeout": _ANSWER_WITHIN}
    return AttachmentStore(S3Store.from_url(url, retry_config=retries))


def digest_of(content: BinaryIO) -> str:
    """The digest of a file's content. Blocks."""
    content.seek(0)
    digest = sha256()
    while piece := content.read(_CHUNK_BYTES):
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def _name(digest: str) -> str:
    """What is no digest never becomes a path."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        raise ValueError("an attachment is named by its digest")
    return found[1]


def _settle(path: Path) -> None:
    """Have the file and its name on the disk, as a row is once it is committed."""
    for what in (path, path.parent):
        handle = os.open(what, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def _pieces(found: "GetResult") -> AsyncIterator[bytes]:
    with _away():
        async for piece in found.stream(min_chunk_size=_CHUNK_BYTES):
            yield bytes(piece)


@contextmanager
def _away() -> "Iterator[None]":
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as away:
        raise StoreAway(f"attachments: {type(away).__name__}") from away
