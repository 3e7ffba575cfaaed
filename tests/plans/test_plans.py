"""No statement of the running program reads a growing table from end to end, on either database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, text
from sqlalchemy.sql.compiler import SQLCompiler

from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.databases.million import LARGE, fill
from tests.databases.postgres import PostgresServer
from tests.plans.statements import VALUES, Named, every_statement

STATEMENTS = {one.name: one for one in every_statement()}
_BASE = "whoever uses it adds a condition or a limit"
_A_PAGE = "walks in its order and ends with the page: every row fits"
# name -> why it may read as much as there is
READS_MUCH: dict[str, str] = {
    "access.audit._LAST": "walks back from the end and stops at the first",
    "cockpit.board._ROWS": _BASE,
    "gateway.audit._LATEST_FIRST": _BASE,
    "gateway.listing._INCIDENTS": _BASE,
    "list any": _A_PAGE,
    "list city": _A_PAGE,
    "store.attachments._UNNAMED": "once an hour; of pictures there are few",
    "store.outbox._UNSEEN_AGAIN": "once, for a new cluster or after a gap",
}

# What the gateway reads behind the wall of areas.
BY_REQUESTS = (
    "gateway.boards.",
    "gateway.listing.",
    "gateway.personal.",
    "gateway.undoing.",
    "cockpit.board.",
    "store.proposals._LATE",
    "list ",
    "board ",
    "day ",
    "trends ",
)
ON_POSTGRES_ALONE = ("store.database.", "store.months.")
# Indexes of few rows of their tables: to read all of one is what they are for.
PARTIAL = ("ix_outbox_waiting", "ix_outbox_claim", "ix_outbox_message", "ix_events_map")
_BIG = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 5000 AND relname !~ '^pg_'")

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def filled(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database with much in it."""
    name = postgres_server.create_database()
    asyncio.run(_filled(postgres_server.url(name)))
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


async def _filled(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    async with database.write() as connection:
        await fill(connection)
    await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["as the engine", "as a request"])
async def test_postgres_looks_up_and_never_scans(filled: str, role: str) -> None:
    """Every statement, planned with its values: no sequential scan over a large table, nor of a whole index of one."""
    is_request, database = role == "as a request", Database(filled)
    reading = database.read_within("500108,500108007") if is_request else database.read()
    async with database.read() as connection:
        big = frozenset(await connection.scalars(_BIG))
    async with reading as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        faults: dict[str, list[str]] = {}
        for one in STATEMENTS.values():
            if not is_request or one.name.startswith(BY_REQUESTS):
                sql, values = compiled(one, database.engine.dialect)
                [explained] = await driver.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *values)
                note(faults, one, sorted(set(scans(explained["Plan"], big))))
    await database.close()
    assert not faults, told(faults)


async def test_sqlite_looks_up_and_never_scans(tmp_path: Path) -> None:
    """The same on SQLite, which plans without having counted."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}")
    await upgrade(database)
    await look_at_sqlite(database)
    await database.close()


async def look_at_sqlite(database: Database) -> None:
    """Plan every statement. AssertionError names those that scan."""
    faults: dict[str, list[str]] = {}
    async with database.read() as connection:
        for one in STATEMENTS.values():
            if not one.name.startswith(ON_POSTGRES_ALONE):
                sql, values = compiled(one, database.engine.dialect)
                lines = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(values))).all()
                note(faults, one, [line.detail for line in lines if is_a_scan(line.detail)])
    assert not faults, told(faults)


async def test_a_missing_index_is_seen(tmp_path: Path) -> None:
    """Without the index of a named query, that query is named."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}")
    await upgrade(database)
    async with database.write() as connection:
        await connection.exec_driver_sql("DROP INDEX ix_reports_incident_id")
    with pytest.raises(AssertionError, match=r"gateway.listing._REPORTS: SCAN reports"):
        await look_at_sqlite(database)
    await database.close()


def note(faults: dict[str, list[str]], one: Named, found: list[str]) -> None:
    """Remember what a plan reads too much of, unless it is known to."""
    if found and one.name not in READS_MUCH:
        faults[one.name] = found


def told(faults: dict[str, list[str]]) -> str:
    """One line a statement."""
    return "\n".join(f"{name}: {'; '.join(found)}" for name, found in sorted(faults.items()))


def compiled(one: Named, dialect: Dialect) -> tuple[str, list[Any]]:
    """A statement as the driver gets it, with values for its parameters. KeyError: give the parameter a value."""
    made = one.statement.compile(dialect=dialect)
    assert isinstance(made, SQLCompiler)
    given = {
        name: (one.values | VALUES)[name] for bound, name in made.bind_names.items() if bound.required
    } | {name: value for name, value in one.values.items() if name in made.binds}
    state = made.construct_expanded_state(given)
    return state.statement, [
        value if (process := state.processors.get(name)) is None else process(value)
        for name, value in ((name, state.parameters[name]) for name in state.positiontup or ())
    ]


def scans(plan: Plan, big: frozenset[str], limited: bool = False) -> Iterator[str]:
    """Where a plan reads all of a large table, or all of an index of one that is not partial."""
    kind, relation = plan["Node Type"], plan.get("Relation Name", "")
    if relation in big:
        index = plan.get("Index Name", "")
        if kind == "Seq Scan":
            yield f"Seq Scan {relation}"
        elif (
            kind.startswith("Index")
            and "Index Cond" not in plan
            and index not in PARTIAL
            and (not limited or "Filter" in plan)
        ):
            yield f"{kind} {index} {plan.get('Filter', '')}"
    for inner in plan.get("Plans", ()):
        yield from scans(inner, big, limited or kind == "Limit")


def is_a_scan(detail: str) -> bool:
    """Whether this line of SQLite's plan reads all of a large table."""
    words = detail.split()
    return words[0] == "SCAN" and words[1] in LARGE and not any(index in words for index in PARTIAL)
