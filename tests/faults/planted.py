"""Planted: a small database in which all is in order, or in which things happened twice, for the judge's tests."""

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson

_TABLES = """
CREATE TABLE incidents (incident_id TEXT);
CREATE TABLE reports (source_id TEXT, report_id TEXT, incident_id TEXT);
CREATE TABLE commands (command_id TEXT, body BLOB);
CREATE TABLE events (type TEXT, body BLOB);
INSERT INTO incidents VALUES ('i1');
INSERT INTO reports VALUES ('grid', 'kept', 'i1');
INSERT INTO commands VALUES ('known', x'6f6e65');
"""


def plant(file: Path, *, is_doubled: bool = False) -> Path:
    """Make it at `file`. Doubled: a command issued twice, its order under another id, a report joined twice."""
    facts = [_issued("known"), _joined()]
    if is_doubled:
        facts += [_issued("known"), _issued("again"), _joined()]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(_TABLES)
        connection.executemany("INSERT INTO events VALUES (?, ?)", facts)
    return file


def _issued(command_id: str) -> tuple[str, bytes]:
    command = {
        "command_id": command_id,
        "kind": "order",
        "incident_id": "i1",
        "task_id": "t1",
        "unit_code": "u1",
        "attempt": 1,
    }
    return "command_issued", orjson.dumps({"data": {"command": command}})


def _joined() -> tuple[str, bytes]:
    return "report_joined", orjson.dumps({"data": {"source_id": "grid", "report_id": "kept"}})
