"""`fenghuo check` passes over what the real batch wrote, and bites at each single thing that is then planted."""

import io
from datetime import UTC, date, datetime

import pytest
from obstore.store import MemoryStore
from sqlalchemy import insert, select

from models.areas import area_tree
from models.tables import ATTACHMENT_LINKS, INCIDENTS, OUTBOX, REPORTS
from streams.attachments.store import AttachmentStore, digest_of
from streams.check import Beside, Invariant, Violation, check
from streams.store import attachments
from streams.store.attachments import KeptAttachment
from streams.store.database import Database
from tests.integration.check.audit_plants import LONG_AGO, decision_nobody_sent, noted
from tests.integration.check.plants import PLANTED, Planted, other_column
from tests.integration.check.play import Play
from tests.integration.check.tampering import change, one


async def violations(database: Database, grace_seconds: float = 0) -> list[Violation]:
    return [violation async for violation in check(database, grace_seconds=grace_seconds)]


async def test_what_the_engine_wrote_holds(played: Database) -> None:
    """A closed, a rejected, a merged and open incidents, a duplicate and a dead letter break no invariant."""
    assert await violations(played) == []


@pytest.mark.parametrize(
    "planted", PLANTED, ids=lambda planted: f"{planted.invariant}-{planted.plant.__name__}"
)
async def test_one_planted_violation_is_found(played: Database, planted: Planted) -> None:
    """Exactly the planted row is reported under its invariant, and nothing under one that still holds."""
    async with played.write() as connection:
        row = await planted.plant(connection)
    found = await violations(played)
    assert row in [violation.row for violation in found if violation.invariant is planted.invariant]
    assert {violation.invariant for violation in found} == {planted.invariant, *planted.besides}
    if planted.invariant not in planted.besides:
        assert {violation.row for violation in found if violation.invariant is planted.invariant} == {row}


async def test_an_accepted_decision_with_its_entry_holds(played: Database) -> None:
    """What the gateway accepted and wrote down breaks no invariant."""
    async with played.write() as connection:
        where = await decision_nobody_sent(connection)
        await noted(connection, where.partition("=")[2], allowed=True)
    assert await violations(played) == []


@pytest.mark.postgres
async def test_what_the_engine_wrote_holds_on_postgres(played_postgres_url: str) -> None:
    """The same history on PostgreSQL, read in one snapshot, breaks no invariant; a planted row is found there too."""
    database = Database(played_postgres_url)
    try:
        assert await violations(database) == []
        async with database.write() as connection:
            row = await other_column(connection)
        assert row in [violation.row for violation in await violations(database)]
    finally:
        await database.close()


async def test_more_incidents_than_a_page_are_looked_at(played: Database) -> None:
    """Incidents are read in pages of 200, and each of them is looked at once."""
    play, seen = Play(played, cluster_id="another-cluster"), list[str]()
    await play.reports_from(area_tree().townships(date(2026, 11, 22))[-230:])
    async for _ in check(played, looked_at=seen.append):
        pass
    async with played.read() as connection:
        stored = (await connection.execute(select(INCIDENTS.c.incident_id))).scalars().all()
    assert len(stored) > 230
    assert seen == sorted(stored)


async def test_every_invariant_has_a_planted_violation() -> None:
    """None of the twelve is taken on trust."""
    assert {planted.invariant for planted in PLANTED} == set(Invariant)


async def test_what_is_on_its_way_is_given_time(played: Database) -> None:
    """With a grace, a clock that has just passed and a row just written are no violation yet."""
    async with played.write() as connection:
        now = datetime.now(UTC)
        row = await one(connection, OUTBOX)
        await change(connection, OUTBOX, row, published_at=None, published_cluster=None, created_at=now)
    assert [violation.invariant for violation in await violations(played)] == [Invariant.I11]
    assert await violations(played, grace_seconds=600) == []


@pytest.mark.parametrize("lies_there", [b"a picture", b"another", None])
async def test_a_named_picture_is_whole_in_the_store(played: Database, lies_there: bytes | None) -> None:
    """Its bytes are read: others and none are reported; without the store nobody asks."""
    store, content = AttachmentStore(MemoryStore()), io.BytesIO(b"a picture")
    digest = digest_of(content)
    if lies_there is not None:
        await store.put(digest, io.BytesIO(lies_there))
    async with played.write() as connection:
        report = await one(connection, REPORTS)
        kept = KeptAttachment(digest, "image/jpeg", 9, 1, 1)
        await attachments.keep(connection, kept, "wang", LONG_AGO)
        link = {"message_id": report.message_id, "ordinal": 0, "digest": digest, "media_type": "image/jpeg"}
        of = {"name": "x", "source_id": report.source_id, "report_id": report.report_id, "command_id": None}
        await connection.execute(insert(ATTACHMENT_LINKS).values(**link, **of))
    found = [violation.row async for violation in check(played, None, Beside(store), grace_seconds=0)]
    assert found == ([] if lies_there == b"a picture" else [f"attachments digest={digest}"])
    assert await violations(played) == []
