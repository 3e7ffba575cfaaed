"""Who shows who they are, how long that lasts, and what ends it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.access.accounts import PasswordTooShort, accounts, disable_account, keep_account, with_password
from streams.access.sessions import (
    LINK_LASTS,
    SESSION_LASTS,
    end_session,
    new_link,
    open_session,
    someone_with,
    use_link,
)
from streams.store.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
PASSWORD = "correct horse battery"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    async with opened.write() as connection:
        await keep_account(connection, WANG, PASSWORD, NOW)
    yield opened
    await opened.close()


async def test_the_right_password_says_who_it_is(database: Database) -> None:
    """Wrong passwords, unknown names and accounts that have none are nobody."""
    async with database.write() as connection:
        linked = WANG.model_copy(update={"person_id": "li"})
        await keep_account(connection, linked, None, NOW)
        assert await with_password(connection, "wang", PASSWORD) == WANG
        for name, password in (("wang", "x"), ("nobody", PASSWORD), ("li", PASSWORD), ("wang", "")):
            assert await with_password(connection, name, password) is None


async def test_a_short_password_is_refused_and_changes_nothing(database: Database) -> None:
    """Fewer than twelve characters are no password; the old one still counts."""
    async with database.write() as connection:
        with pytest.raises(PasswordTooShort):
            await keep_account(connection, WANG, "short", NOW)
        assert await with_password(connection, "wang", PASSWORD) == WANG


async def test_a_session_lasts_its_time_and_ends_when_signed_out(database: Database) -> None:
    """Up to its last second it is known; afterwards, and once signed out, it is not."""
    async with database.write() as connection:
        one, two = [await open_session(connection, "wang", NOW) for _ in range(2)]
        assert await someone_with(connection, one, NOW + SESSION_LASTS - MOMENT) == WANG
        assert await someone_with(connection, one, NOW + SESSION_LASTS) is None
        await end_session(connection, one)
        assert await someone_with(connection, one, NOW) is None
        assert await someone_with(connection, two, NOW) == WANG


async def test_closing_an_account_ends_its_sessions_at_once(database: Database) -> None:
    """Nobody goes on with a cookie from before, nor comes in with the password."""
    async with database.write() as connection:
        cookie = await open_session(connection, "wang", NOW)
        assert await disable_account(connection, "wang")
        assert await someone_with(connection, cookie, NOW) is None
        assert await with_password(connection, "wang", PASSWORD) is None
        assert [account.disabled for account in await accounts(connection)] == [True]
        assert not await disable_account(connection, "nobody")


async def test_a_new_password_ends_the_sessions_of_before(database: Database) -> None:
    """A changed name leaves them open; whoever learned the old password is out with the new one."""
    async with database.write() as connection:
        cookie = await open_session(connection, "wang", NOW)
        renamed = WANG.model_copy(update={"name": "王队"})
        await keep_account(connection, renamed, None, NOW)
        assert await someone_with(connection, cookie, NOW) == renamed
        await keep_account(connection, WANG, "another long password", NOW)
        assert await someone_with(connection, cookie, NOW) is None


async def test_a_link_opens_once_and_not_for_long(database: Database) -> None:
    """The second use, one too late, and a made-up word open nothing."""
    async with database.write() as connection:
        link, late = [await new_link(connection, "wang", NOW) for _ in range(2)]
        assert await use_link(connection, link, NOW) == "wang"
        assert await use_link(connection, link, NOW) is None
        assert await use_link(connection, late, NOW + LINK_LASTS) is None
        assert await use_link(connection, "made-up", NOW) is None


async def test_no_secret_is_stored_as_it_is(database: Database) -> None:
    """What lies in the tables opens nothing."""
    async with database.write() as connection:
        cookie, link = await open_session(connection, "wang", NOW), await new_link(connection, "wang", NOW)
        stored = ""
        for table in ("accounts", "sessions", "entry_links"):
            rows = await connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 - fixed names
            stored += repr(rows.all())
    assert not any(secret in stored for secret in (cookie, link, PASSWORD))
