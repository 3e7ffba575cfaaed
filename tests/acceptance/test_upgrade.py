"""An upgrade and a cut-off end, as an operator meets them: the program as a process, its commands, the next version."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from tests.acceptance.next_version import NEXT, make_next_version
from tests.acceptance.outcomes import rows
from tests.acceptance.program import Program
from tests.brokers.tansu import Tansu

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WITHIN_SECONDS = 60
READY_WITHIN_SECONDS = 120


@pytest.fixture
def broker() -> Iterator[Tansu]:
    """A broker that outlives the program's lives."""
    own = Tansu()
    yield own
    own.stop()


@pytest.fixture
def program(broker: Tansu, tmp_path: Path) -> Iterator[Program]:
    """The embedded program at wall time, without simulated traffic."""
    one = Program(tmp_path / "program", broker_url=f"kafka://{broker.brokers}", simulate="false")
    yield one
    one.close()


def report(number: int, **changes: object) -> bytes:
    said = {
        "report_id": f"r-{number}",
        "source_id": "grid-1",
        "channel": "grid",
        "kind": "initial",
        "category": "accident.fire",
        "title": "仓库起火",
        "area_code": "500108001",
        "reported_at": datetime.now(UTC).isoformat(),
    }
    return orjson.dumps({**said, **changes})


async def put_on_topic(broker: Tansu, *values: bytes) -> None:
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish([Publication(Topic.REPORTS, b"500108", value) for value in values])


def reports(program: Program) -> int:
    return int(rows(program.database, "SELECT count(*) FROM reports")[0][0])


def anchored(file: Path) -> tuple[str, int, int]:
    """The incident, the last of its facts and the last of the audit's entries that the last lines bind."""
    lines = [orjson.loads(line.split(b"\t")[0]) for line in file.read_bytes().splitlines()]
    head = [head for line in lines for head in line["heads"]][-1]
    return head["incident_id"], head["seq"], lines[-1]["audit_entries"]


def parked(program: Program) -> list[tuple[str, bytes]]:
    """Reason and bytes of what waits."""
    found = rows(program.database, "SELECT reason, value FROM dead_letters WHERE retried_at IS NULL")
    return sorted((str(reason), bytes(value)) for reason, value in found)


def test_what_a_newer_producer_sends_waits_for_the_upgrade_and_is_handled(
    program: Program, broker: Tansu, tmp_path: Path
) -> None:
    """Parked and told, while the rest goes on; the next version folds the old logs, and takes in what waited."""
    program.start()
    program.await_ready(READY_WITHIN_SECONDS)
    newer = [report(number, schema_version=NEXT) for number in (1, 2)]
    asyncio.run(put_on_topic(broker, newer[0], report(3), newer[1]))
    program.await_that(lambda: reports(program) == 1, "today's report is kept", WITHIN_SECONDS)
    program.await_that(lambda: len(parked(program)) == 2, "newer ones are parked", WITHIN_SECONDS)
    assert parked(program) == sorted(("unsupported_version", value) for value in newer)
    program.interrupt()
    make_next_version(tmp_path / "next")
    program.variables["PYTHONPATH"] = str(tmp_path / "next")
    program.start()
    program.await_ready(READY_WITHIN_SECONDS)
    said = program.command("dead-letters", "retry", "--all", "--reason", "unsupported_version")
    assert (said.code, said.answer) == (0, "2 will be sent again\n")
    program.await_that(lambda: reports(program) == 3, "what waited is kept", WITHIN_SECONDS)
    assert parked(program) == []
    versions = {
        orjson.loads(body)["schema_version"] for (body,) in rows(program.database, "SELECT body FROM events")
    }
    assert versions == {NEXT - 1, NEXT}
    assert program.command("replay", "--all").code == 0
    checked = program.command("check", "--all")
    assert checked.code == 0, checked.answer


def test_a_cut_off_end_is_named_by_the_command(program: Program, broker: Tansu) -> None:
    """The program anchors by itself; whoever cuts off the end of audit and log with SQL is found out."""
    program.start()
    program.await_ready(READY_WITHIN_SECONDS)
    as_json = {"Content-Type": "application/json"}
    assert program.http.post("/api/reports", content=report(1), headers=as_json).is_success
    program.await_that(lambda: reports(program) == 1, "the report is kept", WITHIN_SECONDS)
    program.interrupt()
    program.start()  # the next life anchors at once what is there
    program.await_ready(READY_WITHIN_SECONDS)
    file = program.database.with_name("anchors.jsonl")
    program.await_that(lambda: b"incident_id" in file.read_bytes(), "the log is anchored", WITHIN_SECONDS)
    program.interrupt()
    assert program.command("audit", "verify").code == 0
    incident_id, seq, entries = anchored(file)
    with closing(sqlite3.connect(program.database)) as meddler:
        for trigger in ("audit_is_never_changed", "audit_is_never_shortened"):
            meddler.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        meddler.execute("DELETE FROM audit WHERE seq >= ?", (entries,))
        meddler.execute("DELETE FROM events WHERE seq >= ?", (seq,))
        meddler.commit()
    said = program.command("audit", "verify")
    assert said.code == 1
    assert f"audit seq={entries}: is gone, anchored at " in said.answer
    assert f"incidents incident_id={incident_id}: seq {seq} " in said.answer
    elsewhere = shutil.move(file, file.with_name("elsewhere.jsonl"))
    assert program.command("audit", "verify").code == 0
    assert program.command("audit", "verify", "--anchors", os.fspath(elsewhere)).code == 1
