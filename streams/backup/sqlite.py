"""SQLite: its file copied by its own backup interface, while others read and write, and put back the same way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from streams.backup.files import BackupRefused, Watch, on_disk

_PAGES = 2_048  # 8 MB between two words on how far it is
_BUSY_SECONDS = 30.0


def copy(source: Path, target: Path, watch: Watch) -> None:
    """Copy the database as of one moment. Blocks, and holds up nobody. Raises sqlite3.Error."""
    with _opened(source) as ours, _opened(target) as theirs:
        # A transaction of our own is the moment: without it each writer's commit would begin the copy anew.
        ours.execute("BEGIN")
        ours.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _transfer(ours, theirs, "copying the database", watch)
        ours.execute("COMMIT")
    settle(target)


def put_back(source: Path, target: Path, watch: Watch) -> None:
    """Make `target` what `source` is, in one transaction: broken off, it is what it was. Raises sqlite3.Error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _opened(source) as ours, _opened(target) as theirs:
        _transfer(ours, theirs, "restoring the database", watch)


def settle(file: Path) -> None:
    """Leave one file that stands by itself, without a log beside it, and have it on the disk."""
    with _opened(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    on_disk(file)


def require_integrity(file: Path) -> None:
    """Raise BackupRefused unless SQLite finds every page and index of the file sound. Reads all of it."""
    try:
        with _opened(file) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    except sqlite3.DatabaseError as broken:
        found = [str(broken)]
    if found != ["ok"]:
        raise BackupRefused(tuple(f"{file}: {one}" for one in found))


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        yield connection


def _transfer(source: sqlite3.Connection, target: sqlite3.Connection, what: str, watch: Watch) -> None:
    source.backup(
        target, pages=_PAGES, progress=lambda _, left, pages: watch(what, pages - left, pages), sleep=0.05
    )
