"""The embedded broker for tests: one Tansu per run, shared by tests that use topic and group names of their own.

It is started without `streams.broker.embedded`, so that a fault there fails its own tests and not all others.
"""

import secrets
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from streams.broker.embedded import BrokerNotStarted, find_program
from tests.servers import free_port, skip_unless_ci, tied_to_us

_READY_SECONDS = 10


class Tansu:
    """A memory-only broker on 127.0.0.1; all in it is lost when it ends. The next on its port is another cluster."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.cluster_id = f"test-{secrets.token_hex(4)}"
        address = f"tcp://127.0.0.1:{self.port}"
        command = [str(find_program()), "broker", "--cluster-id", self.cluster_id]
        command += ["--listener-url", address, "--advertised-listener-url", address]
        command += ["--storage-engine", "memory://tansu/"]
        self._process = subprocess.Popen(
            tied_to_us(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await_ready()

    @property
    def brokers(self) -> str:
        """`host:port` for clients."""
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it; its messages are gone."""
        self._process.kill()
        self._process.wait()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        self.stop()
        raise RuntimeError(f"Tansu on {self.brokers} did not come up")


@pytest.fixture(scope="session")
def tansu() -> Iterator[Tansu]:
    """A running Tansu, shared by the whole run: use topic and group names of your own."""
    try:
        find_program()
    except BrokerNotStarted as missing:
        skip_unless_ci(str(missing))
    broker = Tansu()
    yield broker
    broker.stop()
