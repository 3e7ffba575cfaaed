"""How Alembic reaches the database: on the connection that `streams.store.migrations` hands over, else on its own.

One history serves SQLite and PostgreSQL; migrations name plain column types, so that they stay what they were when
the tables move on.
"""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection
from sqlmodel.sql.sqltypes import AutoString

from models.tables import metadata
from models.tables.columns import UtcDateTime
from streams.settings import load_settings
from streams.store.database import Database
from streams.store.migrations import is_of_the_models


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - Alembic's
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_object=is_of_the_models,
    )
    context.run_migrations()


async def run_alone(url: str) -> None:
    database = Database(url)
    try:
        async with database.write() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_alone(context.get_x_argument(as_dictionary=True).get("url") or load_settings().database))
