"""Statements that both engines spell alike but SQLAlchemy keeps in two dialects: insert, and what to do if it is there.

Built once and kept: compiling a statement costs more than running it.
"""

from functools import cache

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = sqlite.Insert | postgresql.Insert
Row = dict[str, object]
_WORTH_ARRAYS = 16  # fewer rows are sent one by one as quickly


async def insert(connection: AsyncConnection, table: Table, rows: list[Row]) -> None:
    """Add rows, all with the same columns; none may be there. Raises DataRefused (through the transaction)."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _WORTH_ARRAYS:
        columns = tuple(rows[0])
        arrays = {name: [row[name] for row in rows] for name in columns}
        await connection.execute(_insert_arrays(table, columns), arrays)
    else:
        await connection.execute(_insert(connection.dialect.name, table), rows)


async def insert_new(connection: AsyncConnection, table: Table, rows: list[Row]) -> None:
    """Add the rows whose key is not there yet and leave the others as they are."""
    if rows:
        await connection.execute(_insert_new(connection.dialect.name, table), rows)


async def upsert(
    connection: AsyncConnection, table: Table, rows: list[Row], keep: tuple[str, ...] = ()
) -> None:
    """Add rows, or replace those whose key is there, except for their columns in `keep`."""
    if rows:
        await connection.execute(_upsert(connection.dialect.name, table, keep), rows)


@cache
def _insert(dialect: str, table: Table) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _insert_arrays(table: Table, columns: tuple[str, ...]) -> Insert:
    """One array for each column, which PostgreSQL lays side by side: half as long again as row by row takes."""
    arrays = (func.unnest(bindparam(name, type_=postgresql.ARRAY(table.c[name].type))) for name in columns)
    return postgresql.insert(table).from_select(list(columns), select(*arrays))


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, table: Table, keep: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table)
    key = [column.name for column in table.primary_key]
    replaced = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in (*key, *keep)}
    return statement.on_conflict_do_update(index_elements=key, set_=replaced)
