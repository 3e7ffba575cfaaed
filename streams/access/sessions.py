"""Sessions: a person signed in with a browser, for a working day; and one-time links that open one.

The cookie's word is handed out once. A closed account ends its sessions at once, since each is looked up with it.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Someone
from models.tables import ACCOUNTS, ENTRY_LINKS, SESSIONS
from streams.access.accounts import someone_of
from streams.access.secrets import digest_of, new_secret
from streams.store.statements import insert

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(minutes=15)
_OPEN = (
    select(ACCOUNTS)
    .join(SESSIONS, SESSIONS.c.person_id == ACCOUNTS.c.person_id)
    .where(
        SESSIONS.c.digest == bindparam("of"),
        SESSIONS.c.expires_at > bindparam("now"),
        ACCOUNTS.c.disabled.is_(False),
    )
)


async def open_session(connection: AsyncConnection, person_id: str, now: datetime) -> str:
    """The cookie of a new session; those that are over are cleared away."""
    await connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
    secret = new_secret()
    row = {"digest": digest_of(secret), "person_id": person_id}
    await insert(connection, SESSIONS, [{**row, "opened_at": now, "expires_at": now + SESSION_LASTS}])
    return secret


async def someone_with(connection: AsyncConnection, cookie: str, now: datetime) -> Someone | None:
    """Whose session this is; None when it never was, is over, or the account was closed."""
    asked = {"of": digest_of(cookie), "now": now}
    row = (await connection.execute(_OPEN, asked)).mappings().first()
    return None if row is None else someone_of(row)


async def end_session(connection: AsyncConnection, cookie: str) -> bool:
    """Sign out. False when there was no such session any more."""
    ended = await connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest_of(cookie)))
    return ended.rowcount > 0


async def new_link(connection: AsyncConnection, person_id: str, now: datetime) -> str:
    """The word of a link that opens one session of this person within a quarter of an hour."""
    secret = new_secret()
    row = {"digest": digest_of(secret), "person_id": person_id, "expires_at": now + LINK_LASTS}
    await insert(connection, ENTRY_LINKS, [{**row, "used_at": None}])
    return secret


async def use_link(connection: AsyncConnection, word: str, now: datetime) -> str | None:
    """The person whose link this is, once; None when it was used, is over, or never was."""
    statement = (
        update(ENTRY_LINKS)
        .where(
            ENTRY_LINKS.c.digest == digest_of(word),
            ENTRY_LINKS.c.expires_at > now,
            ENTRY_LINKS.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(ENTRY_LINKS.c.person_id)
    )
    found: str | None = (await connection.execute(statement)).scalar()
    return found
