"""Rulebooks: storing each by its digest, and the recorded moments from which one is in force for all workers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ACTIVATIONS, RULEBOOKS
from streams.store.statements import insert_new


@dataclass(frozen=True, slots=True)
class StoredRulebook:
    """A rulebook as it was activated. `body` is its bundle (`workflows.rulebook_bundle`), byte for byte."""

    digest: str
    name: str
    version: str
    body: bytes


_IN_FORCE = (
    select(RULEBOOKS)
    .join(ACTIVATIONS, ACTIVATIONS.c.digest == RULEBOOKS.c.digest)
    .where(ACTIVATIONS.c.activated_at <= bindparam("at"))
    .order_by(ACTIVATIONS.c.activated_at.desc())
    .limit(1)
)
_TIMELINE = select(ACTIVATIONS.c.activated_at, ACTIVATIONS.c.digest).order_by(ACTIVATIONS.c.activated_at)


async def activate(connection: AsyncConnection, rulebook: StoredRulebook, now: datetime) -> bool:
    """Put this rulebook in force from `now` (the program's time) on; False when it is in force already."""
    in_force = await rulebook_in_force(connection, now)
    if in_force is not None and in_force.digest == rulebook.digest:
        return False
    row = {"digest": rulebook.digest, "name": rulebook.name, "version": rulebook.version}
    await insert_new(connection, RULEBOOKS, [{**row, "body": rulebook.body, "stored_at": now}])
    await insert_new(connection, ACTIVATIONS, [{"activated_at": now, "digest": rulebook.digest}])
    return True


async def rulebook_in_force(connection: AsyncConnection, now: datetime) -> StoredRulebook | None:
    """The rulebook in force at `now`; None before the first activation."""
    row = (await connection.execute(_IN_FORCE, {"at": now})).first()
    return None if row is None else StoredRulebook(row.digest, row.name, row.version, row.body)


async def timeline(connection: AsyncConnection) -> tuple[tuple[datetime, str], ...]:
    """From which moment on which digest is in force, the earliest first; moments that are yet to come among them."""
    rows = await connection.execute(_TIMELINE)
    return tuple((row.activated_at, row.digest) for row in rows)


async def every_rulebook(connection: AsyncConnection) -> tuple[StoredRulebook, ...]:
    """All that were ever in force, so that an old fact can be read with the rules that it was made under."""
    rows = await connection.execute(select(RULEBOOKS))
    return tuple(StoredRulebook(row.digest, row.name, row.version, row.body) for row in rows)
