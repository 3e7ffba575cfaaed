"""How every Kafka client of ours reaches its brokers: at which addresses, over what kind of line, and as whom.

The only room that makes clients' security settings, so that no client can be forgotten. Never in here: which principal
may do what (that is acls.py), or where the settings come from (that is streams/settings_kafka.py).
"""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class LineProtocol(StrEnum):
    """What kind of line, in Kafka's own words. A password never travels a line that is not encrypted."""

    PLAINTEXT = "PLAINTEXT"  # whoever reaches the port may read along
    SSL = "SSL"  # encrypted; who we are says our certificate, if the broker asks for one
    SASL_SSL = "SASL_SSL"  # encrypted; who we are says a user and password


class Mechanism(StrEnum):
    """How a password is proved without being sent."""

    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Brokers at the end of an encrypted line. Shown to people as its addresses alone."""

    addresses: str
    protocol: LineProtocol
    mechanism: Mechanism = Mechanism.SCRAM_SHA_512
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def __str__(self) -> str:
        """`host:port,host:port`, nothing secret."""
        return self.addresses


# Addresses alone (host:port, several with commas) are brokers on an open line.
Brokers = str | Access


def client_settings(brokers: Brokers) -> dict[str, Any]:
    """What every client of aiokafka is made with: `AIOKafkaProducer(**client_settings(brokers), ...)`.

    Certificates are read from their files now, so that a client made later has the renewed ones. Raises OSError or
    ssl.SSLError when a file cannot be used; the settings were checked at start, so somebody broke it since.
    """
    if isinstance(brokers, str):
        return {"bootstrap_servers": brokers}
    made: dict[str, Any] = {
        "bootstrap_servers": brokers.addresses,
        "security_protocol": brokers.protocol.value,
        "ssl_context": context_of(brokers),
    }
    if brokers.protocol is LineProtocol.SASL_SSL:
        made["sasl_mechanism"] = brokers.mechanism.value
        made["sasl_plain_username"] = brokers.user
        made["sasl_plain_password"] = brokers.password
    return made


def context_of(brokers: Access) -> ssl.SSLContext:
    """As `ssl_context`, of its files."""
    return ssl_context(brokers.ca_file, brokers.certificate_file, brokers.key_file)


def ssl_context(ca_file: Path | None, certificate_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """Trusts `ca_file` alone (None: whom this machine trusts), checks host names, shows our certificate if given.

    Raises OSError or ssl.SSLError (an OSError too) when a file is missing or is not PEM.
    """
    context = ssl.create_default_context(cafile=ca_file)
    if certificate_file is not None:
        context.load_cert_chain(certificate_file, key_file)
    return context
