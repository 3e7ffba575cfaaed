"""`fenghuo db`, `docs` and `version`: what an operator or developer does once in a while."""

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from models.messages.versions import SCHEMA_VERSION
from models.months import Month, month_named, month_of
from streams import documents
from streams.archive.files import ArchiveFolder
from streams.archive.putting_away import QUIET_DAYS, FileMade, MonthLeft, put_away
from streams.cli.doors import on_database, program_now, settings_of_command
from streams.cli.terminal import CannotDo, answer, found_wrong, remark
from streams.errors import Transient
from streams.settings import Settings
from streams.store.database import Database
from streams.store.migrations import upgrade
from workflows.rulebook_file import default_rulebook

db = typer.Typer(no_args_is_help=True, help="The database: upgrade, archive.")
docs = typer.Typer(no_args_is_help=True, help="The generated documents: build.")


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database of FENGHUO_DATABASE_URL to the schema of this version; SQLite is made if it is not there.

    Doing it again is harmless. Workers never do it by themselves in production.

    Example: fenghuo db upgrade
    """
    database = Database(settings_of_command().database)

    async def upgraded() -> None:
        try:
            await upgrade(database)
        except Transient as away:
            raise CannotDo(
                f"the database cannot be had: {away}; start it or set FENGHUO_DATABASE_URL"
            ) from away
        finally:
            await database.close()

    asyncio.run(upgraded())
    answer("the database is of this version")


@db.command("archive")
def archive(
    *,
    before: Annotated[str, typer.Option(help="the month from which on logs stay, like 2026-01")],
    quiet_days: Annotated[
        float, typer.Option(min=1, help="an incident must have ended and not changed for so long")
    ] = QUIET_DAYS,
) -> None:
    """Put the logs of incidents opened before a month into files, compressed, and take them from the database.

    Only what has ended, and what it was merged with or split from, too. `show`, `explain`, `replay` and `check` go on
    reading them in FENGHUO_ARCHIVE_DIR: keep the files, and write the digests down elsewhere. Works beside a running
    engine; killed, it goes on where it was when it is called again.

    Example: fenghuo db archive --before 2026-01
    """
    try:
        month = month_named(before)
    except ValueError as wrong:
        raise CannotDo(str(wrong)) from wrong
    if month > month_of(datetime.now(UTC)):
        raise CannotDo(f"{month} is yet to come; a log is put away when its month is over")
    on_database(lambda database, settings: _archived(database, settings, month, quiet_days))


async def _archived(database: Database, settings: Settings, before: Month, quiet_days: float) -> None:
    async with database.read() as connection:
        now = await program_now(connection, settings)
    folder, is_any = ArchiveFolder(settings.archive), False
    try:
        async for done in put_away(database, folder, before, now, quiet_days):
            is_any = True
            match done:
                case FileMade():
                    answer(
                        f"{done.name}: {done.incidents} incidents, {done.events} events, sha256 {done.digest}"
                    )
                case MonthLeft(incidents=0):
                    remark(f"{done.month}: nothing stays in the database")
                case MonthLeft():
                    remark(
                        f"{done.month}: {done.incidents} incidents stay; they are open, changed lately or tied"
                    )
    except OSError as full:
        raise CannotDo(f"{folder.path} takes no more: {full}; nothing was taken from the database") from full
    if not is_any:
        remark(f"no incident was opened before {before}: there is nothing to put away")


@docs.command("build")
def build_docs(
    *,
    breaking: Annotated[
        bool,
        typer.Option("--breaking", help="write also what breaks those who keep to the committed schemas"),
    ] = False,
) -> None:
    """Write the generated documents again: message schemas, field tables, routes, events, state machine.

    For developers: it writes into the source tree. Commit what it changes. Exit code 1, and nothing written: a message
    was changed so that who writes or reads it today would be refused or find something gone.

    Example: fenghuo docs build
    """
    broken = [] if breaking else documents.breaking()
    for told in broken:
        answer(told)
    if broken:
        found_wrong(
            "this breaks the contract: add a field beside the old one, or say --breaking if it is meant"
        )
    changed = documents.build()
    for path in changed:
        answer(f"deploy/{path}")
    answer(f"{len(changed)} documents changed")


def version() -> None:
    """Print the version of the program, of its messages and of the rulebook that it is shipped with.

    Example: fenghuo version
    """
    rules = default_rulebook()
    answer(f"fenghuo {version_of('fenghuo')}, schema_version {SCHEMA_VERSION}")
    answer(f"rulebook {rules.name} {rules.version}, {rules.digest}")
