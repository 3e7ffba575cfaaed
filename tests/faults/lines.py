"""Lines: what leads from the gateway and from the workers to the database and to the broker, each to be cut by itself.

The harness's own connections go past them. Never in here: when a line is cut.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.brokers.kafka import KafkaBroker
from tests.faults.proxy import Line, Proxy
from tests.servers import free_port


@dataclass(frozen=True, slots=True)
class Lines:
    """Four proxies. Kafka tells its clients where it is reached, so each of theirs has a listener of its own there."""

    gateway_to_database: Proxy
    workers_to_database: Proxy
    gateway_to_broker: Proxy
    workers_to_broker: Proxy

    @property
    def to_database(self) -> tuple[Proxy, ...]:
        """Everybody's lines to the database."""
        return self.gateway_to_database, self.workers_to_database

    def database_url(self, role: str, url: str) -> str:
        """The URL by which a process of this role reaches the database."""
        line = self.gateway_to_database if role == "gateway" else self.workers_to_database
        head, _, rest = url.rpartition("@")
        address, _, name = rest.partition("/")
        line.target_port = int(address.rpartition(":")[2])
        return f"{head}@127.0.0.1:{line.port}/{name}"

    def broker_address(self, role: str) -> str:
        """The address by which a process of this role reaches the broker."""
        line = self.gateway_to_broker if role == "gateway" else self.workers_to_broker
        return f"127.0.0.1:{line.port}"

    def lead_to(self, kafka: KafkaBroker) -> None:
        """Give a broker that was not started yet a listener at the end of each line that leads to it."""
        named = {"GATEWAY": self.gateway_to_broker, "WORKERS": self.workers_to_broker}
        for name, line in named.items():
            line.target_port = _listening_too(kafka, name, line.port)


def _listening_too(kafka: KafkaBroker, name: str, advertised_port: int) -> int:
    """Let it listen under this name as well, for clients who are told this port; the port to lead them to."""
    kafka.format()
    properties, port = kafka.log.with_name("server.properties"), free_port()
    more = {
        "listeners": f",{name}://127.0.0.1:{port}",
        "advertised.listeners": f",{name}://127.0.0.1:{advertised_port}",
        "listener.security.protocol.map": f",{name}:PLAINTEXT",
    }
    settings = properties.read_text().splitlines()
    properties.write_text("\n".join(one + more.get(one.partition("=")[0], "") for one in settings) + "\n")
    return port


@asynccontextmanager
async def lines() -> AsyncIterator[Lines]:
    """Four that are open."""
    async with AsyncExitStack() as undo:
        drawn = [await undo.enter_async_context(Proxy(0)) for _ in range(4)]
        yield Lines(*drawn)


async def flap(line: Proxy, times: int, pause_seconds: float) -> None:
    """Cut it so many times for so long, and as long whole after each."""
    for _ in range(times):
        line.set(Line.CUT)
        await asyncio.sleep(pause_seconds)
        line.set(Line.OPEN)
        await asyncio.sleep(pause_seconds)
