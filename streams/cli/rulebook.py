"""`fenghuo rulebook`: check a rulebook, put one in force, and see which is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ACTIVATIONS
from streams.cli.doors import on_database, program_now
from streams.cli.terminal import CannotDo, answer, found_wrong
from streams.program.rules_in_force import KNOWN_WITHIN_SECONDS
from streams.settings import Settings
from streams.store import rulebooks
from streams.store.database import Database
from streams.store.rulebooks import StoredRulebook
from workflows.rulebook import Rulebook
from workflows.rulebook_bundle import bundle_of, files_of
from workflows.rulebook_file import (
    Problem,
    RulebookInvalid,
    default_rulebook,
    default_rulebook_text,
    packs_named,
    parse_rulebook,
)

app = typer.Typer(no_args_is_help=True, help="The numbers that an authority sets: check, activate, show.")

_AFTER_ALL = datetime(9999, 1, 1, tzinfo=UTC)
_LAST_ACTIVATION = select(func.max(ACTIVATIONS.c.activated_at))
File = Annotated[Path, typer.Argument(help="a rulebook as TOML; the packs that it names stand beside it")]


@app.command()
def check(file: File) -> None:
    """Read a rulebook with its packs and print every problem with file and line. Exit code 1: there are some.

    Example: fenghuo rulebook check city.toml
    """
    rules, _ = _read(file)
    answer(f"{file} is a valid rulebook: {rules.name} {rules.version}, {rules.digest}")


@app.command()
def activate(file: File) -> None:
    """Put a rulebook in force in ten seconds, at the same moment for all workers. No event is changed.

    The first of an installation is in force at once.

    Example: fenghuo rulebook activate city.toml
    """
    rules, text = _read(file)
    stored = StoredRulebook(rules.digest, rules.name, rules.version, text)
    since = on_database(lambda database, settings: _activate(database, settings, stored))
    if since is not None:
        moment = since.isoformat(timespec="seconds")
        answer(f"in force from {moment}: {rules.name} {rules.version}, {rules.digest}")
    else:
        answer(f"in force already: {rules.name} {rules.version}, {rules.digest}")


@app.command()
def show(
    *,
    text: Annotated[
        bool, typer.Option("--text", help="print all its files as one, which check and activate read too")
    ] = False,
    announced: Annotated[
        bool, typer.Option("--announced", help="the one activated last, though its moment may lie ahead")
    ] = False,
) -> None:
    """Print which rulebook is in force.

    Example: fenghuo rulebook show --text > city.toml
    """
    stored = on_database(_announced if announced else _in_force)
    if text:
        typer.echo(stored.body, nl=False)
    else:
        answer(f"{stored.name} {stored.version}, {stored.digest}")


def _read(file: Path) -> tuple[Rulebook, bytes]:
    try:
        given = file.read_bytes()
        holds_packs = bool(files_of(given).packs)
        text = given if holds_packs else _with_packs(given, file.parent)
    except OSError as unreadable:
        raise CannotDo(f"{unreadable.filename} cannot be read: {unreadable.strerror}") from unreadable
    try:
        return parse_rulebook(text), text
    except RulebookInvalid as invalid:
        for problem in invalid.problems:
            answer(f"{file}: {problem}" if holds_packs else _told(problem, file))
        found_wrong(f"{len(invalid.problems)} problems; the rulebook in force stays as it is")


def _with_packs(main: bytes, folder: Path) -> bytes:
    """The main file with the packs that it names, as one. Raises OSError."""
    beside = {name: folder / name for name in packs_named(main)}
    # A pack that is not there is a problem of the main file, told like any other.
    return bundle_of(main, {name: pack.read_bytes() for name, pack in beside.items() if pack.exists()})


def _told(problem: Problem, file: Path) -> str:
    """A pack's problem under the path of that pack."""
    if not problem.file:
        return f"{file}: {problem}"
    return f"{file.parent / problem.file}: {replace(problem, file='')}"


async def _activate(database: Database, settings: Settings, stored: StoredRulebook) -> datetime | None:
    """From when on; None when it is in force already, or will be."""
    async with database.write() as connection:
        moment = await program_now(connection, settings)
        last = (await connection.execute(_LAST_ACTIVATION)).scalar_one_or_none()
        if last is not None:
            # Every worker has heard of it by then; and never before the last one, or that would stay in force.
            lead = timedelta(seconds=KNOWN_WITHIN_SECONDS * settings.speed)
            moment = max(moment + lead, last + timedelta(microseconds=1))
        return moment if await rulebooks.activate(connection, stored, moment) else None


async def _in_force(database: Database, settings: Settings) -> StoredRulebook:
    async with database.read() as connection:
        return await _stored(connection, await program_now(connection, settings))


async def _announced(database: Database, _: Settings) -> StoredRulebook:
    async with database.read() as connection:
        return await _stored(connection, _AFTER_ALL)


async def _stored(connection: AsyncConnection, moment: datetime) -> StoredRulebook:
    found = await rulebooks.rulebook_in_force(connection, moment)
    if found is not None:
        return found
    shipped = default_rulebook()
    return StoredRulebook(shipped.digest, shipped.name, shipped.version, default_rulebook_text())
