"""What the battery measures is what happened: how long the urgent waited, and the most that a process held."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults import growth
from tests.faults.books import SqliteBooks
from tests.faults.machine_clock import MachineClock
from tests.faults.memory import BYTES_PER_MB, Peak
from tests.faults.orders import figures, first_orders
from tests.faults.witness import Witness
from tests.servers import tied_to_us

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
_TABLES = """
CREATE TABLE reports (source_id TEXT, report_id TEXT, message_id TEXT, incident_id TEXT);
CREATE TABLE intake (message_id TEXT, accepted_at TEXT);
CREATE TABLE inbox (message_id TEXT, recorded_at TEXT);
CREATE TABLE commands (command_id TEXT, incident_id TEXT, kind TEXT, issued_at TEXT);
INSERT INTO reports VALUES ('119', 'heard', 'm1', 'i1'), ('119', 'unheard', 'm2', 'i2'), ('grid', 'calm', 'm3', 'i1');
INSERT INTO intake VALUES ('m1', '2026-05-01T12:00:00'), ('m2', '2026-05-01T12:00:00'), ('m3', '2026-05-01T12:00:00');
INSERT INTO inbox VALUES ('m1', '2026-05-01T12:00:01'), ('m2', '2026-05-01T12:00:01'), ('m3', '2026-05-01T12:00:01');
INSERT INTO commands VALUES
  ('late', 'i1', 'order', '2026-05-01T12:00:02'), ('soon', 'i1', 'order', '2026-05-01T12:00:02'),
  ('back', 'i1', 'retraction', '2026-05-01T12:00:02'), ('never', 'i2', 'order', '2026-05-01T12:00:02');
"""


@pytest.fixture
def books(tmp_path: Path) -> SqliteBooks:
    with closing(sqlite3.connect(tmp_path / "books.db")) as connection, connection:
        connection.executescript(_TABLES)
    return SqliteBooks(tmp_path / "books.db")


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    one = Witness(tmp_path / "witness.jsonl")
    for command_id, seconds in (("late", 9), ("soon", 5), ("back", 3)):
        one.heard_at[command_id] = NOON + timedelta(seconds=seconds)
    yield one
    one.close()


async def test_the_urgent_wait_until_the_first_order_is_heard(books: SqliteBooks, witness: Witness) -> None:
    """Of several orders the one that was heard first; a retraction is none, and nobody else's report counts."""
    orders = await first_orders(books, witness, [("119", "heard"), ("119", "unheard")])
    assert [one.heard_after_seconds for one in orders] == [5.0]


async def test_an_urgent_report_that_no_order_answers_misses_its_bar(
    books: SqliteBooks, witness: Witness
) -> None:
    """Who was never told to go is not left out of the figures."""
    urgent = [("119", "heard"), ("119", "unheard")]
    told = {one.name: one for one in figures("now", len(urgent), await first_orders(books, witness, urgent))}
    assert not told["urgent, no order heard, now"].is_reached
    assert not told["urgent: accepted until a unit heard, now, p99"].is_reached


def test_a_peak_is_seen_though_it_is_over() -> None:
    """What was held for a moment counts, and only what came after the beginning."""
    held = bytearray(os.urandom(1)) * (50 * BYTES_PER_MB)
    peak = Peak(os.getpid())
    assert peak.grown_mb() < 5
    more = bytearray(os.urandom(1)) * (30 * BYTES_PER_MB)
    del more
    assert 25 < peak.grown_mb() < 40
    del held


def test_a_table_that_grows_for_no_reason_is_told() -> None:
    """What grows with incidents may; what nobody gave a reason for is counted, also when it is new."""
    before, after = (
        {"events": 10, "leases": 1, "rulebooks": 1},
        {"events": 90, "leases": 1, "rulebooks": 2, "new": 1},
    )
    told = {one.name: one for one in growth.figures(before, after)}
    assert told["tables that grew for no reason"].value == 2
    assert not told["tables that grew for no reason"].is_reached


def test_a_process_goes_by_its_own_wall_clock(tmp_path: Path) -> None:
    """However it asks for the time, it is told the wrong one, from its first question on; steady clocks stay true."""
    clock = MachineClock(tmp_path / "clock")
    clock.set(-3_600)
    script = (
        "import datetime as d, time as t; print(t.time(), d.datetime.now(d.UTC).timestamp(), t.monotonic())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | clock.variables,
        capture_output=True,
        text=True,
        check=True,
    )
    asked, read, steady = map(float, done.stdout.split())
    assert abs(time.time() - 3_600 - asked) < 60
    assert abs(asked - read) < 1
    assert abs(time.monotonic() - steady) < 60


def test_a_clock_that_is_set_is_seen(tmp_path: Path) -> None:
    """A process that runs sees each new setting."""
    clock = MachineClock(tmp_path / "clock")
    script = "import time\nwhile time.time() < 4e9: time.sleep(0.01)"
    waiting = subprocess.Popen(tied_to_us([sys.executable, "-c", script]), env=os.environ | clock.variables)
    clock.set(1e10)
    assert waiting.wait(30) == 0
