"""Migrations: bring a database to the schema of this version. Whether it is there `streams.store.revision` tells.

The history is `deploy/migrations`, one for both engines. A worker never migrates by itself in production:
`fenghuo db upgrade` does, and readiness says when it was forgotten.
"""

import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Table, text
from sqlalchemy.engine import Connection
from sqlalchemy.schema import SchemaItem

from streams.store.database import Database

_HISTORY = Path(__file__).parents[2] / "deploy" / "migrations"
# Any number will do, as long as every upgrade of this program uses the same.
_UPGRADE_LOCK = 0x46454E47
_A_MONTH = re.compile(r"events_(?:other|[0-9]{4}_[0-9]{2})")


async def upgrade(database: Database, to: str = "head") -> None:
    """Run what is missing of the history in one transaction; two at once wait for one another. May take minutes.

    `to` is a revision to stop at, for tests of the history.
    """
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    async with database.write() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        await connection.run_sync(_to, to)


def is_of_the_models(item: SchemaItem, *_: object) -> bool:
    """Whether Alembic is to compare this with the models: months of the log are made and dropped as they come."""
    table = item if isinstance(item, Table) else getattr(item, "table", None)
    return table is None or _A_MONTH.fullmatch(table.name) is None


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HISTORY))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _to(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)
