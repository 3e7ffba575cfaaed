"""A backup that is not what its manifest says, or does not fit here, changes nothing."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from streams import backup
from streams.backup.contents import contents_of
from streams.backup.files import digest_of
from streams.backup.postgres import dump
from streams.settings import Settings
from streams.store.database import Database
from streams.store.errors import EngineAlreadyRuns
from streams.store.migrations import upgrade
from tests.integration.backup.installation import Told, backed_up, furnished, programs_on_path, settings_of
from tests.integration.check.play import Play


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that is as it was written."""
    folder = tmp_path_factory.mktemp("whole")
    settings = settings_of(f"sqlite+aiosqlite:///{folder / 'fenghuo.db'}", folder)

    async def made() -> None:
        database = Database(settings.database)
        await upgrade(database)
        await furnished(database, settings)
        await backed_up(database, settings, folder / "backup")
        await database.close()

    asyncio.run(made())
    return folder / "backup"


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to meddle with."""
    return Path(shutil.copytree(whole, tmp_path / "backup"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(f"sqlite+aiosqlite:///{tmp_path / 'here' / 'fenghuo.db'}", tmp_path / "here")


async def restored(folder: Path, settings: Settings) -> None:
    database = Database(settings.database)
    try:
        await backup.restore(folder, database, settings, over=False, watch=Told())
    finally:
        await database.close()


def flip(path: Path) -> None:
    """One bit in the middle of it is another."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def edit(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **changes}))


def any_of(folder: Path, kind: str) -> Path:
    return next(iter(sorted((folder / kind).iterdir())))


@pytest.mark.parametrize(
    ("meddle", "told"),
    [
        (lambda folder: flip(folder / "database.sqlite"), "database.sqlite is not as it was written"),
        (lambda folder: flip(any_of(folder, "attachments")), "attachments/"),
        (lambda folder: any_of(folder, "archive").unlink(), "cannot be read"),
        (lambda folder: (folder / "manifest.json").unlink(), "broken off"),
        (lambda folder: edit(folder, format=2), "newer version"),
        (lambda folder: edit(folder, revision="0009"), "revision 0009"),
        (lambda folder: edit(folder, engine="postgresql"), "is of postgresql"),
        (lambda folder: edit(folder, database="../x"), "says nothing of"),
        (
            lambda folder: edit(
                folder, files=[{"path": "archive/../../x", "size_bytes": 1, "sha256": "0" * 64}]
            ),
            "files.0.path",
        ),
    ],
    ids=["database", "photograph", "archive", "no-manifest", "format", "revision", "engine", "name", "path"],
)
async def test_it_is_refused_by_name(
    folder: Path, settings: Settings, meddle: Callable[[Path], object], told: str
) -> None:
    """Each is told, and nothing is made here, not even a folder."""
    meddle(folder)
    with pytest.raises(backup.BackupRefused, match=told):
        await restored(folder, settings)
    assert not (settings.data_dir / "fenghuo.db").exists()
    assert not settings.archive.exists()


async def test_everything_that_is_wrong_is_told_at_once(folder: Path, settings: Settings) -> None:
    """Two damaged files and another revision are three problems."""
    flip(folder / "database.sqlite")
    flip(any_of(folder, "attachments"))
    edit(folder, revision="0001")
    with pytest.raises(backup.BackupRefused) as refused:
        await restored(folder, settings)
    assert len(refused.value.problems) == 3


async def test_a_running_engine_is_left_alone(folder: Path, settings: Settings) -> None:
    """SQLite: whoever holds the file keeps it."""
    running = Database(settings.database)
    with running.engine_lock(), pytest.raises(EngineAlreadyRuns):
        await restored(folder, settings)
    await running.close()


@pytest.mark.postgres
async def test_a_restore_that_fails_leaves_what_was_there(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: a dump that pg_restore cannot read to its end gives nothing up, not even with --over."""
    programs_on_path(monkeypatch)
    settings = settings_of(postgres_url, tmp_path / "first")
    database = Database(postgres_url)
    await upgrade(database)
    made = await backed_up(database, settings, tmp_path / "backup")
    await Play(database).report()
    file = tmp_path / "backup" / "database.dump"
    flip(file)
    damaged = {"path": file.name, "size_bytes": file.stat().st_size, "sha256": digest_of(file)}
    edit(tmp_path / "backup", files=[damaged])
    await database.close()
    with pytest.raises(backup.ProgramsMissing, match="pg_restore refused"):
        await backup.restore(tmp_path / "backup", database, settings, over=True, watch=Told())
    async with database.read() as connection:
        assert (await contents_of(connection)).counts["reports"] == 1 + made.manifest.contents.counts[
            "reports"
        ]
    await database.close()


async def test_what_is_missing_when_it_is_made_is_told(tmp_path: Path) -> None:
    """An archive that nobody brought along and a photograph that was lost are named; the rest is kept."""
    settings = settings_of(f"sqlite+aiosqlite:///{tmp_path / 'fenghuo.db'}", tmp_path)
    database = Database(settings.database)
    await upgrade(database)
    await furnished(database, settings)
    any_of(tmp_path, "archive").unlink()
    shutil.rmtree(tmp_path / "attachments")
    made = await backed_up(database, settings, tmp_path / "backup")
    await database.close()
    assert [one.partition(" ")[0] for one in made.missing] == ["archive", "photograph"]
    await restored(
        tmp_path / "backup", settings_of(f"sqlite+aiosqlite:///{tmp_path / 'b.db'}", tmp_path / "b")
    )


@pytest.mark.postgres
async def test_without_the_programs_it_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: no pg_dump, or one older than the server, is a sentence with the package's name."""
    monkeypatch.setenv("PATH", str(tmp_path))
    database = Database(postgres_url)
    await upgrade(database)
    try:
        with pytest.raises(backup.ProgramsMissing, match=r"install postgresql-client-\d+"):
            await dump(database, postgres_url, tmp_path / "dump", Told())
    finally:
        await database.close()
