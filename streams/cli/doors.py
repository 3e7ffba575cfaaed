"""Doors: how a command gets at the settings and the database, or says what to do when it cannot."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.archive.files import ArchiveFolder, ArchiveUnreadable
from streams.cli.terminal import CannotDo
from streams.errors import Transient
from streams.log import configure_logging
from streams.program.privacy import keep_to_owner
from streams.settings import LogFormat, LogLevel, Profile, Settings, load_settings
from streams.store import program_time
from streams.store.database import Database
from streams.store.revision import is_current

T = TypeVar("T")


def settings_of_command() -> Settings:
    """The settings; logging is quiet, since a command answers by itself, and its files are private.

    Raises SettingsRefused.
    """
    keep_to_owner()
    configure_logging(LogFormat.CONSOLE, LogLevel.ERROR)
    return load_settings()


def on_database(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Do this work on the database of the settings. Raises CannotDo when it is not there or not of this version."""
    settings = settings_of_command()
    return asyncio.run(_worked(work, settings))


def reading(work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do this work in one reading transaction, which sees one moment and never waits for the engine."""

    async def within(database: Database, _: Settings) -> T:
        async with database.snapshot() as connection:
            return await work(connection)

    return on_database(within)


def reading_archive(work: Callable[[AsyncConnection, ArchiveFolder], Awaitable[T]]) -> T:
    """As `reading`, with the folder of logs that were put away. Raises CannotDo, naming a file that is missing."""

    async def within(database: Database, settings: Settings) -> T:
        async with database.snapshot() as connection:
            return await work(connection, ArchiveFolder(settings.archive))

    try:
        return on_database(within)
    except ArchiveUnreadable as unreadable:
        raise CannotDo(str(unreadable)) from unreadable


async def _worked(work: Callable[[Database, Settings], Awaitable[T]], settings: Settings) -> T:
    database = Database(settings.database)
    if database.file is not None and not database.file.exists():
        raise CannotDo(
            f"there is no database at {database.file}; "
            "run `fenghuo run` (it makes one) or `fenghuo db upgrade`, or set FENGHUO_DATA_DIR"
        )
    try:
        if not await is_current(database):
            raise CannotDo("the database is not of this version; run `fenghuo db upgrade`")
        return await work(database, settings)
    except Transient as away:
        raise CannotDo(f"the database cannot be had: {away}; start it or set FENGHUO_DATABASE_URL") from away
    finally:
        await database.close()


async def program_now(connection: AsyncConnection, settings: Settings) -> datetime:
    """The program's time, where it is the scaled clock's as that was last kept (at most a second ago, if it runs)."""
    wall = datetime.now(UTC)
    if settings.profile is Profile.PRODUCTION or settings.speed == 1:
        return wall
    kept = await program_time.load(connection)
    return wall if kept is None else kept
