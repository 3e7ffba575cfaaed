"""The servers under the contract suite are real and answer; all else in this folder rests on that."""

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.brokers.kafka import KafkaBroker, fetch_kafka
from tests.databases.postgres import PostgresServer, find_programs
from tests.servers import ServerUnavailable, skip_unless_ci


async def test_kafka_gives_back_what_it_acknowledged(kafka_broker: KafkaBroker) -> None:
    """What was sent to a topic comes back whole, in the order of its partition, to a consumer group."""
    await kafka_broker.create_topics({"harness-order": 1})
    sent = [b"%d" % number for number in range(1_000)]
    await _send(kafka_broker, "harness-order", sent)
    assert await _receive(kafka_broker, "harness-order", len(sent), group="harness") == sent


async def test_kafka_makes_no_topic_by_itself(kafka_broker: KafkaBroker) -> None:
    """Creating a topic twice is refused, and a topic that nobody created takes no message."""
    await kafka_broker.create_topics({"harness-created": 2})
    with pytest.raises(RuntimeError, match="harness-created"):
        await kafka_broker.create_topics({"harness-created": 2})
    servers = kafka_broker.bootstrap_servers
    async with AIOKafkaProducer(bootstrap_servers=servers, request_timeout_ms=1_000) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("harness-never-created", b"lost")


async def test_kafka_keeps_data_and_identity_over_a_kill(tmp_path: Path) -> None:
    """After kill -9 and a start the broker is the same cluster and has what it acknowledged before."""
    try:
        fetch_kafka()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    broker = KafkaBroker(tmp_path)
    try:
        broker.start()
        cluster = await broker.cluster_id()
        await broker.create_topics({"harness-kept": 1})
        await _send(broker, "harness-kept", [b"kept"])
        broker.kill()
        broker.start()
        assert await broker.cluster_id() == cluster
        assert await _receive(broker, "harness-kept", 1, group="harness") == [b"kept"]
    finally:
        broker.stop()


async def test_each_kafka_is_a_cluster_of_its_own(kafka_broker: KafkaBroker) -> None:
    """The cluster id can be read by a client and has the 22 characters of a Kafka UUID."""
    assert len(await kafka_broker.cluster_id()) == 22


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_has_an_empty_database(database_url: str, attempt: int) -> None:
    """A table made by one test is not seen by the next, on either engine."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE beacon (number INTEGER PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO beacon VALUES (:number)"), {"number": attempt})
        rows = (await connection.execute(text("SELECT number FROM beacon"))).scalars().all()
    await engine.dispose()
    assert rows == [attempt]


async def test_postgres_keeps_commits_over_a_crash() -> None:
    """After an immediate shutdown and a start every committed row is there."""
    try:
        server = PostgresServer(find_programs())
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    try:
        server.start()
        server.execute("CREATE TABLE beacon AS SELECT 7 AS number")
        server.crash()
        server.start()
        assert server.execute("SELECT number FROM beacon") == "7"
    finally:
        server.remove()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_server_is_a_failure_only_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    """Without its programs a server's tests are skipped on a desk and fail in CI, with the reason in both."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no such server"):
        skip_unless_ci("no such server")


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="only setpriv (Linux) ties a child to its parent")
def test_a_server_dies_with_the_run_that_started_it() -> None:
    """When the test run is ended by kill -9, the server it started ends too."""
    # The server itself says that it runs: before, `setpriv` may not have tied it yet.
    starter = (
        "import subprocess, time; from tests.servers import tied_to_us; "
        "subprocess.Popen(tied_to_us(['sh', '-c', 'echo $$; exec sleep 60'])); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        server = os.pidfd_open(int(run.stdout.readline()))
        run.kill()
        ended, _, _ = select.select([server], [], [], 30)
    os.close(server)
    assert ended == [server]


async def _send(broker: KafkaBroker, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, acks="all") as producer:
        for pending in [await producer.send(topic, value, partition=0) for value in values]:
            await pending


async def _receive(broker: KafkaBroker, topic: str, count: int, group: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker.bootstrap_servers, group_id=group, auto_offset_reset="earliest"
    )
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]
