"""Commands that need a broker, against a real one; and what only a broker can prove: that Kafka holds the log."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import select, update

from models.tables import INBOX, OUTBOX
from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from streams.store.database import Database
from streams.store.publications import HEADERS
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo, asked
from tests.integration.gateway.bodies import report

EVENTS = Topic.INCIDENT_EVENTS.value


async def publish_log(
    database: Database, broker: Tansu, *, without: int = 0, more: tuple[bytes, ...] = ()
) -> None:
    """Put the log on the broker, as the outbox says, and mark all of it published there."""
    query = select(OUTBOX).where(OUTBOX.c.topic == EVENTS).order_by(OUTBOX.c.id)
    async with database.write() as connection:
        rows = (await connection.execute(query)).all()
        await connection.execute(update(OUTBOX).values(published_cluster=broker.cluster_id))
    records = [Publication(EVENTS, row.key, row.value, HEADERS) for row in rows[without:]]
    async with Publisher(broker.brokers) as publisher:
        await publisher.publish([*records, *(Publication(EVENTS, b"x", value, HEADERS) for value in more)])


@pytest.fixture
def topics(fenghuo: Fenghuo, broker: Tansu) -> None:
    """Every topic is on the broker."""
    assert fenghuo("topics", "apply").code == 0


def test_topics_are_planned_and_applied(fenghuo: Fenghuo, broker: Tansu) -> None:
    """What is missing is told and ends with 1; applied once, nothing differs any more."""
    missing = fenghuo("topics", "plan")
    assert missing.code == 1
    assert missing.answer.count("is missing") == len(Topic)
    assert fenghuo("topics", "apply").code == 0
    assert fenghuo("topics", "plan").answer == "the broker has every topic as it must be\n"


@pytest.mark.usefixtures("topics")
def test_reports_are_sent_and_read_back(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """Valid reports go to their lane byte for byte; what is none is named with its line and its field."""
    calm, urgent = report(report_id="calm"), report(report_id="fast", channel="119")
    wrong = [report(report_id="bad", channel="drum"), report(report_id="far", area_code="999999")]
    file = tmp_path / "reports.jsonl"
    file.write_bytes(b"\n".join([*map(orjson.dumps, (calm, urgent, *wrong)), b"", b"{"]))
    said = fenghuo("send", str(file))
    assert said.code == 1
    for told in (
        "line 3: invalid: channel",
        "line 4: unknown_area: area_code",
        "line 6: unreadable",
        "2 sent, 3 refused",
    ):
        assert told in said.remarks
    for topic, sent in (("reports", calm), ("reports-urgent", urgent)):
        lines = fenghuo("tail", topic).answer.splitlines()
        assert [line.split(" ", 3)[2:] for line in lines] == [["500108001", orjson.dumps(sent).decode()]]


@pytest.mark.usefixtures("topics")
def test_tail_prints_the_last(fenghuo: Fenghuo, tmp_path: Path) -> None:
    """--limit keeps the last records over all partitions; 0 prints nothing."""
    file = tmp_path / "reports.jsonl"
    codes = ["500108001", "500106001", "500106002", "500108002", "500108003"]
    bodies = [report(report_id=f"r-{n}", area_code=code) for n, code in enumerate(codes)]
    file.write_bytes(b"\n".join(map(orjson.dumps, bodies)))
    assert fenghuo("send", str(file)).code == 0
    assert len(fenghuo("tail", "reports").answer.splitlines()) == 5
    assert len(fenghuo("tail", "reports", "--limit", "2").answer.splitlines()) == 2
    assert fenghuo("tail", "reports", "--limit", "0").answer == ""
    assert fenghuo("tail", "decisions").answer == ""


@pytest.mark.usefixtures("topics")
def test_check_looks_at_kafka(fenghuo: Fenghuo, data_dir: Path, broker: Tansu) -> None:
    """When Kafka holds exactly the log, all holds; the cluster that was looked at is named."""
    asked(data_dir, lambda database: publish_log(database, broker))
    said = fenghuo("check", "--grace", "0", "--all")
    assert (said.code, said.answer) == (
        0,
        f"I1 to I13 hold: 6 incidents in the database and on cluster {broker.cluster_id}\n",
    )


@pytest.mark.usefixtures("topics")
def test_an_event_that_kafka_lost_is_found(fenghuo: Fenghuo, data_dir: Path, broker: Tansu) -> None:
    """I7: one that is marked published and is not there breaks it."""
    asked(data_dir, lambda database: publish_log(database, broker, without=1))
    said = fenghuo("check", "--all")
    assert (said.code, said.answer.count("\n")) == (1, 1)
    assert said.answer.startswith("I7 outbox id=")


@pytest.mark.usefixtures("topics")
def test_an_event_that_the_log_does_not_know_is_found(
    fenghuo: Fenghuo, data_dir: Path, broker: Tansu
) -> None:
    """I7: another event, another version of one, and bytes that are no event each break it."""
    strangers = (b'{"event_id": "stranger"}', b"not json")
    asked(data_dir, lambda database: publish_log(database, broker, more=strangers))
    said = fenghuo("check", "--all")
    assert said.code == 1
    assert [line.split("[")[0] for line in said.answer.splitlines()] == [f"I7 {EVENTS}"] * 2


@pytest.mark.usefixtures("topics")
def test_a_message_that_nobody_heard_is_found(fenghuo: Fenghuo, data_dir: Path, broker: Tansu) -> None:
    """I8: what was published for the engine and never handled is told as lost or late."""
    asked(data_dir, lambda database: publish_log(database, broker))

    async def forget(database: Database) -> str:
        query = select(OUTBOX.c.message_id).where(OUTBOX.c.message_id.is_not(None)).limit(1)
        async with database.write() as connection:
            message_id = str((await connection.execute(query)).scalar_one())
            this = INBOX.c.message_id == message_id
            await connection.execute(update(INBOX).where(this).values(message_id="somebody-else"))
            return message_id

    message_id = asked(data_dir, forget)
    said = fenghuo("check", "--all", "--grace", "0")
    assert said.code == 1
    assert f"message_id={message_id}: published at" in said.answer


def test_a_silent_broker_is_told(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing listens, `topics plan` ends with 2, and `check` looks at the database alone."""
    monkeypatch.setenv("FENGHUO_BROKER_URL", "kafka://127.0.0.1:1")
    said = fenghuo("topics", "plan")
    assert (said.code, said.answer) == (2, "")
    assert "no broker answers at 127.0.0.1:1" in said.remarks
    assert "no broker answers" in fenghuo("check").answer
