"""A real Apache Kafka broker for tests: started once per run, killed and restarted by those who test faults.

kafka.sh beside this file knows how to fetch, format and run Kafka; this module drives it from Python and ties
the broker's life to the test run's. Never in here: names of our topics (tests pass them in), or a stand-in.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.servers import ServerUnavailable, free_port, log_tail, skip_unless_ci, tied_to_us

_SCRIPT = Path(__file__).with_name("kafka.sh")
# Read when the plugin is loaded: tests/conftest.py makes the run forget every FENGHUO_ variable right after,
# and with it FENGHUO_KAFKA_HOME, where this machine keeps the jars.
_ENVIRONMENT = dict(os.environ)
_READY = b"Kafka Server started"
_FETCH_SECONDS = 600  # 43 MB of jars; 26 s seen with nothing cached
_READY_SECONDS = 180  # 3 s seen on two free cores, 60 s and more with others at work on them
_STOP_SECONDS = 30


class KafkaBroker:
    """One Kafka node on 127.0.0.1 that keeps its port, cluster id and data over stop, kill and start."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self._port = port or free_port(2)  # the controller takes the port above
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """`host:port`, the same over the broker's whole life."""
        return f"127.0.0.1:{self._port}"

    @property
    def log(self) -> Path:
        """What the broker said since it was first formatted."""
        return self._folder / "broker.log"

    def start(self) -> None:
        """Start the broker on the data it has and return once it serves; blocks for seconds.

        Raises RuntimeError with the end of the broker's log if it does not come up: a failure, never a skip.
        """
        self.await_ready(self.launch())

    def format(self) -> None:
        """Give it storage, as `start` does where there is none. Raises CalledProcessError; its log says why."""
        command = [str(_SCRIPT), "format", str(self._folder), str(self._port)]
        subprocess.run(command, stdin=subprocess.DEVNULL, env=_ENVIRONMENT, check=True)

    def launch(self) -> int:
        """Begin to start it and return at once: how long its log was before, for `await_ready`."""
        if self._process is not None:
            raise RuntimeError(f"Kafka on {self.bootstrap_servers} runs already; stop or kill it first")
        said = self.log.stat().st_size if self.log.exists() else 0
        command = tied_to_us([str(_SCRIPT), "run", str(self._folder), str(self._port)])
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=_ENVIRONMENT)
        return said

    @property
    def is_running(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None

    def stop(self) -> None:
        """End the broker in good order; the data stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would (kill -9); what it had acknowledged stays in its files."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze the broker: its connections stay open and nothing answers (SIGSTOP)."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused broker go on (SIGCONT)."""
        self._running().send_signal(signal.SIGCONT)

    async def create_topics(self, partitions_by_topic: Mapping[str, int]) -> None:
        """Create the topics; the broker creates none by itself.

        Raises RuntimeError naming those it refused: such a topic exists already, or its name is not legal.
        """
        admin = await self._admin()
        try:
            topics = [NewTopic(name, count, 1) for name, count in partitions_by_topic.items()]
            answer = await admin.create_topics(topics)
        finally:
            await admin.close()
        refused = {name: why for name, code, why, *_ in answer.topic_errors if code}
        if refused:
            raise RuntimeError(f"Kafka refused to create topics: {refused}")

    async def cluster_id(self) -> str:
        """The id that this broker's storage was formatted with: fresh data has a fresh one."""
        admin = await self._admin()
        try:
            return str((await admin.describe_cluster())["cluster_id"])
        finally:
            await admin.close()

    async def _admin(self) -> AIOKafkaAdminClient:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        await admin.start()
        return admin

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"Kafka on {self.bootstrap_servers} is not running; start it first")
        return self._process

    def await_ready(self, said: int) -> None:
        """Return once it serves; see `start`."""
        # The port opens before the broker serves, so wait for its own words, spoken since this start.
        process, deadline = self._running(), time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.log.exists() and _READY in self.log.read_bytes()[said:]:
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"Kafka on {self.bootstrap_servers} did not come up:\n{log_tail(self.log)}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.send_signal(signal.SIGCONT)  # a paused broker hears SIGTERM only once it goes on
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


async def delete_topics(bootstrap_servers: str) -> None:
    """Remove every topic of ours with its records, and return once none is left."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        while names := [name for name in await admin.list_topics() if not name.startswith("__")]:
            await admin.delete_topics(names)
            await asyncio.sleep(0.05)
    finally:
        await admin.close()


def fetch_kafka() -> Path:
    """The folder with Kafka's jars, fetched on first use; may block for minutes then.

    Raises ServerUnavailable when they cannot be had here: hand its reason to `skip_unless_ci`.
    """
    if os.name != "posix" or shutil.which("java") is None:
        raise ServerUnavailable("Apache Kafka needs Java 17 or newer, and there is no `java` on PATH")
    try:
        fetched = subprocess.run(
            [_SCRIPT, "jars"],
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as late:
        raise ServerUnavailable(f"Kafka's jars did not arrive within {_FETCH_SECONDS} s") from late
    except subprocess.CalledProcessError as failed:
        raise ServerUnavailable(f"Kafka's jars cannot be fetched: {failed.stderr.strip()[-500:]}") from failed
    return Path(fetched.stdout.strip())


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A running Kafka, shared by the whole run: use topic and group names of your own, leave it running."""
    yield from _running(tmp_path_factory.mktemp("kafka"))


@pytest.fixture(scope="session")
def engines_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A running Kafka for whole engines, one test after the other: begin with `delete_topics`, leave it running."""
    yield from _running(tmp_path_factory.mktemp("engines-kafka"))


def _running(folder: Path) -> Iterator[KafkaBroker]:
    try:
        fetch_kafka()
    except ServerUnavailable as unavailable:
        skip_unless_ci(str(unavailable))
    broker = KafkaBroker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
