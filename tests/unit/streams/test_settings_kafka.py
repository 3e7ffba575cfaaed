"""The line to Kafka: what is made of its settings, and what contradicts itself and is refused at start."""

import ssl
from pathlib import Path

import pytest

from streams.broker.access import Access, client_settings
from streams.errors import SettingsRefused
from streams.settings import Settings, load_settings
from tests.brokers.certificates import Authority

KAFKA = {"broker_url": "kafka://kafka-1:9093,kafka-2:9093"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def secured(authority: Authority, **changes: object) -> dict[str, object]:
    whole = {
        **KAFKA,
        "kafka_protocol": "SASL_SSL",
        "kafka_user": "fenghuo-engine",
        "kafka_password": "hunter2",
        "kafka_ca_file": authority.ca_file,
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def refused(**settings: object) -> list[str]:
    with pytest.raises(SettingsRefused) as caught:
        load_settings(None, **settings)
    return [problem.split(":")[0] for problem in caught.value.problems]


def test_without_a_word_the_line_is_open() -> None:
    """Addresses alone reach brokers that ask for nothing."""
    brokers = load_settings(None, **KAFKA).brokers
    assert client_settings(brokers) == {"bootstrap_servers": "kafka-1:9093,kafka-2:9093"}


def test_a_secured_line_carries_everything(authority: Authority) -> None:
    """Every client gets the protocol, a context that checks names and the authority, the user and the password."""
    made = client_settings(load_settings(None, **secured(authority)).brokers)
    context = made.pop("ssl_context")
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert [one["subject"] for one in context.get_ca_certs()] == [((("commonName", "test authority"),),)]
    assert made == {
        "bootstrap_servers": "kafka-1:9093,kafka-2:9093",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "fenghuo-engine",
        "sasl_plain_password": "hunter2",
    }


def test_the_password_may_lie_in_a_file(authority: Authority, tmp_path: Path) -> None:
    """The file has the password and nothing else, save the line's end that editors leave."""
    file = tmp_path / "password"
    file.write_text("from-a-file\n")
    settings = load_settings(None, **secured(authority, kafka_password=None, kafka_password_file=file))
    assert client_settings(settings.brokers)["sasl_plain_password"] == "from-a-file"


def test_a_certificate_may_say_who_we_are(authority: Authority) -> None:
    """On a line of SSL the certificate is all; no user goes to the broker."""
    certificate, key = authority.issue("fenghuo-engine")
    brokers = load_settings(
        None, **KAFKA, kafka_protocol="SSL", kafka_certificate_file=certificate, kafka_key_file=key
    ).brokers
    assert client_settings(brokers).keys() == {"bootstrap_servers", "security_protocol", "ssl_context"}


@pytest.mark.parametrize(
    ("changes", "variables"),
    [
        ({"kafka_user": None}, ["FENGHUO_KAFKA_USER"]),
        ({"kafka_password": None}, ["FENGHUO_KAFKA_PASSWORD_FILE"]),
        ({"kafka_password_file": __file__}, ["FENGHUO_KAFKA_PASSWORD"]),
        ({"kafka_password": None, "kafka_password_file": "/nowhere"}, ["FENGHUO_KAFKA_PASSWORD_FILE"]),
        ({"kafka_password": None, "kafka_password_file": "/dev/null"}, ["FENGHUO_KAFKA_PASSWORD_FILE"]),
        ({"kafka_ca_file": "/nowhere.pem"}, ["FENGHUO_KAFKA_CA_FILE"]),
        ({"kafka_ca_file": __file__}, ["FENGHUO_KAFKA_CA_FILE"]),
        ({"kafka_certificate_file": __file__}, ["FENGHUO_KAFKA_CERTIFICATE_FILE"]),
        ({"kafka_key_file": __file__}, ["FENGHUO_KAFKA_CERTIFICATE_FILE"]),
        ({"kafka_protocol": "SASL_PLAINTEXT"}, ["FENGHUO_KAFKA_PROTOCOL"]),
        ({"kafka_mechanism": "PLAIN"}, ["FENGHUO_KAFKA_MECHANISM"]),
        ({"kafka_protocol": "SSL"}, ["FENGHUO_KAFKA_USER", "FENGHUO_KAFKA_PASSWORD"]),
        (
            {"kafka_protocol": "PLAINTEXT"},
            ["FENGHUO_KAFKA_USER", "FENGHUO_KAFKA_PASSWORD", "FENGHUO_KAFKA_CA_FILE"],
        ),
        ({"broker_url": "memory://"}, ["FENGHUO_KAFKA_PROTOCOL"]),
    ],
)
def test_what_contradicts_itself_is_refused(
    authority: Authority, changes: dict[str, object], variables: list[str]
) -> None:
    """Each setting that another one contradicts, or whose file cannot be used, is named."""
    found = refused(**secured(authority, **changes))
    # The wrong word itself is told first; what follows from the default in its place is told too.
    assert found[: len(variables)] == variables


PRODUCTION = {
    "profile": "production",
    "role": "engine",
    "database_url": "postgresql+asyncpg://fenghuo@db/fenghuo",
    "token": "a-secret-of-this-city-alone",
    "signing_keys": "keys.toml",
}


@pytest.mark.parametrize(
    ("changes", "variables"),
    [
        ({}, ["FENGHUO_KAFKA_PROTOCOL"]),
        ({"kafka_open": True}, []),
        ({"broker_url": "kafka://127.0.0.1:9092,localhost:9093,[::1]:9094"}, []),
        ({"broker_url": "kafka://localhost:9093,kafka-2:9093"}, ["FENGHUO_KAFKA_PROTOCOL"]),
        ({"broker_url": "kafka://localhost.city.example:9093"}, ["FENGHUO_KAFKA_PROTOCOL"]),
        ({"kafka_protocol": "SSL"}, []),
        ({"kafka_protocol": "SSL", "kafka_open": True}, ["FENGHUO_KAFKA_OPEN"]),
    ],
)
def test_in_production_an_open_line_is_somebodys_word(
    changes: dict[str, object], variables: list[str]
) -> None:
    """Anybody on the network could read reports and write decisions: refused, unless it does not leave the machine."""
    given = {**KAFKA, **PRODUCTION, **changes}
    if variables:
        assert refused(**given) == variables
    else:
        load_settings(None, **given)


def test_no_password_is_shown(authority: Authority) -> None:
    """Neither `config show` nor a log line that has the brokers in it tells the password."""
    settings: Settings = load_settings(None, **secured(authority))
    assert isinstance(settings.brokers, Access)
    told = f"{settings.shown()} {settings.brokers} {settings.brokers!r} {settings!r}"
    assert "hunter2" not in told
    assert str(settings.brokers) == "kafka-1:9093,kafka-2:9093"
