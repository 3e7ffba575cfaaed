"""Installation: a played database with its photographs and archive files, as the settings name them."""

import hashlib
import io
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from models.tables import ATTACHMENT_LINKS, ATTACHMENTS
from streams import backup
from streams.archive.files import ArchiveFolder
from streams.attachments.store import open_store
from streams.check import Beside, check
from streams.settings import Settings, load_settings
from streams.store import outbox
from streams.store.database import Database
from tests.databases.postgres import find_programs
from tests.integration.archive.test_archive import archive, latest
from tests.integration.check.play import play_all
from tests.servers import ServerUnavailable, skip_unless_ci

PICTURE = b"bytes of a photograph"


@dataclass(slots=True)
class Told:
    """What a backup or restore said while it worked."""

    steps: list[str] = field(default_factory=list)

    def __call__(self, what: str, done: int, most: int) -> None:
        assert 0 <= done <= most
        self.steps.append(what)


def settings_of(url: str, folder: Path) -> Settings:
    return load_settings(None, database_url=url, data_dir=folder)


def programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the server's own version come first."""
    try:
        monkeypatch.setenv("PATH", f"{find_programs()}{os.pathsep}{os.environ['PATH']}")
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))


async def furnished(database: Database, settings: Settings) -> None:
    """Every kind of end that an incident can have, some logs put away, and a photograph that a report names."""
    await play_all(database)
    async with database.write() as connection:
        await outbox.prune(connection, datetime.max.replace(tzinfo=UTC))
    await archive(database, ArchiveFolder(settings.archive))
    digest = f"sha256:{hashlib.sha256(PICTURE).hexdigest()}"
    now = await latest(database)
    async with database.write() as connection:
        await connection.execute(
            insert(ATTACHMENTS).values(
                digest=digest,
                media_type="image/jpeg",
                size_bytes=len(PICTURE),
                width_pixels=1,
                height_pixels=1,
                uploaded_at=now,
            )
        )
        await connection.execute(
            insert(ATTACHMENT_LINKS).values(
                message_id="m-picture", ordinal=0, digest=digest, media_type="image/jpeg", name="火场.jpg"
            )
        )
    await open_store(None, settings.data_dir).put(digest, io.BytesIO(PICTURE))


async def backed_up(database: Database, settings: Settings, folder: Path) -> backup.Made:
    return await backup.back_up(database, settings, ("k-1",), folder, Told())


async def faults(database: Database, settings: Settings) -> list[str]:
    """What `fenghuo check` finds wrong, photographs and archives included."""
    beside = Beside(open_store(None, settings.data_dir), ArchiveFolder(settings.archive))
    return [str(one) async for one in check(database, None, beside)]
