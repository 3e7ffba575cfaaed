"""What Faust is told: each setting on which the promise of no loss rests, and what the code must never ask of it."""

import ast
from collections.abc import Mapping
from typing import Any

import faust
import pytest
from faust.types.enums import ProcessingGuarantee
from mode.supervisors import CrashingSupervisor

from streams.broker.access import Access, LineProtocol
from streams.broker.transport import TP, FastLane, FastLaneApp, make_app
from tests.architecture.sources import Source, planted, sources

NEVER = {"take", "noack_take", "Table", "SetTable", "GlobalTable", "hopping", "tumbling"}


async def nowhere(partitions: frozenset[TP]) -> Mapping[TP, int]:
    return {}


def app_at(brokers: str | Access = "127.0.0.1:9092,127.0.0.2:9092") -> FastLaneApp:
    return make_app(FastLane(brokers=brokers, app_id="fenghuo", positions=nowhere))


def test_faust_is_told_what_was_measured() -> None:
    """A silent worker is noticed in 10 s, every copy acknowledges, no publish hangs, no leader, no tables, no web."""
    conf: Any = app_at().conf  # Faust types its settings as what one may pass, not as what one gets
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval) == (10.0, 1.0)
    assert (conf.producer_acks, conf.producer_linger, conf.producer_request_timeout) == (-1, 0, 30.0)
    assert conf.producer_max_batch_size == 1_000_000
    assert (conf.broker_commit_interval, conf.consumer_auto_offset_reset) == (1.0, "earliest")
    assert conf.consumer_metadata_max_age_ms == 10_000
    assert (conf.key_serializer, conf.value_serializer) == ("raw", "raw")
    assert (conf.topic_disable_leader, conf.topic_allow_declare, conf.web_enabled) == (True, False, False)
    assert conf.agent_supervisor is CrashingSupervisor
    # Transactions lose messages on a rebalance (issues 323, 47, 193, 651), and would not cover our database.
    assert conf.processing_guarantee is ProcessingGuarantee.AT_LEAST_ONCE
    # 0 would switch to an assignor that splits the partitions of several topics unevenly.
    assert conf.table_standby_replicas == 1
    # A member with a name of its own would keep its partitions while it is away: see decision 0013.
    assert conf.consumer_group_instance_id is None
    assert [str(url) for url in conf.broker] == ["kafka://127.0.0.1:9092", "kafka://127.0.0.2:9092"]
    assert conf.broker_credentials is None


@pytest.mark.parametrize("protocol", [LineProtocol.SSL, LineProtocol.SASL_SSL])
def test_faust_is_told_who_we_are(protocol: LineProtocol) -> None:
    """Consumer and producer of Faust reach a secured cluster by the same line as every other client."""
    access = Access(
        addresses="127.0.0.1:9093", protocol=protocol, user="fenghuo-engine", password="secret-of-ours"
    )
    credentials = app_at(access).conf.broker_credentials
    assert credentials is not None
    assert credentials.protocol.value == protocol.value
    if protocol is LineProtocol.SASL_SSL:
        assert isinstance(credentials, faust.SASLCredentials)
        assert (credentials.username, credentials.password) == ("fenghuo-engine", "secret-of-ours")
        assert credentials.mechanism.value == "SCRAM-SHA-512"
        assert credentials.ssl_context is not None
        assert credentials.ssl_context.check_hostname
    assert "secret-of-ours" not in repr(credentials)


def asked_of_faust(source: Source) -> list[str]:
    """Each call that loses messages, in a file that touches Faust."""
    touches = {
        name.split(".")[0]
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    if "faust" not in touches and not source.path.startswith("streams/agents/"):
        return []
    return [
        f"{source.path}:{node.lineno} {node.func.attr}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NEVER
    ]


def test_nothing_that_loses_messages_is_called() -> None:
    """No `take`, which acknowledges what raised, and neither tables nor windows, which lose on a rebalance."""
    assert [call for source in sources("streams") for call in asked_of_faust(source)] == []
    plain = planted("import faust\nasync def agent(stream):\n    stream.take(20)\n")
    assert asked_of_faust(plain) == ["workflows/planted.py:3 take"]


CLIENTS = {"AIOKafkaConsumer", "AIOKafkaProducer", "AIOKafkaAdminClient"}


def made_without_access(source: Source) -> list[str]:
    """Each client of Kafka that is made without `**client_settings(...)`."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLIENTS
        if not any(
            keyword.arg is None
            and isinstance(keyword.value, ast.Call)
            and isinstance(keyword.value.func, ast.Name)
            and keyword.value.func.id == "client_settings"
            for keyword in node.keywords
        )
    ]


def test_no_client_forgets_the_line() -> None:
    """Every client of the program takes its addresses, its certificates and its name from the one place."""
    assert [place for source in sources("streams") for place in made_without_access(source)] == []
    forgetful = "consumer = AIOKafkaConsumer('reports', bootstrap_servers=brokers)"
    assert made_without_access(planted(forgetful)) == ["workflows/planted.py:1"]
    assert made_without_access(planted("AIOKafkaProducer(**client_settings(brokers), acks='all')")) == []
