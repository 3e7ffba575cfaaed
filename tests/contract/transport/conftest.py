"""The brokers under these tests: each promise holds on Tansu and on a real Apache Kafka."""

import pytest

from tests.brokers.kafka import KafkaBroker
from tests.brokers.tansu import Tansu, tansu
from tests.contract.transport.worker import Broker

__all__ = ["tansu"]


@pytest.fixture(params=["tansu", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> Broker:
    """A running broker with the settings that suit it: Kafka allows no session timeout below 6 s."""
    running: Tansu | KafkaBroker = request.getfixturevalue(
        "tansu" if request.param == "tansu" else "kafka_broker"
    )
    if isinstance(running, Tansu):
        return Broker(
            running.brokers, session_timeout_seconds=1.0, fetch_max_wait_ms=10, answers_at_once=False
        )
    return Broker(
        running.bootstrap_servers, session_timeout_seconds=6.0, fetch_max_wait_ms=100, answers_at_once=True
    )
