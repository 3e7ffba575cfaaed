"""The settings of the line to Kafka: how it is protected, who we are on it, and what of that contradicts itself.

A part of `streams.settings.Settings`, apart because these stand or fall together. Never in here: the connection itself
(that is streams/broker/access.py).
"""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from streams.broker.access import Access, Brokers, LineProtocol, Mechanism, ssl_context

# Of no use on other lines: where one is set, somebody means another line than he wrote.
_FOR_SASL = ("kafka_user", "kafka_password", "kafka_password_file")
_FOR_TLS = ("kafka_ca_file", "kafka_certificate_file", "kafka_key_file")


class KafkaSettings(BaseSettings):
    """See `.env.example`; deploy/docs/kafka.md shows a whole example."""

    kafka_protocol: LineProtocol = Field(
        LineProtocol.PLAINTEXT, description="PLAINTEXT | SSL | SASL_SSL: the line to the brokers"
    )
    kafka_open: bool = Field(
        False,
        description="production only: the line may be PLAINTEXT, since the network alone keeps others out",
    )
    kafka_mechanism: Mechanism = Field(
        Mechanism.SCRAM_SHA_512, description="SCRAM-SHA-512 | SCRAM-SHA-256: how the password is proved"
    )
    kafka_user: str | None = Field(None, min_length=1, description="of SASL_SSL: who this process is")
    kafka_password: SecretStr | None = Field(None, description="of SASL_SSL; or, better, the file")
    kafka_password_file: Path | None = Field(None, description="file with that password alone")
    kafka_ca_file: Path | None = Field(
        None, description="PEM: who signs the brokers' certificates; empty: whom this machine trusts"
    )
    kafka_certificate_file: Path | None = Field(
        None, description="PEM: our own certificate, where brokers ask"
    )
    kafka_key_file: Path | None = Field(None, description="PEM: the key of that certificate")

    def kafka_at(self, addresses: str) -> Brokers:
        """What clients need to reach the brokers at these addresses."""
        if self.kafka_protocol is LineProtocol.PLAINTEXT:
            return addresses
        return Access(
            addresses=addresses,
            protocol=self.kafka_protocol,
            mechanism=self.kafka_mechanism,
            user=self.kafka_user,
            password=self._password(),
            ca_file=self.kafka_ca_file,
            certificate_file=self.kafka_certificate_file,
            key_file=self.kafka_key_file,
        )

    def kafka_problems(
        self, broker_url: str, *, is_alone: bool, must_be_shut: bool
    ) -> Iterator[tuple[str, str]]:
        """Each field that contradicts another one, or names a file that cannot be used, and why.

        `is_alone`: the broker is the process's own. `must_be_shut`: nobody else may hear or speak on the line, unless
        it does not leave the machine or somebody said that it may be open.
        """
        if is_alone and self.kafka_protocol is not LineProtocol.PLAINTEXT:
            yield "kafka_protocol", "the embedded broker has an open line: leave it out, or name brokers"
        if must_be_shut and not is_alone:
            yield from self._openness(broker_url)
        yield from self._out_of_place()
        if self.kafka_protocol is LineProtocol.SASL_SSL:
            yield from self._credential_problems()
        yield from self._file_problems()

    def _openness(self, broker_url: str) -> Iterator[tuple[str, str]]:
        is_open = self.kafka_protocol is LineProtocol.PLAINTEXT
        if is_open and not self.kafka_open and not all(map(_is_this_machine, _hosts(broker_url))):
            yield (
                "kafka_protocol",
                "production needs SASL_SSL or SSL; an open line needs FENGHUO_KAFKA_OPEN=true",
            )
        if not is_open and self.kafka_open:
            yield "kafka_open", f"the line is {self.kafka_protocol.value}: take it away"

    def _out_of_place(self) -> Iterator[tuple[str, str]]:
        wrong: tuple[str, ...] = () if self.kafka_protocol is LineProtocol.SASL_SSL else _FOR_SASL
        if self.kafka_protocol is LineProtocol.PLAINTEXT:
            wrong += _FOR_TLS
        for name in wrong:
            if getattr(self, name) is not None:
                needed = "SASL_SSL" if name in _FOR_SASL else "SSL or SASL_SSL"
                yield name, f"is for {needed}, and FENGHUO_KAFKA_PROTOCOL is {self.kafka_protocol.value}"

    def _credential_problems(self) -> Iterator[tuple[str, str]]:
        if self.kafka_user is None:
            yield "kafka_user", "SASL_SSL needs the user"
        if self.kafka_password is None and self.kafka_password_file is None:
            yield "kafka_password_file", "SASL_SSL needs the file, or FENGHUO_KAFKA_PASSWORD"
        if self.kafka_password is not None and self.kafka_password_file is not None:
            yield "kafka_password", "is given twice, FENGHUO_KAFKA_PASSWORD_FILE too: take one away"
        try:
            if self._password() == "":
                yield "kafka_password_file", f"{self.kafka_password_file} is empty"
        except (OSError, UnicodeDecodeError) as unreadable:
            yield "kafka_password_file", f"{self.kafka_password_file} cannot be read: {unreadable}"

    def _file_problems(self) -> Iterator[tuple[str, str]]:
        if self.kafka_key_file is not None and self.kafka_certificate_file is None:
            yield "kafka_certificate_file", "a key needs its certificate"
            return
        if self.kafka_ca_file is not None:
            yield from _refusal("kafka_ca_file", self.kafka_ca_file, None, None)
        if self.kafka_certificate_file is not None:
            certificate, key = self.kafka_certificate_file, self.kafka_key_file
            yield from _refusal("kafka_certificate_file", None, certificate, key)

    def _password(self) -> str | None:
        if self.kafka_password_file is not None:
            return self.kafka_password_file.read_text(encoding="utf-8").strip()
        return None if self.kafka_password is None else self.kafka_password.get_secret_value()


def _refusal(
    name: str, ca: Path | None, certificate: Path | None, key: Path | None
) -> Iterator[tuple[str, str]]:
    try:
        ssl_context(ca, certificate, key)
    except OSError as unusable:
        yield name, f"{ca or certificate} cannot be used: {unusable}"


def _hosts(broker_url: str) -> Iterator[str]:
    for address in broker_url.removeprefix("kafka://").split(","):
        yield address.rpartition(":")[0].strip("[]")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
