"""Making: the database first, then the files that it names: what is written between the two is only more."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from streams.attachments.store import FOLDER as PHOTOGRAPHS
from streams.backup import postgres, sqlite
from streams.backup.contents import contents_of
from streams.backup.files import Watch, copied, digest_of
from streams.backup.manifest import Contents, Engine, Kept, Manifest
from streams.settings import Settings
from streams.store.database import Database
from streams.store.revision import newest

ARCHIVE = "archive"
_PHOTOGRAPH = re.compile(r"[0-9a-f]{64}")
_DATABASE = {Engine.SQLITE: "database.sqlite", Engine.POSTGRESQL: "database.dump"}


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is on the disk. `missing`: what the database names and nobody could copy, each a sentence."""

    manifest: Manifest
    missing: tuple[str, ...]


async def back_up(
    database: Database, settings: Settings, key_ids: tuple[str, ...], folder: Path, watch: Watch
) -> Made:
    """Write a backup into an empty folder, beside a running program. Raises ProgramsMissing, Transient, OSError.

    The database must be of this version. Broken off, the folder has no manifest and is no backup.
    """
    engine = Engine.SQLITE if database.is_sqlite else Engine.POSTGRESQL
    name = _DATABASE[engine]
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    contents = await _database_copied(database, settings, folder / name, watch)
    files = [await asyncio.to_thread(_kept, folder, name)]
    for kind, paths in _beside(settings):
        for number, path in enumerate(paths):
            watch(f"copying {kind}", number, len(paths))
            files.append(await asyncio.to_thread(_taken, path, folder, f"{kind}/{path.name}"))
    manifest = Manifest(
        program=version("fenghuo"),
        revision=",".join(sorted(newest())),
        engine=engine,
        made_at=datetime.now(UTC),
        database=name,
        contents=contents,
        files=tuple(files),
        elsewhere=() if settings.attachments_url is None else (settings.attachments_url,),
        signing_keys=key_ids,
    )
    manifest.write(folder)
    return Made(manifest, tuple(_missing(manifest)))


async def _database_copied(database: Database, settings: Settings, target: Path, watch: Watch) -> Contents:
    if database.file is None:
        return await postgres.dump(database, settings.database, target, watch)
    await asyncio.to_thread(sqlite.copy, database.file, target, watch)
    await asyncio.to_thread(sqlite.require_integrity, target)
    copy = Database(f"sqlite+aiosqlite:///{target}")
    try:
        async with copy.read() as connection:
            return await contents_of(connection)
    finally:
        await copy.close()
        await asyncio.to_thread(sqlite.settle, target)


def _beside(settings: Settings) -> Iterator[tuple[str, list[Path]]]:
    """The files beside the database, by what they are; drafts and what else lies there are not among them."""
    if settings.attachments_url is None:
        pictures = (settings.data_dir / PHOTOGRAPHS).glob("*")
        yield PHOTOGRAPHS, sorted(one for one in pictures if _PHOTOGRAPH.fullmatch(one.name))
    yield ARCHIVE, sorted(settings.archive.glob("[!.]*.jsonl.gz"))


def _kept(folder: Path, path: str) -> Kept:
    return Kept(path=path, size_bytes=(folder / path).stat().st_size, sha256=digest_of(folder / path))


def _taken(source: Path, folder: Path, path: str) -> Kept:
    digest = copied(source, folder / path)
    return Kept(path=path, size_bytes=(folder / path).stat().st_size, sha256=digest)


def _missing(manifest: Manifest) -> Iterator[str]:
    have = manifest.files_by_path
    for name, digest in manifest.contents.archives.items():
        kept = have.get(f"{ARCHIVE}/{name}")
        if kept is None or kept.sha256 != digest:
            yield f"archive {name} is not in FENGHUO_ARCHIVE_DIR, or not as it was written"
    for digest in () if manifest.elsewhere else manifest.contents.photographs:
        name = digest.removeprefix("sha256:")
        kept = have.get(f"{PHOTOGRAPHS}/{name}")
        if kept is None or kept.sha256 != name:
            yield f"photograph {name} is not in the data folder, or not as it was handed in"
