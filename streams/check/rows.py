"""Rows as plain mappings from column to value, as every check reads them."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]


async def rows(connection: AsyncConnection, statement: Select[Any], **parameters: object) -> list[Row]:
    """All rows of a statement."""
    found = (await connection.execute(statement, parameters)).mappings().all()
    return cast(list[Row], found)
