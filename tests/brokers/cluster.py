"""Three Kafka nodes, broker and controller each, as production has them: certificates, users, and no right by default.

Clients come over SASL_SSL with SCRAM, the nodes talk with certificates, the authorizer of Kafka itself says who may do
what, and `admin` may do everything. Single nodes are stopped, killed and frozen through `nodes`.
"""

import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker.access import Access, LineProtocol, client_settings
from tests.brokers.certificates import Authority
from tests.brokers.kafka import KafkaBroker, fetch_kafka
from tests.servers import ServerUnavailable, free_port, skip_unless_ci

NODES = (1, 2, 3)
ADMIN = "admin"
USERS = (
    ADMIN,
    "fenghuo-gateway",
    "fenghuo-engine",
    "fenghuo-monitoring",
    "unit-nanan-fire",
    "unit-nanan-medical",
    "grid-nanan",
    "nobody",  # has a password and no right at all
)
_PORTS_A_NODE = 3
_NODE_NAME = "kafka-node"


# Internal topics with three copies and few partitions; the broker's own minimum is 1, so that 2 must come from us.
_COPIES = """\
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=3
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
"""


class KafkaCluster:
    """Three nodes on 127.0.0.1 that keep ports, data, users and rights over every stop, kill and start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = Authority(folder / "authority")
        self._first_port = free_port(_PORTS_A_NODE * len(NODES))
        self._passwords = {user: secrets.token_hex(8) for user in USERS}
        self._cluster_id = "F" + secrets.token_urlsafe(16)[:21]
        certificate, key = self._authority.issue(_NODE_NAME)
        self._keystore = folder / "node.pem"
        self._keystore.write_bytes(key.read_bytes() + certificate.read_bytes())
        self.nodes = {number: self._node(folder / str(number), number) for number in NODES}

    @property
    def addresses(self) -> str:
        """`host:port` of each node, with commas."""
        return ",".join(node.bootstrap_servers for node in self.nodes.values())

    @property
    def ca_file(self) -> Path:
        """Who signed the nodes' certificates."""
        return self._authority.ca_file

    def password_of(self, user: str) -> str:
        """The password that the cluster knows."""
        return self._passwords[user]

    def access(self, user: str = ADMIN, **changes: object) -> Access:
        """How this user comes in."""
        whole: dict[str, object] = {
            "addresses": self.addresses,
            "protocol": LineProtocol.SASL_SSL,
            "user": user,
            "password": self._passwords[user],
            "ca_file": self.ca_file,
        }
        return Access(**(whole | changes))  # type: ignore[arg-type]  # tests change any field

    def start(self) -> None:
        """Start every node that does not run, and return once they serve."""
        if not (self._folder / "1" / "data").exists():
            self._format()
        starting = [(node, node.launch()) for node in self.nodes.values() if not node.is_running]
        for node, said in starting:
            node.await_ready(said)

    def _format(self) -> None:
        """Storage for all, by one run of the tool: the nodes' differ in nothing but two lines of meta.properties."""
        self.nodes[1].format()
        for number in NODES[1:]:
            data = self._folder / str(number) / "data"
            shutil.copytree(self._folder / "1" / "data", data)
            kept = [line for line in _lines_of(data) if not line.startswith(("node.id=", "directory.id="))]
            own = [f"node.id={number}", f"directory.id=F{secrets.token_urlsafe(16)[:21]}"]
            (data / "meta.properties").write_text("\n".join([*kept, *own]) + "\n")

    def remove(self) -> None:
        """End all of it at once; its data are of no use to anybody."""
        for node in self.nodes.values():
            node.kill()

    @asynccontextmanager
    async def admin(self, user: str = ADMIN) -> AsyncIterator[AIOKafkaAdminClient]:
        """An admin client of this user."""
        client = AIOKafkaAdminClient(**client_settings(self.access(user)))
        try:
            await client.start()
            yield client
        finally:
            await client.close()

    def _node(self, folder: Path, number: int) -> KafkaBroker:
        folder.mkdir(parents=True)
        (folder / "server.properties").write_text(
            _settings(folder, number, self._first_port, self._keystore, self.ca_file)
        )
        scram = [f"SCRAM-SHA-512=[name={user},password={word}]" for user, word in self._passwords.items()]
        arguments = [word for one in scram for word in ("--add-scram", one)]
        (folder / "format").write_text("\n".join(["-t", self._cluster_id, *arguments]) + "\n")
        return KafkaBroker(folder, _port(self._first_port, number, 0))


def _port(first_port: int, node: int, listener: int) -> int:
    return first_port + _PORTS_A_NODE * (node - 1) + listener


def _settings(folder: Path, number: int, first_port: int, keystore: Path, ca_file: Path) -> str:
    """The server.properties of one node."""

    def at(node: int, listener: int) -> str:
        return f"127.0.0.1:{_port(first_port, node, listener)}"

    client, internal, controller = (at(number, listener) for listener in range(_PORTS_A_NODE))
    voters = ",".join(f"{node}@{at(node, 2)}" for node in NODES)
    return f"""\
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
listeners=CLIENT://{client},INTERNAL://{internal},CONTROLLER://{controller}
advertised.listeners=CLIENT://{client},INTERNAL://{internal}
listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL
inter.broker.listener.name=INTERNAL
log.dirs={folder}/data
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={ca_file}
listener.name.internal.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:CN={_NODE_NAME};User:{ADMIN}
{_COPIES}"""


def _lines_of(data: Path) -> list[str]:
    return (data / "meta.properties").read_text().splitlines()


@pytest.fixture(scope="session")
def kafka_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """A running cluster for the whole run, without topics: whoever ends a node starts it again."""
    try:
        fetch_kafka()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    cluster = KafkaCluster(tmp_path_factory.mktemp("kafka-cluster"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
