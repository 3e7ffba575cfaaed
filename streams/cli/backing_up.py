"""`fenghuo backup` and `fenghuo restore`: the whole installation but its secrets, as one folder."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from streams import backup as backups
from streams.access.signing import Keyring
from streams.backup.files import Watch, digest_of
from streams.backup.manifest import FILE, Manifest
from streams.cli.doors import on_database, settings_of_command
from streams.cli.terminal import CannotDo, answer, beijing_time, found_wrong, remark, remarks
from streams.errors import SettingsRefused, Transient
from streams.program.trust import keyring_of
from streams.settings import Settings
from streams.store.database import Database
from streams.store.errors import EngineAlreadyRuns


def backup(
    to: Annotated[Path, typer.Argument(help="a folder that is not there yet, or empty")],
) -> None:
    """Write a backup of database, photographs and archive files into a folder, beside a running program.

    The database is copied as of one moment (PostgreSQL: by pg_dump, which must be here). Signing keys, passwords and
    photographs in S3 are not in it: keep those another way. Without a manifest.json a folder is no backup; write
    the digest that is printed down elsewhere.

    Exit code 1: the backup was made, but files that the database names are missing.

    Example: fenghuo backup /backups/2026-11-23
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise CannotDo(f"{to} is not empty; name a folder that is not there yet")
    made = on_database(lambda database, settings: _made(database, settings, to))
    _tell(to, made.manifest)
    for one in made.missing:
        answer(one)
    if made.missing:
        found_wrong(f"{len(made.missing)} files are missing; `fenghuo check` tells more of them")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="the folder of a backup")],
    *,
    over: Annotated[bool, typer.Option("--over", help="give up what is in the database now")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="look whether it is whole and fits, and change nothing")
    ] = False,
) -> None:
    """Make this installation what a backup is of. Stop every engine and gateway first.

    Every file is held to the manifest, and the schema's revision to this program's, before anything is changed; then
    the files are brought that are not here, then the database in one transaction. Engines refuse to start (78) while
    Kafka knows more than the database: `fenghuo reconcile` comes next.

    Exit code 1: the backup is damaged, or of another revision or kind of database. 2: the database is not empty, or
    in use.

    Example: fenghuo restore /backups/2026-11-23
    """
    settings = settings_of_command()
    try:
        asyncio.run(_restored(source, settings, over=over, dry_run=dry_run))
    except backups.BackupRefused as refused:
        for problem in refused.problems:
            answer(problem)
        found_wrong("this backup cannot be restored here")
    except (backups.NotEmpty, backups.ProgramsMissing, EngineAlreadyRuns) as cannot:
        raise CannotDo(str(cannot)) from cannot
    except Transient as away:
        raise CannotDo(f"the database cannot be had: {away}; start it or set FENGHUO_DATABASE_URL") from away


async def _made(database: Database, settings: Settings, to: Path) -> backups.Made:
    key_ids = tuple(key.key_id for key in _keyring(settings).keys)
    try:
        with _watched() as watch:
            return await backups.back_up(database, settings, key_ids, to, watch)
    except (backups.ProgramsMissing, backups.BackupRefused, sqlite3.Error, OSError) as failed:
        raise CannotDo(f"no backup was made: {failed}") from failed


async def _restored(source: Path, settings: Settings, *, over: bool, dry_run: bool) -> None:
    database = Database(settings.database)
    try:
        with _watched() as watch:
            if dry_run:
                _tell(source, backups.examined(source, database, watch))
                answer("every file is as it was written, and the schema is of this version")
                return
            done = await backups.restore(source, database, settings, over=over, watch=watch)
    finally:
        await database.close()
    _tell(source, done.manifest)
    answer(f"restored; {done.files_brought} files were brought, {done.files_here} were here already")
    _tell_what_is_next(done.manifest, settings)


def _tell(folder: Path, manifest: Manifest) -> None:
    contents = manifest.contents
    size = sum(one.size_bytes for one in manifest.files)
    newest = "none" if contents.newest_fact is None else beijing_time(contents.newest_fact)
    answer(
        f"{folder}: {manifest.engine.value} of {beijing_time(manifest.made_at)}, revision {manifest.revision}, "
        f"{contents.counts['incidents']} incidents, {contents.counts['events']} facts, newest {newest}, "
        f"{len(manifest.files)} files, {size} bytes"
    )
    answer(f"manifest sha256 {digest_of(folder / FILE)}")
    for store in manifest.elsewhere:
        remark(f"photographs are not in it: they lie in {store}")
    if manifest.signing_keys:
        remark(f"signing keys are not in it: {', '.join(manifest.signing_keys)}")


def _tell_what_is_next(manifest: Manifest, settings: Settings) -> None:
    missing = sorted(set(manifest.signing_keys) - {key.key_id for key in _keyring(settings).keys})
    if missing:
        remark(
            f"next: bring the signing keys {', '.join(missing)} back, or what they signed is refused from now on"
        )
    remark("next: `fenghuo reconcile --dry-run`, then `fenghuo reconcile`, with every engine stopped")
    remark("then start the engines, then the gateways, and look with `fenghuo check --all`")


def _keyring(settings: Settings) -> Keyring:
    """The keys that are here; a restore must not wait for a keyring that a person has yet to bring."""
    try:
        return keyring_of(settings, makes=False)
    except SettingsRefused:
        return Keyring()


@contextmanager
def _watched() -> Iterator[Watch]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=remarks, transient=True, disable=not remarks.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, most: progress.update(task, description=what, completed=done, total=most)
