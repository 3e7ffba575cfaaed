"""The corpus on the topic: an engine on a real broker, over both databases, and records that nobody should send."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import select

from models.tables import DEAD_LETTERS, REPORTS
from models.topics import Topic
from streams.broker.embedded import EmbeddedBroker
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests.corpus.rows import Row, good, rows
from tests.integration.test_engine import Running, engine_on, until

TEN_MEGABYTES = 10_000_000


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    database = Database(database_url)
    await upgrade(database)
    async with EmbeddedBroker() as broker, engine_on(database, broker.brokers, tmp_path) as engine:
        yield engine
    await database.close()


async def buried(running: Running) -> dict[bytes, tuple[str, str | None]]:
    """Reason and field of each dead letter, by its bytes."""
    async with running.database.read() as connection:
        letters = (await connection.execute(select(DEAD_LETTERS))).all()
    return {bytes(one.value or b""): (one.reason, one.field) for one in letters}


async def reported(running: Running) -> set[str]:
    """The ids of all reports that became part of an incident."""
    async with running.database.read() as connection:
        return set((await connection.execute(select(REPORTS.c.report_id))).scalars())


@pytest.mark.timeout(240)
async def test_every_row_has_its_end_and_the_stream_goes_on(running: Running) -> None:
    """Each bad one is a dead letter, whole, with reason and field; the good one behind each is an incident's."""
    now = datetime.now(UTC)
    corpus = rows(now)
    for number, row in enumerate(corpus):
        await running.produce(row.value, good(now, number))

    async def all_done() -> bool:
        return await running.processed() == 2 * len(corpus)

    await until(all_done)
    refused = {row.value: row for row in corpus if row.reason is not None}
    found = await buried(running)
    assert {value: (row.reason, row.field) for value, row in refused.items()} == found
    assert len(await reported(running)) == 2 * len(corpus) - sum(map(is_refused, corpus))
    assert running.readiness.is_ready()


def is_refused(row: Row) -> bool:
    return row.reason is not None


@pytest.mark.timeout(240)
async def test_what_surrounds_a_record_is_believed_no_more_than_it(running: Running) -> None:
    """No value, another's key, forged headers and a bomb of ten megabytes: none stops what comes after."""
    now = datetime.now(UTC)
    forged = [
        ("schema_version", b"\xff"),
        ("key_id", b"\x00" * 100),
        ("signature", b"'"),
        ("delivery", b"-1"),
    ]
    producer = AIOKafkaProducer(
        bootstrap_servers=running.brokers, compression_type="gzip", max_request_size=2 * TEN_MEGABYTES
    )
    await producer.start()
    try:
        for key, value, headers in (
            (b"500153", None, []),
            (None, good(now, 1), []),
            (b"\xff\x00", good(now, 2), forged),
            (b"110101", good(now, 3), forged * 100),
            (b"500153", b"0" * TEN_MEGABYTES, []),
        ):
            await producer.send_and_wait(Topic.REPORTS.value, value, key=key, headers=headers)
        await producer.send_and_wait(Topic.REPORTS.value, good(now, 4), key=b"500153")
    finally:
        await producer.stop()

    async def all_in() -> bool:
        return await reported(running) == {f"good-{number}" for number in range(1, 5)}

    await until(all_in)
    assert sorted((await buried(running)).values()) == [("oversized", None), ("unreadable", None)]
