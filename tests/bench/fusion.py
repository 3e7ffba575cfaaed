"""Fusion among many open incidents: what it costs to hear, look up and choose for a report among 1,000 and 100,000.

The incidents lie in all townships, in a database file of their own, and were reported within the window, so that
each is a candidate for somebody. Measured in CPU time of one process, the look-ups included, nothing written. Goal:
among 100,000 at least 0.8 of the throughput among 1,000.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from sqlalchemy import insert

from models.areas import area_tree
from models.identifiers import IncidentId, SourceId
from models.messages.report import Report
from models.tables import INCIDENTS
from models.topics import Topic
from streams.processing import codec
from streams.processing.arrivals import Decoded, Record
from streams.processing.batch import handle_batch
from streams.processing.placing import place_of
from streams.store import fusion_candidates
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.statements import Row as Stored
from streams.store.unit_of_work import UnitsOfWork
from tests.bench import traffic
from tests.bench.harness import Row, run_program, tell
from tests.fakes.clock import ManualClock
from workflows.judgement.account import hear
from workflows.judgement.fusion import fuse
from workflows.rulebook_file import default_rulebook

_FEW, _MANY = 1_000, 100_000
_REPORTS, _AT_ONCE, _ROWS_AT_ONCE = 2_000, 100, 2_000
_WITHIN_SECONDS = 900.0
_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
_RULES = default_rulebook()


async def bench(rounds: int) -> list[Row]:
    """Both sizes in each round; the ratio is of throughputs, many to few."""
    found: dict[int, list[float]] = {_FEW: [], _MANY: []}
    for _ in range(rounds):
        for size, measured in found.items():
            numbers = await run_program("tests.bench.fusion", {"size": size}, _WITHIN_SECONDS)
            measured.append(numbers["per_second"])
    ratio = median(many / few for many, few in zip(found[_MANY], found[_FEW], strict=True))
    return [
        Row("fusion", f"among_{_FEW}", median(found[_FEW]), "reports/CPU s", None, "hear, look up, choose"),
        Row("fusion", f"among_{_MANY}", median(found[_MANY]), "reports/CPU s", ratio, "goal 0.8 of the few"),
    ]


async def _measure(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        await upgrade(database)
        try:
            await _open(database, size)
            tell({"per_second": await _throughput(database)})
        finally:
            await database.close()


async def _open(database: Database, size: int) -> None:
    """So many open incidents: the rows of some that the engine opened, each again at other times under other ids."""
    units, clock = UnitsOfWork(database, "bench", "bench"), ManualClock()
    clock.move((_AT - clock.now()).total_seconds())
    for first in range(0, _FEW, _AT_ONCE):
        numbers = range(first, first + _AT_ONCE)
        await handle_batch([_arrival(number) for number in numbers], units, _RULES, clock)
    async with database.write() as connection:
        rows = [dict(row) for row in (await connection.execute(INCIDENTS.select())).mappings()]
        copies = (_copy(row, number) for number in range(size // _FEW) for row in rows if number)
        while chunk := list(islice(copies, _ROWS_AT_ONCE)):
            await connection.execute(insert(INCIDENTS), chunk)


def _arrival(number: int) -> Decoded:
    key, value = traffic.report(number, _AT)
    read = codec.read(Report, value, _AT + timedelta(days=1))
    if not isinstance(read, codec.Readable):
        raise TypeError(f"the bench sends what nobody can read: {read.detail}")
    return Decoded(Record(Topic.REPORTS, 0, number, key, value), read.message, read.digest)


def _copy(row: Stored, number: int) -> Stored:
    """The same, reported earlier: of each township and kind many are open."""
    at = _AT - timedelta(seconds=number * 50)
    return {
        **row,
        "incident_id": IncidentId(f"{row['incident_id']}-{number}"),
        "first_reported_at": at,
        "last_reported_at": at,
    }


async def _throughput(database: Database) -> float:
    """Reports for a CPU second: half speak of what is open, half of something new."""
    reports = [_report(number) for number in range(_REPORTS)]
    before = process_time()
    for first in range(0, _REPORTS, _AT_ONCE):
        await _choose(database, reports[first : first + _AT_ONCE])
    return _REPORTS / (process_time() - before)


def _report(number: int) -> Report:
    key, value = traffic.report(_FEW // 2 + number, _AT)
    report: Any = codec.read(Report, value, _AT + timedelta(days=1))
    return Report.model_validate(dict(report.message) | {"source_id": SourceId(f"bench-{key.decode()}")})


async def _choose(database: Database, reports: Iterable[Report]) -> None:
    placed = [(one, place_of(one, area_tree())) for one in reports]
    accounts = [hear(one, place) for one, place in placed if place is not None]
    async with database.read() as connection:
        pool = await fusion_candidates.load(connection, accounts, _RULES)
    for account in accounts:
        choice = fuse(account, pool.for_account(account), _RULES, awaits=pool.awaits(account))
        pool.joined(account, choice.incident_id)


if __name__ == "__main__":
    asyncio.run(_measure(**json.loads(sys.argv[1])))
