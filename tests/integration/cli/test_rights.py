"""`fenghuo topics acls` where rights cannot be given: it says so, and changes nothing."""

import pytest

from tests.brokers.kafka import KafkaBroker
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo


def test_a_scope_that_is_none_is_refused(fenghuo: Fenghuo, broker: Tansu) -> None:
    """A word that is not SCOPE=PRINCIPAL is told with the scopes that there are."""
    said = fenghuo("topics", "acls", "--for", "boss=nanan")
    assert (said.code, said.answer) == (2, "")
    assert "'boss=nanan' is not SCOPE=PRINCIPAL" in said.remarks
    assert "data_team" in said.remarks


def test_the_embedded_broker_gives_no_rights(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker of our own knows no rights, and the command says so."""
    monkeypatch.setenv("FENGHUO_BROKER_URL", "memory://")
    said = fenghuo("topics", "acls", "--apply")
    assert (said.code, said.answer) == (2, "")
    assert "knows no rights" in said.remarks


@pytest.mark.kafka
def test_a_kafka_without_an_authorizer_gives_no_rights(
    fenghuo: Fenghuo, kafka_broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open Kafka is told apart from one that has everything: nobody could be kept out there."""
    monkeypatch.setenv("FENGHUO_BROKER_URL", f"kafka://{kafka_broker.bootstrap_servers}")
    said = fenghuo("topics", "acls")
    assert (said.code, said.answer) == (2, "")
    assert "SecurityDisabled" in said.remarks
