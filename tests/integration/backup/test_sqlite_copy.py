"""SQLite's file is copied while it is written to: as of the moment when the copying began, and never begun anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from streams.backup import sqlite

ROWS = 6_000  # of 4 kB: several pieces of the copy


def test_a_writer_does_not_make_it_begin_anew(tmp_path: Path) -> None:
    """Between any two pieces somebody commits; the copy goes on, and has what was there at its start."""
    source, target, done = tmp_path / "source.db", tmp_path / "target.db", list[int]()
    with closing(sqlite3.connect(source)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE facts (body BLOB)")
        writer.executemany("INSERT INTO facts VALUES (?)", [(bytes(4_000),)] * ROWS)
        writer.commit()

        def write(_: str, pages: int, most: int) -> None:
            assert (done[-1] if done else 0) < pages <= most
            done.append(pages)
            writer.execute("UPDATE facts SET body = x'01' WHERE rowid = 1")
            writer.execute("INSERT INTO facts VALUES (x'02')")
            writer.commit()

        sqlite.copy(source, target, write)
    assert len(done) > 2

    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute(
            "SELECT count(*), max(length(body)), min(length(body)) FROM facts"
        ).fetchall() == [(ROWS, 4_000, 4_000)]
    assert not target.with_name("target.db-wal").exists()


def test_a_restore_that_is_broken_off_changes_nothing(tmp_path: Path) -> None:
    """In the middle of writing the file over, the process is told to stop: what was there is there, and sound."""
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    for file, body in ((source, b"\x01"), (target, b"\x02")):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE facts (body BLOB)")
            connection.executemany("INSERT INTO facts VALUES (?)", [(body * 4_000,)] * ROWS)
            connection.commit()

    def stop(_: str, pages: int, most: int) -> None:
        assert pages < most
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sqlite.put_back(source, target, stop)
    sqlite.require_integrity(target)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT DISTINCT substr(body, 1, 1), count(*) FROM facts").fetchall() == [
            (b"\x02", ROWS)
        ]
