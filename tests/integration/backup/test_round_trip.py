"""A backup holds one moment of an installation, and a restore makes that again, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from models.tables import EVENTS, INCIDENTS, REPORTS
from streams import backup
from streams.archive.files import ArchiveFolder
from streams.backup.contents import contents_of
from streams.replay import replay_all
from streams.settings import Settings
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.databases.postgres import PostgresServer
from tests.integration.backup.installation import (
    PICTURE,
    Told,
    backed_up,
    faults,
    furnished,
    programs_on_path,
    settings_of,
)
from tests.integration.check.play import Play


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of the installation that is copied."""
    programs_on_path(monkeypatch)
    return settings_of(database_url, tmp_path / "first")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = Database(settings.database)
    await upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Those of another machine, on which nothing is."""
    if settings.database.startswith("sqlite"):
        yield settings_of(f"sqlite+aiosqlite:///{tmp_path / 'second' / 'fenghuo.db'}", tmp_path / "second")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield settings_of(server.url(name), tmp_path / "second")
    server.drop_database(name)


async def restored(
    folder: Path, settings: Settings, *, over: bool = False
) -> tuple[Database, backup.Restored]:
    database = Database(settings.database)
    try:
        return database, await backup.restore(folder, database, settings, over=over, watch=Told())
    except BaseException:
        await database.close()
        raise


async def test_a_restored_installation_is_the_same(
    database: Database, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    """Rows, photographs and archives come back on an empty machine; every invariant holds, every log folds."""
    await furnished(database, settings)
    made = await backed_up(database, settings, tmp_path / "backup")
    assert made.missing == ()
    assert made.manifest.contents.counts["archived_logs"] > 0
    async with database.read() as connection:
        before = await contents_of(connection)
    other, done = await restored(tmp_path / "backup", elsewhere)
    try:
        async with other.read() as connection:
            assert await contents_of(connection) == before
            folded = [one async for one in replay_all(connection, ArchiveFolder(elsewhere.archive))]
        assert len(folded) == before.counts["incidents"]
        assert [one.difference for one in folded if one.difference] == []
        assert done.files_brought == len(made.manifest.files) - 1
        assert await faults(other, elsewhere) == await faults(database, settings)
        assert [path.read_bytes() for path in (elsewhere.data_dir / "attachments").iterdir()] == [PICTURE]
        await Play(other, "another-cluster").report()  # and it goes on from there
    finally:
        await other.close()


async def test_a_backup_under_load_is_of_one_moment(
    database: Database, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    """Reports are handled all the while; what is restored has every invariant, and nobody was held up."""
    play, is_over = Play(database), asyncio.Event()
    await play.report()

    async def load() -> int:
        count = 0
        while not is_over.is_set():
            await play.report(source_id=f"s-{count}", area_code="500101")
            count += 1
        return count

    loading = asyncio.create_task(load())
    made = await backed_up(database, settings, tmp_path / "backup")
    async with database.read() as connection:
        when_made = (await connection.execute(select(func.count()).select_from(REPORTS))).scalar_one()
    is_over.set()
    assert await loading > 0
    assert when_made > made.manifest.contents.counts["reports"], "nothing was written meanwhile"
    other, _ = await restored(tmp_path / "backup", elsewhere)
    try:
        assert await faults(other, elsewhere) == []
    finally:
        await other.close()


async def test_what_is_there_is_given_up_only_when_told(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Without --over a database with anything in it is refused and stays; with it, it is the backup's again."""
    await Play(database).report()
    made = await backed_up(database, settings, tmp_path / "backup")
    await Play(database, "later").report(report_id="later", source_id="later")
    if not database.is_sqlite:
        async with database.write() as connection:
            await connection.execute(text("SELECT fenghuo_open_month('2031-05')"))
    await database.close()
    with pytest.raises(backup.NotEmpty, match="--over"):
        await restored(tmp_path / "backup", settings)
    other, _ = await restored(tmp_path / "backup", settings, over=True)
    try:
        async with other.read() as connection:
            assert await contents_of(connection) == made.manifest.contents
            facts = (await connection.execute(select(func.count()).select_from(EVENTS))).scalar_one()
        assert facts == made.manifest.contents.counts["events"]
        await Play(other, "after").report(report_id="after", source_id="after")
    finally:
        await other.close()


@pytest.mark.postgres
async def test_a_database_that_somebody_works_on_is_left_alone(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: another connection to it is somebody at work; --over does not send them away."""
    programs_on_path(monkeypatch)
    settings = settings_of(postgres_url, tmp_path / "first")
    database = Database(postgres_url)
    await upgrade(database)
    await backed_up(database, settings, tmp_path / "backup")
    try:
        async with database.read() as connection:
            await connection.execute(select(INCIDENTS.c.incident_id))
            with pytest.raises(backup.NotEmpty, match="connected"):
                await restored(tmp_path / "backup", settings, over=True)
    finally:
        await database.close()
