"""Revision: whether a database has the schema of this version, without loading what can change it.

Every command asks this before it reads, and Alembic takes longer to load than the answer takes to find. The history
is `streams.store.migrations`'s; a test holds the two to one another.
"""

import re
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from streams.store.database import Database

_VERSIONS = Path(__file__).parents[2] / "deploy" / "migrations" / "versions"
_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


async def is_current(database: Database) -> bool:
    """Whether the schema is that of this version; False also for a newer one. Raises TransientFault."""
    async with database.read() as connection:
        return await connection.run_sync(_stands_at) == newest()


def newest() -> frozenset[str]:
    """The revisions that no other comes after: one, in a history without branches."""
    written = [path.read_text(encoding="utf-8") for path in sorted(_VERSIONS.glob("*.py"))]
    every = {found for text in written for found in _REVISION.findall(text)}
    return frozenset(every - {found for text in written for found in _BEFORE.findall(text)})


def _stands_at(connection: Connection) -> frozenset[str]:
    if not inspect(connection).has_table("alembic_version"):
        return frozenset()
    return frozenset(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
