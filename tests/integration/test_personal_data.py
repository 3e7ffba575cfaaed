"""Personal data stays in the report's own row: a run of the real engine, searched for numbers that were planted."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from prometheus_client import generate_latest
from sqlalchemy import select

from models.tables import DEAD_LETTERS
from models.topics import Topic
from streams.broker.embedded import EmbeddedBroker
from streams.broker.reading import read_to_end
from streams.log import configure_logging
from streams.settings import LogFormat
from streams.store.database import Database
from tests.integration.test_engine import Running, engine_on, report, until

REPORTER, TITLE, TEXT, PLACE, CONTACT = (f"1381234567{digit}" for digit in range(5))
IDENTITY = "500108199001011234"
PLANTED = (REPORTER, TITLE, TEXT, PLACE, CONTACT, IDENTITY)
TOLD = {
    "urgent": True,
    "reporter_id": REPORTER,
    "title": f"仓库起火，回拨{TITLE}",
    "text": f"报警人称3人死亡，{TEXT}，身份证{IDENTITY}",
    "place": f"幸福里3栋，找老李{PLACE}",
    "contact": {"name": "老李", "phone": CONTACT},
}
# Everything that anybody outside reads, but for the log itself: it knows reporters by their keys.
FOR_OTHERS = (
    Topic.HEAT_RANKINGS,
    Topic.RATINGS,
    Topic.DISPOSAL_COMMANDS,
    Topic.PUBLIC_WARNINGS,
    Topic.REPORT_RECEIPTS,
    Topic.STAGE_VERIFICATION,
)


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(LogFormat.JSON, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
async def running(database: Database, tmp_path: Path, log_lines: io.StringIO) -> AsyncIterator[Running]:
    async with EmbeddedBroker() as broker, engine_on(database, broker.brokers, tmp_path) as engine:
        yield engine


async def _on(running: Running, topic: Topic) -> str:
    return "\n".join([(read.value or b"").decode() async for read in read_to_end(running.brokers, topic)])


def _found(text: str, secrets: tuple[str, ...] = PLANTED) -> list[str]:
    return [secret for secret in secrets if secret in text]


async def test_planted_numbers_are_in_no_log_metric_ranking_or_order(
    running: Running, log_lines: io.StringIO
) -> None:
    """A report that goes the whole way, one that is no report, one under a used id: none gives them away."""
    spoiled = json.loads(report(2, **TOLD)) | {"area_code": f"nobody's, {TEXT}"}
    await running.produce(report(1, **TOLD))
    await running.produce(json.dumps(spoiled).encode(), report(1, **(TOLD | {"text": f"别的话{TEXT}"})))

    async def is_told() -> bool:
        return await running.count(DEAD_LETTERS) == 2 and "起火" in await _on(running, Topic.HEAT_RANKINGS)

    await until(is_told)
    for topic in FOR_OTHERS:
        assert _found(await _on(running, topic)) == [], topic
    assert _found(generate_latest(running.registry).decode()) == []
    assert "batch_handled" in log_lines.getvalue()
    assert _found(log_lines.getvalue()) == []
    log = await _on(running, Topic.INCIDENT_EVENTS)
    assert _found(log, (TITLE, TEXT, PLACE, CONTACT, IDENTITY)) == []
    assert REPORTER in log, "it was looked for where it is"
    async with running.database.read() as connection:
        details = (await connection.execute(select(DEAD_LETTERS.c.detail))).scalars().all()
    assert _found("\n".join(map(str, details))) == []
