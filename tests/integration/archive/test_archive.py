"""Putting logs away: nothing that is promised of a log ends when it lies in a file, on both databases."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import orjson
import pytest
from sqlalchemy import delete, func, select, text

from models.identifiers import IncidentId
from models.months import Month, following, month_of
from models.tables import ARCHIVED_LOGS, ARCHIVES, EVENTS, INCIDENTS
from models.vocabulary import Status
from streams.archive import catalogue
from streams.archive.files import ArchiveFolder, ArchiveUnreadable
from streams.archive.putting_away import FileMade, MonthLeft, put_away
from streams.check import Beside, Violation, check
from streams.replay import replay, replay_all
from streams.store import months, outbox
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.integration.check.play import Play

AFTER = Month("2099-01")
MUCH_LATER = timedelta(days=90)


@pytest.fixture(params=["sqlite", "postgres"])
def played_url(request: pytest.FixtureRequest) -> str:
    """The URL of a played database on each engine."""
    # Asked for by name, so that the SQLite half neither waits for PostgreSQL nor is skipped without it.
    return str(request.getfixturevalue(f"played_{request.param}_url"))


@pytest.fixture
async def database(played_url: str) -> AsyncIterator[Database]:
    """A played database whose outbox was pruned, as it is within days."""
    opened = Database(played_url)
    async with opened.write() as connection:
        await outbox.prune(connection, datetime.max.replace(tzinfo=(await latest(opened)).tzinfo))
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    """Where the files go."""
    return ArchiveFolder(tmp_path / "archive")


async def latest(database: Database) -> datetime:
    async with database.read() as connection:
        found: datetime = (await connection.execute(select(func.max(INCIDENTS.c.updated_at)))).scalar_one()
    return found


async def archive(
    database: Database, folder: ArchiveFolder, later: timedelta = MUCH_LATER, before: Month = AFTER
) -> list[FileMade | MonthLeft]:
    return [done async for done in put_away(database, folder, before, await latest(database) + later)]


async def violations(database: Database, folder: ArchiveFolder | None) -> list[Violation]:
    return [one async for one in check(database, None, Beside(archive=folder), grace_seconds=0)]


async def standing(database: Database) -> dict[str, set[str]]:
    """The incidents that have facts in the table, by status."""
    query = select(INCIDENTS.c.status, INCIDENTS.c.incident_id).where(
        INCIDENTS.c.incident_id.in_(select(EVENTS.c.incident_id))
    )
    found: dict[str, set[str]] = {}
    async with database.read() as connection:
        for status, incident_id in await connection.execute(query):
            found.setdefault(status, set()).add(incident_id)
    return found


async def logs(database: Database, folder: ArchiveFolder) -> dict[str, int]:
    """How long each log is, wherever it lies."""
    async with database.read() as connection:
        replayed = [one async for one in replay_all(connection, folder)]
    assert [one for one in replayed if one.difference is not None] == []
    return {one.incident_id: one.events for one in replayed}


async def test_ended_logs_go_and_everything_holds(database: Database, folder: ArchiveFolder) -> None:
    """Closed and rejected leave the table, open and what is merged into open stays; logs fold and laws hold."""
    before = await logs(database, folder)
    [made, left] = await archive(database, folder)
    assert isinstance(made, FileMade)
    assert made.incidents == 2
    assert set(await standing(database)) == {"open", "merged"}
    assert left == MonthLeft(month_of(await latest(database)), len(before) - 2)
    assert await logs(database, folder) == before
    assert await violations(database, folder) == []


async def test_the_file_is_lines_of_json_for_anybody(database: Database, folder: ArchiveFolder) -> None:
    """gzip and JSON are all that one needs: each line is a fact, its body the very text that went to Kafka."""
    async with database.read() as connection:
        known = {row.event_id: row.body for row in await connection.execute(select(EVENTS))}
    [made, _] = await archive(database, folder)
    assert isinstance(made, FileMade)
    lines = gzip.decompress((folder.path / made.name).read_bytes()).splitlines()
    facts = [orjson.loads(line) for line in lines]
    assert len(facts) == made.events
    assert all(known[fact["event_id"]] == fact["body"].encode() for fact in facts)


async def test_nothing_is_put_away_too_early(database: Database, folder: ArchiveFolder) -> None:
    """Neither what changed within the quiet days, nor what was opened in the month that is named, nor what is sent."""
    assert not [
        one for one in await archive(database, folder, timedelta(days=29)) if isinstance(one, FileMade)
    ]
    assert await archive(database, folder, before=month_of(await latest(database))) == []
    async with database.write() as connection:
        sending = "INSERT INTO outbox (topic, key, value, headers, event_id, created_at)"
        every = " SELECT 'incident-events', body, body, body, event_id, recorded_at FROM events"
        await connection.exec_driver_sql(sending + every)
    assert not [one for one in await archive(database, folder) if isinstance(one, FileMade)]


async def test_a_missing_file_is_named(database: Database, folder: ArchiveFolder) -> None:
    """Check, replay and show cannot go on without it and say which file to bring; with it they can again."""
    [made, _] = await archive(database, folder)
    assert isinstance(made, FileMade)
    taken = folder.path / made.name
    taken.rename(taken.with_suffix(".away"))
    [violation] = await violations(database, folder)
    assert violation.row == f"archives name={made.name}"
    assert [one.row for one in await violations(database, None)] == [f"archives name={made.name}"]
    async with database.read() as connection:
        put = (await connection.execute(select(ARCHIVED_LOGS.c.incident_id))).scalars().first()
        with pytest.raises(ArchiveUnreadable, match=made.name):
            await replay(connection, str(put), folder)
    taken.with_suffix(".away").rename(taken)
    assert await violations(database, folder) == []


@pytest.mark.parametrize("where", [30, -30])
async def test_a_changed_file_is_noticed(database: Database, folder: ArchiveFolder, where: int) -> None:
    """One other byte anywhere in it, and the check says that it is not as it was written."""
    [made, _] = await archive(database, folder)
    assert isinstance(made, FileMade)
    content = bytearray((folder.path / made.name).read_bytes())
    content[where] ^= 1
    (folder.path / made.name).write_bytes(content)
    [violation] = await violations(database, folder)
    assert "not as it was written" in violation.detail


async def test_a_log_that_was_cut_is_noticed(database: Database, folder: ArchiveFolder) -> None:
    """A fact that is in neither place breaks I5: the catalogue cannot lose one unseen."""
    await archive(database, folder)
    async with database.write() as connection:
        await connection.execute(delete(ARCHIVED_LOGS))
    assert {one.invariant.value for one in await violations(database, folder)} >= {"I5", "I6"}


async def test_killed_before_the_database_knew_it_starts_again(
    database: Database, folder: ArchiveFolder
) -> None:
    """A file that no row names does no harm, and the same logs are put away into the same file."""
    query = select(EVENTS).join(INCIDENTS, INCIDENTS.c.incident_id == EVENTS.c.incident_id)
    ended = query.where(INCIDENTS.c.status.in_(["closed", "rejected"]))
    async with database.read() as connection:
        found = (await connection.execute(ended.order_by(EVENTS.c.incident_id, EVENTS.c.seq))).mappings()
        rows = [dict(row) for row in found]
    month = month_of(await latest(database))
    by_incident = groupby(rows, key=lambda row: row["incident_id"])
    orphan = folder.write(f"events-{month}", [tuple(log) for _, log in by_incident])
    assert await violations(database, folder) == []
    [made, _] = await archive(database, folder)
    assert isinstance(made, FileMade)
    assert made.name == orphan.name


async def test_two_at_once_put_each_log_away_once(database: Database, folder: ArchiveFolder) -> None:
    """Both may write the file; one of them takes the logs."""
    both = await asyncio.gather(archive(database, folder), archive(database, folder))
    assert sum(one.incidents for done in both for one in done if isinstance(one, FileMade)) == 2
    assert await violations(database, folder) == []


async def test_a_reopened_incident_goes_on(database: Database, folder: ArchiveFolder) -> None:
    """Its next facts follow what was put away; closed and quiet again, they are put away, too."""
    async with database.read() as connection:
        closed = select(INCIDENTS.c.incident_id).where(INCIDENTS.c.status == Status.REJECTED.value)
        incident_id = IncidentId((await connection.execute(closed)).scalars().one())
    [first, _] = await archive(database, folder)
    play = Play(database, "another-cluster")
    play.clock.move((await latest(database) - play.clock.now() + MUCH_LATER).total_seconds())
    await play.decide(incident_id, decision_id="d-again", action="reopen", reason="seen after all")
    await play.decide(incident_id, decision_id="d-false", action="verify", verdict="false", reason="no")
    await play.pass_time(100)
    await play.come_to_rest()
    assert await play.status_of(incident_id) is Status.REJECTED
    assert incident_id in (await standing(database))["rejected"]
    assert await logs(database, folder)
    async with database.write() as connection:
        await outbox.prune(connection, datetime.max.replace(tzinfo=play.clock.now().tzinfo))
    [second, *_] = await archive(database, folder)
    assert isinstance(first, FileMade)
    assert isinstance(second, FileMade)
    assert (second.incidents, second.name == first.name) == (1, False)
    async with database.read() as connection:
        parts = (await catalogue.of_incidents(connection, [incident_id]))[incident_id]
    assert [part.archive for part in parts] == [first.name, second.name]
    assert parts[0].piece.last_seq + 1 == parts[1].piece.first_seq
    assert await logs(database, folder)


async def test_no_row_names_what_nobody_took(database: Database, folder: ArchiveFolder) -> None:
    """Where nothing can be put away, no file is written and none is recorded."""
    await archive(database, folder)
    await archive(database, folder)
    async with database.read() as connection:
        names = set((await connection.execute(select(ARCHIVES.c.name))).scalars())
    assert {path.name for path in folder.path.iterdir()} == names
    assert len(names) == 1


@pytest.mark.postgres
async def test_a_month_that_is_empty_is_dropped(postgres_url: str, folder: ArchiveFolder) -> None:
    """On PostgreSQL nothing of it stays behind, and a fact that comes for it late has a place all the same."""
    database = Database(postgres_url)
    await upgrade(database)
    try:
        play = Play(database)
        false = await play.report(source_id="media-1", channel="media", category="accident.gas", urgent=True)
        await play.pass_time(6)
        await play.decide(false, action="verify", verdict="false", reason="nobody found anything")
        await play.pass_time(100)
        await play.come_to_rest()
        month = month_of(play.clock.now())
        async with database.write() as connection:
            await months.open_ahead(connection, play.clock.now())
            await outbox.prune(connection, datetime.max.replace(tzinfo=play.clock.now().tzinfo))
        assert await partition_of(database, false) == f"events_{month.replace('-', '_')}"
        [_, left] = await archive(database, folder)
        assert left == MonthLeft(month, 0)
        async with database.read() as connection:
            kept = await connection.scalar(
                text("SELECT to_regclass(:name)"), {"name": f"events_{month.replace('-', '_')}"}
            )
        assert kept is None
        await play.decide(false, action="reopen", reason="seen after all")
        assert await partition_of(database, false) == "events_other"
    finally:
        await database.close()


@pytest.mark.postgres
async def test_what_came_before_its_month_moves_into_it(postgres_url: str) -> None:
    """A fact of a month that nobody had made lies among the others, and in its month as soon as that is made."""
    database = Database(postgres_url)
    await upgrade(database)
    try:
        play = Play(database)
        play.clock.move(timedelta(days=400).total_seconds())
        early = await play.report()
        assert await partition_of(database, early) == "events_other"
        async with database.write() as connection:
            made = await months.open_ahead(connection, play.clock.now())
            again = await months.open_ahead(connection, play.clock.now())
        first = month_of(play.clock.now())
        assert made == (
            first,
            following(first),
            following(following(first)),
            following(following(following(first))),
        )
        assert again == ()
        assert await partition_of(database, early) == f"events_{first.replace('-', '_')}"
    finally:
        await database.close()


async def partition_of(database: Database, incident_id: str) -> str:
    query = text("SELECT DISTINCT tableoid::regclass::text FROM events WHERE incident_id = :one")
    async with database.read() as connection:
        return str((await connection.execute(query, {"one": incident_id})).scalar_one())
