"""Audit: who asked for what and how it ended, refusals too, each entry bound to the one before by its digest.

Nobody can change, drop or insert an entry without breaking the chain from there on; a cut-off end is found by the
last digest that was written down elsewhere (`streams.anchors`). What somebody said is never in here, nor a
word that was typed where a name belongs: it may be a password. Entries live by real time, whatever clock the program
lives by.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act, Someone
from models.producers import Producer
from models.tables import AUDIT
from streams.store.statements import insert

BEGINNING = "0" * 64
_LAST = select(AUDIT.c.seq, AUDIT.c.digest).order_by(AUDIT.c.seq.desc()).limit(1)
# Writers take turns, or two entries would follow the same one. SQLite has one writer anyway.
_MY_TURN = text("SELECT pg_advisory_xact_lock(7022025)")


class AuditOutcome(StrEnum):
    """How it ended at the door; what the rules said to a decision stands in the incident's log."""

    ALLOWED = "allowed"
    DENIED = "denied"
    LOWERED = "lowered"  # an urgent report of a flood: accepted, into the lane of what can wait


class SessionAct(StrEnum):
    """What is asked of the door itself; everything behind it is an `Act`."""

    SIGN_IN = "sign_in"
    USE_LINK = "use_link"
    # Of the identity provider; only its refusals are written down, what is done with it speaks for itself.
    USE_TOKEN = "use_token"  # noqa: S105 - the name of an act
    USE_KEY = "use_key"  # a producer's, for what is not a producer's to ask, or without its signature
    SIGN_OUT = "sign_out"


class Outsider(StrEnum):
    """Who asks without being a person of this installation. No person's id has a space in it."""

    INSTALLATION = "the installation"  # whoever holds its token
    COMMAND_LINE = "the command line"  # whoever has a shell on its machine
    UNKNOWN = "somebody unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody asked for. `subject` is an id or code, never words."""

    at: datetime
    person_id: str
    role: str
    act: str
    area_code: str | None
    subject: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many entries are whole, the digest of the last of them, and the first that is not."""

    entries: int
    head: str
    broken_at: int | None


def entry_of(
    asker: Someone | Producer | Outsider,
    act: Act | SessionAct,
    area_code: str | None,
    subject: str | None,
    *,
    allowed: bool,
    at: datetime,
) -> Entry:
    """What was asked for at this real time, and by whom."""
    outcome = AuditOutcome.ALLOWED if allowed else AuditOutcome.DENIED
    return Entry(at, *_name_and_role(asker), act.value, area_code, subject, outcome.value)


def _name_and_role(asker: Someone | Producer | Outsider) -> tuple[str, str]:
    match asker:
        case Someone():
            return asker.person_id, asker.role.value
        case Producer():
            # Somebody's id may look like this; their role does not.
            return f"producer:{asker.producer_id}", "producer"
        case Outsider():
            return asker.value, "none"


async def append(connection: AsyncConnection, *entries: Entry) -> None:
    """Write these down in their order, in the transaction of what they are about where there is one.

    Do it last: on PostgreSQL every other writer of the audit waits from here to the end of the transaction.
    """
    if not entries:
        return
    if connection.dialect.name == "postgresql":
        await connection.execute(_MY_TURN)
    last_seq, previous = await head(connection)
    rows = list[dict[str, object]]()
    for seq, entry in enumerate(entries, last_seq + 1):
        digest = _digest(entry, seq, previous)
        rows.append(asdict(entry) | {"seq": seq, "previous": previous, "digest": digest})
        previous = digest
    await insert(connection, AUDIT, rows)


async def head(connection: AsyncConnection) -> tuple[int, str]:
    """How many entries there are, and the digest of the last of them."""
    last = (await connection.execute(_LAST)).first()
    return (0, BEGINNING) if last is None else (last.seq, last.digest)


async def verify(connection: AsyncConnection) -> ChainReport:
    """Follow the chain from its beginning to the first entry that does not belong where it stands."""
    count, last = 0, BEGINNING
    async for seq, previous, digest, entry in _entries(connection):
        if seq != count + 1 or previous != last or digest != _digest(entry, seq, previous):
            return ChainReport(count, last, seq)
        count, last = seq, digest
    return ChainReport(count, last, None)


async def _entries(connection: AsyncConnection) -> AsyncIterator[tuple[int, str, str, Entry]]:
    rows = await connection.stream(select(AUDIT).order_by(AUDIT.c.seq))
    async for row in rows.mappings():
        columns = dict(row)
        seq, previous, digest = (columns.pop(name) for name in ("seq", "previous", "digest"))
        yield seq, previous, digest, Entry(**columns)


def _digest(entry: Entry, seq: int, previous: str) -> str:
    said = asdict(entry) | {"at": entry.at.isoformat(), "seq": seq, "previous": previous}
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
