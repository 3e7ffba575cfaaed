"""Accounts: the people of an installation that has no identity provider, with argon2id passwords."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import RowMapping, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Role, Someone
from models.tables import ACCOUNTS, SESSIONS
from streams.store.statements import upsert

SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()
_BY_ID = select(ACCOUNTS).where(ACCOUNTS.c.person_id == bindparam("who"))


class PasswordTooShort(ValueError):
    """A password has fewer than 12 characters: choose a longer one."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person, and whether the account is open."""

    someone: Someone
    disabled: bool


async def keep_account(
    connection: AsyncConnection, someone: Someone, password: str | None, now: datetime
) -> None:
    """Add a person, or change one and enable the account. Raises PasswordTooShort; None leaves the link only.

    A new password ends the sessions that are open: whoever needs one may have lost the old one to somebody.
    """
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(f"{SHORTEST_PASSWORD} characters or more")
    hashed = None if password is None else await asyncio.to_thread(_hasher.hash, password)
    row = someone.model_dump(mode="json") | {
        "password_hash": hashed,
        "disabled": False,
        "created_at": now,
    }
    await upsert(connection, ACCOUNTS, [row], keep=("created_at",))
    if hashed is not None:
        await connection.execute(delete(SESSIONS).where(SESSIONS.c.person_id == someone.person_id))


async def disable_account(connection: AsyncConnection, person_id: str) -> bool:
    """Close an account; its sessions and links end with it. False when none is open."""
    is_open = (ACCOUNTS.c.person_id == person_id, ACCOUNTS.c.disabled.is_(False))
    statement = update(ACCOUNTS).where(*is_open).values(disabled=True)
    return (await connection.execute(statement)).rowcount > 0


async def accounts(connection: AsyncConnection) -> list[Account]:
    """Everybody, by id."""
    rows = (await connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.person_id))).mappings()
    return [Account(someone_of(row), row["disabled"]) for row in rows]


async def account_of(connection: AsyncConnection, person_id: str) -> Account | None:
    """The account with this id, open or closed."""
    row = (await connection.execute(_BY_ID, {"who": person_id})).mappings().first()
    return None if row is None else Account(someone_of(row), row["disabled"])


async def open_account(connection: AsyncConnection, person_id: str) -> Someone | None:
    """Who this is; None when there is no such account, or it is closed."""
    account = await account_of(connection, person_id)
    return None if account is None or account.disabled else account.someone


async def with_password(connection: AsyncConnection, person_id: str, password: str) -> Someone | None:
    """Who this is; None for a wrong name or password and for a closed account, which all take the same time."""
    row = (await connection.execute(_BY_ID, {"who": person_id})).mappings().first()
    hashed = None if row is None else row["password_hash"]
    is_right = await asyncio.to_thread(_verifies, hashed, password)
    if row is None or hashed is None or row["disabled"] or not is_right:
        return None
    return someone_of(row)


def someone_of(row: RowMapping) -> Someone:
    """The person in a row that has an account's columns."""
    return Someone(
        person_id=row["person_id"],
        name=row["name"],
        role=Role(row["role"]),
        area_code=row["area_code"],
        unit_code=row["unit_code"],
    )


@cache
def _nobodys() -> str:
    """Verified in place of a password that nobody has, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash("nobody's password")


def _verifies(hashed: str | None, password: str) -> bool:
    instead = _nobodys()  # whoever asks: the first to sign in waits for its making, known or not
    try:
        return _hasher.verify(hashed or instead, password)
    except Argon2Error:
        return False
