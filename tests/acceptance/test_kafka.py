"""The closed loop on a real Apache Kafka, as production has it: gateway and engine apart, PostgreSQL, wall time.

No simulator plays there: the test is the two reporters and the units, over HTTP. Beside it the embedded profile with
its simulator, which runs on any Kafka as well.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance.program import NotInTime, Program
from tests.brokers.cluster import KafkaCluster
from tests.brokers.kafka import KafkaBroker, fetch_kafka
from tests.servers import ServerUnavailable, skip_unless_ci

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]
READY_WITHIN_SECONDS = 120
CLOSED_WITHIN_SECONDS = 120
TOWNSHIP = "500108001"


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A Kafka of the test's own: topics have the names of the contract, and other tests' records are not ours."""
    try:
        fetch_kafka()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    broker = KafkaBroker(tmp_path / "kafka")
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def city_kafka(kafka_cluster: KafkaCluster, tmp_path: Path) -> Iterator[KafkaCluster]:
    """Three secured brokers without a record; the shared ones, if no other test has written there before."""
    if not asyncio.run(_topics_of(kafka_cluster)):
        yield kafka_cluster
        return
    own = KafkaCluster(tmp_path / "cluster")
    try:
        own.start()
        yield own
    finally:
        own.remove()


async def _topics_of(cluster: KafkaCluster) -> list[str]:
    async with cluster.admin() as admin:
        return list(await admin.list_topics())


def _as_user(cluster: KafkaCluster, user: str, folder: Path) -> dict[str, object]:
    """How a process of this principal reaches the cluster."""
    password = folder / f"{user}.password"
    password.write_text(cluster.password_of(user) + "\n")
    return {
        "broker_url": f"kafka://{cluster.addresses}",
        "kafka_protocol": "SASL_SSL",
        "kafka_user": user,
        "kafka_password_file": password,
        "kafka_ca_file": cluster.ca_file,
    }


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_the_loop_closes_in_production(city_kafka: KafkaCluster, postgres_url: str, tmp_path: Path) -> None:
    """Gateway, engine, three secured brokers and PostgreSQL carry two reports to a closed incident, each with no more
    rights than its own, and every invariant holds.
    """
    settings = {
        "profile": "production",
        "database_url": postgres_url,
        "trusted_proxies": "127.0.0.1",
        "signing_keys": tmp_path / "keys.toml",
    }

    def program(user: str) -> Program:
        return Program(tmp_path / user, **settings, **_as_user(city_kafka, user, tmp_path))

    with ExitStack() as stack:
        admin = stack.enter_context(closing(program("admin")))
        gateway = stack.enter_context(closing(program("fenghuo-gateway")))
        engine = stack.enter_context(closing(program("fenghuo-engine")))
        key = ("keys", "new", "the-city", "--area", "500000", "--role", "duty_officer", "--role", "unit")
        for command in (
            (*key, "--into", str(tmp_path / "keys.toml")),
            ("db", "upgrade"),
            ("topics", "apply"),
            ("topics", "acls", "--apply"),
            ("topics", "acls"),
        ):
            said = admin.command(*command)
            assert said.code == 0, said.answer + said.remarks
        gateway.start("--role", "gateway")
        engine.start("--role", "engine")
        gateway.await_ready(READY_WITHIN_SECONDS)
        engine.await_ready(READY_WITHIN_SECONDS)
        _closed_by_hand(gateway)
        _holds(gateway)
        lag = 'fenghuo_consumer_lag_records{topic="reports"}'
        engine.await_that(lambda: lag in engine.http.get("/metrics").text, "the lag is shown", 120)
        assert (engine.interrupt(), gateway.interrupt()) == (0, 0)


def test_the_loop_closes_with_a_simulator(kafka: KafkaBroker, tmp_path: Path) -> None:
    """The embedded profile's program closes an incident on Kafka too, and what lies there is the log."""
    with closing(Program(tmp_path / "all", broker_url=f"kafka://{kafka.bootstrap_servers}")) as program:
        program.start("--speed", "200")
        program.await_ready(READY_WITHIN_SECONDS)
        program.await_that(
            lambda: bool(_of_status(program, "closed")), "an incident is closed", CLOSED_WITHIN_SECONDS
        )
        _holds(program)
        assert program.interrupt() == 0


def _closed_by_hand(gateway: Program) -> None:
    """Two independent sources report a fire; whoever is ordered, signs and reports that it is done.

    The gateway signs for them on Kafka, where nothing unsigned is trusted.
    """
    for channel, source_id in (("119", "119-500108"), ("grid", "grid-500108001")):
        answer = gateway.http.post("/api/reports", json=_report(channel, source_id))
        assert answer.status_code < 300, answer.text
    began = time.monotonic()
    while not _of_status(gateway, "closed"):
        if time.monotonic() - began > CLOSED_WITHIN_SECONDS:
            raise NotInTime(f"no incident closed; open: {_of_status(gateway, 'open')}")
        for incident in _of_status(gateway, "open"):
            _serve(gateway, str(incident["incident_id"]))
        time.sleep(0.2)


def _serve(gateway: Program, incident_id: str) -> None:
    for held in gateway.http.get(f"/api/incidents/{incident_id}/commands").json()["commands"]:
        following = {"issued": "acknowledged", "received": "acknowledged", "acknowledged": "done"}
        if held["status"] in following:
            _answer(gateway, held["command"], following[held["status"]])


def _answer(gateway: Program, command: dict[str, Any], kind: str) -> None:
    body = {
        "feedback_id": str(uuid4()),
        "command_id": command["command_id"],
        "incident_id": command["incident_id"],
        "unit_code": command["unit_code"],
        "kind": kind,
        "person": {"name": "李志强"},
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    answer = gateway.http.post(f"/api/commands/{command['command_id']}/feedback", json=body)
    assert answer.status_code in (200, 202, 409), answer.text


def _report(channel: str, source_id: str) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "report_id": f"fire-{channel}",
        "source_id": source_id,
        "channel": channel,
        "reporter_id": f"reporter-{channel}",
        "kind": "initial",
        "category": "accident.fire",
        "title": "仓库起火",
        "area_code": TOWNSHIP,
        "occurred_at": (now - timedelta(minutes=5)).isoformat(),
        "reported_at": now.isoformat(),
    }


def _of_status(program: Program, status: str) -> list[dict[str, object]]:
    answer = program.http.get("/api/incidents", params={"status": status})
    return list(answer.json()["incidents"]) if answer.status_code == 200 else []


def _holds(program: Program) -> None:
    said = program.command("check")
    assert said.code == 0, said.answer + said.remarks
    assert "on cluster" in said.answer, "the broker was not looked at"
