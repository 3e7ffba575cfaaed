"""`fenghuo rulebook`: check a rulebook, put one in force, and see which is."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ACTIVATIONS
from streams.cli.doors import on_database, program_now
from streams.cli.terminal import CannotDo, answer, found_wrong
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
    """Put a rulebook in force from now on, for all workers; each takes it within seconds. No event is changed.

    Example: fenghuo rulebook activate city.toml
    """
    rules, text = _read(file)
    stored = StoredRulebook(rules.digest, rules.name, rules.version, text)
    if on_database(lambda database, settings: _activate(database, settings, stored)):
        answer(f"in force from now: {rules.name} {rules.version}, {rules.digest}")
    else:
        answer(f"in force already: {rules.name} {rules.version}, {rules.digest}")


@app.command()
def show(
    *,
    text: Annotated[
        bool, typer.Option("--text", help="print all its files as one, which check and activate read too")
    ] = False,
) -> None:
    """Print which rulebook is in force.

    Example: fenghuo rulebook show --text > city.toml
    """
    stored = on_database(_in_force)
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


async def _activate(database: Database, settings: Settings, stored: StoredRulebook) -> bool:
    async with database.write() as connection:
        now = await program_now(connection, settings)
        last = (await connection.execute(_LAST_ACTIVATION)).scalar_one_or_none()
        # Never before the last one, or that would stay in force.
        after_last = now if last is None else max(now, last + timedelta(microseconds=1))
        return await rulebooks.activate(connection, stored, after_last)


async def _in_force(database: Database, settings: Settings) -> StoredRulebook:
    async with database.read() as connection:
        found = await _stored(connection, settings)
    if found is None:
        shipped = default_rulebook()
        return StoredRulebook(shipped.digest, shipped.name, shipped.version, default_rulebook_text())
    return found


async def _stored(connection: AsyncConnection, settings: Settings) -> StoredRulebook | None:
    return await rulebooks.rulebook_in_force(connection, await program_now(connection, settings))
