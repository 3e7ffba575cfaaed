"""What is done by somebody who owns the database: the end of the audit and of logs cut off, so that the rest is whole.

It is done to a copy, so that the installation goes on and is judged as after any fault.
"""

import asyncio
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import asyncpg
import orjson

from tests.acceptance.program import Said
from tests.databases.postgres import find_programs
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene

# Of each process in its own folder, as every machine would have its own.
FILE = "anchors.jsonl"
_ANCHORED_EVERY_SECONDS = 60
_ANCHORED_WITHIN_SECONDS = 150.0
_LOGS_CUT = 5
_CUT = """
SET session_replication_role = replica;
DELETE FROM audit WHERE seq >= {audit_from};
CREATE TEMP TABLE cut (incident_id text, seq integer);
INSERT INTO cut VALUES {logs};
DELETE FROM events USING cut WHERE events.incident_id = cut.incident_id AND events.seq >= cut.seq;
UPDATE incidents SET seq = cut.seq - 1 FROM cut WHERE incidents.incident_id = cut.incident_id;
"""


async def end_dropped(scene: Scene) -> None:
    """F30: what was anchored is cut off in a copy of the database, and the command names each piece of it."""
    # The first anchor is made at once and knows of nothing yet.
    file = scene.stack.workers[0].program.folder / FILE
    began = perf_counter()
    while (anchored := await asyncio.to_thread(_anchored, file)) is None:
        assert perf_counter() - began < _ANCHORED_WITHIN_SECONDS, f"no anchor with {_LOGS_CUT} logs in {file}"
        await asyncio.sleep(1)
    file = anchored.file
    copy = await asyncio.to_thread(_copied, scene)
    whole = await _asked(scene, copy, file)
    scene.record.note(f"the copy is whole: {whole.answer}{whole.remarks}")
    cut = sorted(anchored.logs)[:_LOGS_CUT]
    logs = ", ".join(f"('{one}', {anchored.logs[one]})" for one in cut)
    await _run(copy, _CUT.format(audit_from=anchored.audit_entries, logs=logs))
    scene.record.note(f"cut off: audit from {anchored.audit_entries} on, the end of {len(cut)} logs")
    began = perf_counter()
    found = await _asked(scene, copy, file)
    took = perf_counter() - began
    named = [f"audit seq={anchored.audit_entries}:", *(f"incidents incident_id={one}:" for one in cut)]
    unnamed = [one for one in named if one not in found.answer]
    lines = [line for line in found.answer.splitlines() if "anchored at" in line]
    scene.figures += [
        Figure("ends cut off after they were anchored", len(named)),
        promise("of them not named", len(unnamed) if found.code == 1 else len(named)),
        promise("named though whole", len(lines) - len(named) + len(unnamed)),
        promise("exit codes other than 0 before the cut", int(whole.code != 0)),
        Figure("the command's answer after", took, "s"),
        Figure("at most unnoticed", _ANCHORED_EVERY_SECONDS, "s"),
    ]


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What a copy of the file says that was made before the database was copied: each log's youngest `seq`."""

    file: Path
    audit_entries: int
    logs: dict[str, int]


def _anchored(file: Path) -> _Anchored | None:
    if not file.exists():
        return None
    kept = Path(shutil.copy(file, file.with_name("kept.jsonl")))
    found = [orjson.loads(line.partition(b"\t")[0]) for line in kept.read_bytes().splitlines()]
    logs = {head["incident_id"]: head["seq"] for one in found for head in one["heads"]}
    entries = found[-1]["audit_entries"] if found else 0
    return _Anchored(kept, entries, logs) if entries and len(logs) >= _LOGS_CUT else None


def _copied(scene: Scene) -> str:
    server, source = scene.stack.server, scene.stack.database_url
    copy = server.url(server.create_database())
    dump, programs = scene.stack.folder / "dump", find_programs()
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", _plain(source)],
        ["pg_restore", f"--dbname={_plain(copy)}", str(dump)],
    ):
        subprocess.run([programs / command[0], *command[1:]], check=True, capture_output=True)
    return copy


async def _asked(scene: Scene, database_url: str, file: Path) -> Said:
    auditor = scene.stack.new_worker("auditor").program
    auditor.variables["FENGHUO_DATABASE_URL"] = database_url
    return await asyncio.to_thread(auditor.command, "audit", "verify", "--anchors", str(file))


async def _run(database_url: str, statements: str) -> None:
    connection = await asyncpg.connect(_plain(database_url))
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")
