"""`fenghuo db`, `config`, `docs` and `version`: what an operator or developer does once in a while."""

import asyncio
from importlib.metadata import version as version_of

import typer

from models.messages.fields import SCHEMA_VERSION
from streams import documents
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo, answer, found_wrong
from streams.errors import SettingsRefused, Transient
from streams.program.trust import keyring_of
from streams.settings import load_settings
from streams.store.database import Database
from streams.store.migrations import upgrade
from workflows.rulebook_file import default_rulebook

db = typer.Typer(no_args_is_help=True, help="The database: upgrade.")
config = typer.Typer(no_args_is_help=True, help="The settings: show, check.")
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


@config.command("show")
def show_config() -> None:
    """Print every setting as it stands, secrets masked.

    Example: fenghuo config show
    """
    for name, value in settings_of_command().shown().items():
        answer(f"{name}={value}")


@config.command("check")
def check_config() -> None:
    """Say whether the program would start with these settings. Exit code 1: no, with everything that is wrong.

    Example: fenghuo config check
    """
    try:
        settings = load_settings()
        keyring_of(settings, makes=False)
    except SettingsRefused as refused:
        for problem in refused.problems:
            answer(problem)
        found_wrong("change these settings, then start")
    answer(f"the settings are good: profile {settings.profile.value}, role {settings.role.value}")


@docs.command("build")
def build_docs() -> None:
    """Write the generated documents again: message schemas, field tables, events, state machine.

    For developers: it writes into the source tree. Commit what it changes.

    Example: fenghuo docs build
    """
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
