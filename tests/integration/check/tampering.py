"""Tampering: how a test changes rows behind the engine's back."""

from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

Found = Row[*tuple[Any, ...]]


async def one(connection: AsyncConnection, table: Table, *conditions: ColumnElement[bool]) -> Found:
    """The first row of a table, by its key, that meets the conditions."""
    order = list(table.primary_key)
    return (await connection.execute(select(table).where(*conditions).order_by(*order).limit(1))).one()


async def change(connection: AsyncConnection, table: Table, row: Found, **values: object) -> None:
    """Change one row behind the engine's back."""
    key = [column == getattr(row, column.name) for column in table.primary_key]
    await connection.execute(update(table).where(*key).values(**values))


async def remove(connection: AsyncConnection, table: Table, row: Found) -> None:
    """Take one row away behind the engine's back."""
    key = [column == getattr(row, column.name) for column in table.primary_key]
    await connection.execute(delete(table).where(*key))


def altered(body: bytes, **values: object) -> bytes:
    """A JSON body that says otherwise."""
    return orjson.dumps({**orjson.loads(body), **values})
