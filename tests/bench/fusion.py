"""Fusion among many open incidents: what a report costs perception among 1,000 and among 100,000 of them.

The incidents lie in all townships, in a database file of their own, reported over three days (the goal: among 100,000
at least 0.8 of the throughput among 1,000), or all within the window, so that each is a candidate for somebody (no
goal: that dense no city ever is). Measured in CPU time of one process, over whole batches with everything that they
read and write.
"""

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from time import process_time

from sqlalchemy import insert

from models.identifiers import IncidentId, SourceId
from models.messages.report import Report
from models.tables import INCIDENTS
from models.topics import Topic
from streams.processing import codec
from streams.processing.arrivals import Decoded, Record
from streams.processing.batch import handle_batch
from streams.program import interpreter
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.statements import Row as Stored
from streams.store.unit_of_work import UnitsOfWork
from tests.bench import traffic
from tests.bench.harness import Row, run_program, tell
from tests.fakes.clock import ManualClock
from workflows.rulebook_file import default_rulebook

_FEW, _MANY = 1_000, 100_000
_CASES = {"few": (_FEW, 0), "many": (_MANY, 3 * 86_400 * _FEW // _MANY), "dense": (_MANY, 48)}
_REPORTS, _AT_ONCE, _ROWS_AT_ONCE = 2_000, 100, 2_000
_WITHIN_SECONDS = 900.0
_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
_RULES = default_rulebook()


async def bench(rounds: int) -> list[Row]:
    """Every case in each round; the ratios are of throughputs, to that among few."""
    found: dict[str, list[float]] = {name: [] for name in _CASES}
    for _ in range(rounds):
        for name, (size, apart_seconds) in _CASES.items():
            case = {"size": size, "apart_seconds": apart_seconds}
            numbers = await run_program("tests.bench.fusion", case, _WITHIN_SECONDS)
            found[name].append(numbers["per_second"])
    rows = [Row("fusion", "few", median(found["few"]), "reports/CPU s", None, "among 1,000 open incidents")]
    for name, what in (("many", "among 100,000 of three days, goal 0.8"), ("dense", "100,000 of 80 minutes")):
        ratio = median(many / few for many, few in zip(found[name], found["few"], strict=True))
        rows.append(Row("fusion", name, median(found[name]), "reports/CPU s", ratio, what))
    return rows


async def _measure(size: int, apart_seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        await upgrade(database)
        try:
            await _open(database, size, apart_seconds)
            tell({"per_second": await _throughput(database)})
        finally:
            await database.close()


async def _open(database: Database, size: int, apart_seconds: int) -> None:
    """So many open incidents: the rows of some that the engine opened, each again at other times under other ids."""
    units, clock = UnitsOfWork(database, "bench", "bench"), ManualClock()
    clock.move((_AT - clock.now()).total_seconds())
    for first in range(0, _FEW, _AT_ONCE):
        numbers = range(first, first + _AT_ONCE)
        await handle_batch([_arrival(number) for number in numbers], units, _RULES, clock)
    async with database.write() as connection:
        rows = [dict(row) for row in (await connection.execute(INCIDENTS.select())).mappings()]
        copies = (_copy(row, n, n * apart_seconds) for n in range(1, size // _FEW) for row in rows)
        while chunk := list(islice(copies, _ROWS_AT_ONCE)):
            await connection.execute(insert(INCIDENTS), chunk)


def _arrival(number: int, source: str | None = None) -> Decoded:
    key, value = traffic.report(number, _AT)
    read = codec.read(Report, value, _AT + timedelta(days=1))
    if not isinstance(read, codec.Readable):
        raise TypeError(f"the bench sends what nobody can read: {read.detail}")
    said = {} if source is None else {"source_id": SourceId(source)}
    message = read.message.model_copy(update=said)
    return Decoded(Record(Topic.REPORTS, 0, number, key, value), message, read.digest)


def _copy(row: Stored, number: int, earlier_seconds: int) -> Stored:
    """The same, reported earlier: of each township and kind many are open."""
    at = _AT - timedelta(seconds=earlier_seconds)
    return {
        **row,
        "incident_id": IncidentId(f"{row['incident_id']}-{number}"),
        "first_reported_at": at,
        "last_reported_at": at,
    }


async def _throughput(database: Database) -> float:
    """Reports for a CPU second through the whole batch: half speak of what is open, half of something new."""
    units, clock = UnitsOfWork(database, "bench", "rival"), ManualClock()
    clock.move((_AT - clock.now()).total_seconds())
    arrivals = [_arrival(_FEW // 2 + number, source="bench") for number in range(_REPORTS)]
    before = process_time()
    for first in range(0, _REPORTS, _AT_ONCE):
        await handle_batch(arrivals[first : first + _AT_ONCE], units, _RULES, clock)
    return _REPORTS / (process_time() - before)


if __name__ == "__main__":
    interpreter.settle()  # as the program does
    asyncio.run(_measure(**json.loads(sys.argv[1])))
