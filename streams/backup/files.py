"""Files: copied, hashed on the way, and on the disk before anybody says so."""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

# (what is being done, bytes or pages done, of how many): called often, from whichever thread works.
Watch = Callable[[str, int, int], None]
_CHUNK_BYTES = 4 * 1_048_576


class BackupRefused(Exception):
    """The backup is damaged or does not fit here; each of `problems` says what. Nothing was changed: take another."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def digest_of(path: Path, read: Callable[[int], None] = lambda _: None) -> str:
    """The SHA-256 of a file, as hexadecimal digits; `read` is told of each piece's bytes. Raises OSError. Blocks."""
    digest = sha256()
    for piece in _pieces(path):
        digest.update(piece)
        read(len(piece))
    return digest.hexdigest()


def copied(source: Path, target: Path) -> str:
    """Copy a file, have it on the disk whole, and return the SHA-256 of what was read. Raises OSError. Blocks."""
    digest = sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    with draft.open("wb") as file:
        for piece in _pieces(source):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    on_disk(target.parent)
    return digest.hexdigest()


def on_disk(path: Path) -> None:
    """Return once the file, or the names in a folder, are on the disk. Blocks."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            yield piece
