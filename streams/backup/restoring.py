"""Restoring: everything is looked at before anything is changed; the files go first, the database last and at once."""

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.attachments.store import FOLDER as PHOTOGRAPHS
from streams.attachments.store import AttachmentStore, open_store
from streams.backup import postgres, sqlite
from streams.backup.contents import contents_of, is_empty
from streams.backup.files import BackupRefused, Watch, copied, digest_of
from streams.backup.making import ARCHIVE
from streams.backup.manifest import Engine, Kept, Manifest, read_manifest
from streams.settings import Settings
from streams.store.database import Database
from streams.store.revision import newest


class NotEmpty(Exception):
    """Something is here that a restore would write over, or somebody who is at work on it. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and how many of its files were here already."""

    manifest: Manifest
    files_brought: int
    files_here: int


def examined(folder: Path, database: Database, watch: Watch) -> Manifest:
    """The backup's manifest, every file held to it. Raises BackupRefused with all that is wrong. Reads all of it."""
    manifest = read_manifest(folder)
    problems = [*_misfits(manifest, database), *_damage(folder, manifest, watch)]
    if problems:
        raise BackupRefused(tuple(problems))
    if manifest.engine is Engine.SQLITE:
        sqlite.require_integrity(folder / manifest.database)
    return manifest


async def restore(
    folder: Path, database: Database, settings: Settings, *, over: bool, watch: Watch
) -> Restored:
    """Make this installation what the backup is of. Raises BackupRefused, NotEmpty, ProgramsMissing, EngineAlreadyRuns.

    Whatever it raises, the database is what it was. `over`: what is in the database now is given up.
    """
    manifest = await asyncio.to_thread(examined, folder, database, watch)
    with database.engine_lock():
        await _require_room(database, over=over)
        program = None
        if database.file is None:
            program = await postgres.readable(database, folder / manifest.database)
        brought = await _files_brought(folder, manifest, settings, watch)
        await _database_restored(folder / manifest.database, database, settings, program, watch)
        async with database.snapshot() as connection:
            if await contents_of(connection) != manifest.contents:
                raise BackupRefused(("the database does not hold what the manifest says: restore again",))
    return Restored(manifest, brought, len(manifest.files) - 1 - brought)


def _misfits(manifest: Manifest, database: Database) -> Iterator[str]:
    ours = ",".join(sorted(newest()))
    if manifest.revision != ours:
        yield (
            f"the backup's schema is of revision {manifest.revision}, this program's of {ours}: restore it with "
            f"fenghuo {manifest.program}, which made it, then upgrade"
        )
    here = Engine.SQLITE if database.is_sqlite else Engine.POSTGRESQL
    if manifest.engine is not here:
        yield f"the backup is of {manifest.engine.value}, FENGHUO_DATABASE_URL names {here.value}"


def _damage(folder: Path, manifest: Manifest, watch: Watch) -> Iterator[str]:
    most, read = sum(one.size_bytes for one in manifest.files), 0

    def told(size: int) -> None:
        nonlocal read
        read += size
        watch("reading the backup", min(read, most), most)

    for one in manifest.files:
        try:
            if digest_of(folder / one.path, told) != one.sha256:
                yield f"{one.path} is not as it was written"
        except OSError as unreadable:
            yield f"{one.path} cannot be read: {unreadable.strerror}"


async def _require_room(database: Database, *, over: bool) -> None:
    if database.file is not None and not database.file.exists():
        return
    async with database.read() as connection:
        if not database.is_sqlite:
            await _require_quiet(connection)
        if not over and not await is_empty(connection):
            raise NotEmpty("the database is not empty; --over gives up what is in it")


async def _require_quiet(connection: AsyncConnection) -> None:
    others = await postgres.others_connected(connection)
    if others:
        raise NotEmpty(f"{others} others are connected to the database; stop engines and gateways first")
    if await postgres.was_broken_off(connection):
        raise NotEmpty(
            "a restore was killed here: the schema `fenghuo_before` holds what was there before it; give it its name "
            "back, or DROP SCHEMA fenghuo_before CASCADE"
        )


async def _files_brought(folder: Path, manifest: Manifest, settings: Settings, watch: Watch) -> int:
    """How many files were not here yet. One that is here under its digest is the same."""
    pictures, brought = open_store(settings.attachments_url, settings.data_dir), 0
    for number, one in enumerate(manifest.files):
        kind, _, name = one.path.partition("/")
        watch("restoring files", number, len(manifest.files))
        if kind == PHOTOGRAPHS:
            brought += await _picture_brought(pictures, folder, one)
        elif kind == ARCHIVE:
            brought += await asyncio.to_thread(_archive_brought, folder, one, settings.archive / name)
    return brought


async def _picture_brought(pictures: AttachmentStore, folder: Path, one: Kept) -> bool:
    digest = f"sha256:{one.sha256}"
    if await pictures.is_whole(digest):
        return False
    with (folder / one.path).open("rb") as content:
        await pictures.put(digest, content)
    return True


def _archive_brought(folder: Path, one: Kept, target: Path) -> bool:
    if target.exists() and digest_of(target) == one.sha256:
        return False
    copied(folder / one.path, target)
    return True


async def _database_restored(
    source: Path, database: Database, settings: Settings, program: str | None, watch: Watch
) -> None:
    if program is not None:
        watch("restoring the database", 0, 1)
        await postgres.put_back(program, database, settings.database, source)
        return
    if database.file is None:
        raise ValueError("an SQLite database has a file")
    await database.close()
    try:
        await asyncio.to_thread(sqlite.put_back, source, database.file, watch)
    except sqlite3.OperationalError as busy:
        raise NotEmpty(f"{database.file} cannot be written: {busy}; stop whoever has it open") from busy
