"""Archive files: facts as lines of JSON, the log of each incident a gzip member of its own.

`zcat` reads a whole file, and one log is read without the others: by where its member begins, how long it is, and the
digest that it must have. A file is written beside its name and takes it when it is on disk. Never in here: a database.
"""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson

FactRow = Mapping[str, Any]  # the columns of `events`
Log = tuple[FactRow, ...]
_DIGITS = 12


class ArchiveUnreadable(Exception):
    """A log was put away and cannot be read: its file is missing, or not as it was written. Bring that file back."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One incident's log in a file: which facts, where, and the digest of those bytes."""

    incident_id: str
    first_seq: int
    last_seq: int
    offset_bytes: int
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on disk."""

    name: str
    digest: str
    size_bytes: int
    events: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """The folder in which the files lie; it is made when the first is written."""

    path: Path

    def write(self, subject: str, logs: Iterable[Log]) -> Written:
        """Write these logs, none of them empty, and return once they are on disk. May take minutes.

        The file is named by its subject and its digest, so that no other is ever written over.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        pieces, whole, events = list[Piece](), sha256(), 0
        with NamedTemporaryFile(dir=self.path, prefix=".draft-", delete=False) as file:
            for log in logs:
                member = _packed(log)
                pieces.append(_piece(log, member, file.tell()))
                events += len(log)
                whole.update(member)
                file.write(member)
            size_bytes = file.tell()
            file.flush()
            os.fsync(file.fileno())
        name = f"{subject}-{whole.hexdigest()[:_DIGITS]}.jsonl.gz"
        Path(file.name).replace(self.path / name)
        _sync(self.path)
        return Written(name, whole.hexdigest(), size_bytes, events, tuple(pieces))

    def read(self, name: str, piece: Piece) -> Log:
        """One log as it was put away. Raises ArchiveUnreadable."""
        try:
            with (self.path / name).open("rb") as file:
                file.seek(piece.offset_bytes)
                member = file.read(piece.size_bytes)
        except OSError as missing:
            raise ArchiveUnreadable(self._wanted(name)) from missing
        if sha256(member).hexdigest() != piece.digest:
            raise ArchiveUnreadable(
                f"{self.path / name} is not as it was written: the log of {piece.incident_id}"
            )
        return tuple(_unpacked(member))

    def fault_of(self, name: str, digest: str) -> str | None:
        """What is wrong with a file as a whole; None when its bytes are those that were written."""
        try:
            with (self.path / name).open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except OSError:
            return self._wanted(name)
        return None if found == digest else f"{self.path / name} is not as it was written"

    def _wanted(self, name: str) -> str:
        return f"{name} is not in {self.path}: bring it there, or set FENGHUO_ARCHIVE_DIR"


def _piece(log: Log, member: bytes, offset_bytes: int) -> Piece:
    return Piece(
        incident_id=log[0]["incident_id"],
        first_seq=log[0]["seq"],
        last_seq=log[-1]["seq"],
        offset_bytes=offset_bytes,
        size_bytes=len(member),
        digest=sha256(member).hexdigest(),
    )


def _packed(log: Log) -> bytes:
    # Without a time in it: the same log is the same bytes.
    return gzip.compress(b"".join(_line(row) for row in log), mtime=0)


def _line(row: FactRow) -> bytes:
    # The body as text, so that it comes back byte for byte.
    return orjson.dumps({**row, "body": row["body"].decode()}, option=orjson.OPT_APPEND_NEWLINE)


def _unpacked(member: bytes) -> Iterator[FactRow]:
    try:
        lines = gzip.decompress(member).splitlines()
    except (OSError, EOFError, zlib.error) as broken:
        raise ArchiveUnreadable(f"a log cannot be unpacked: {broken}") from broken
    for line in lines:
        row = orjson.loads(line)
        recorded_at = datetime.fromisoformat(row["recorded_at"])
        yield {**row, "recorded_at": recorded_at, "body": row["body"].encode()}


def _sync(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
