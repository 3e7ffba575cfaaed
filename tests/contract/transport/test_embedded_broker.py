"""The embedded broker starts quickly, is a cluster of its own each time, and never outlives its program."""

import asyncio
import os
import signal
import socket
import subprocess
import sys

import pytest
import uvloop
from aiokafka.errors import KafkaError

from streams.broker.embedded import BrokerNotStarted, EmbeddedBroker, cluster_id
from tests.contract.transport.worker import fill, new_topic, until

PROGRAM = """
import asyncio
from streams.broker.embedded import EmbeddedBroker

async def main():
    async with EmbeddedBroker() as broker:
        print(broker.process_id, flush=True)
        await broker.wait()

asyncio.run(main())
"""


async def test_serves_under_its_own_cluster_id() -> None:
    """Once started it takes messages, and clients read the id that the program was told."""
    async with EmbeddedBroker() as broker:
        assert await cluster_id(broker.brokers) == broker.cluster_id
        await fill(broker.brokers, await new_topic(broker.brokers), [b"taken"])


async def test_each_start_is_another_cluster() -> None:
    """Two brokers run side by side under different ids, and so do two starts of one."""
    async with EmbeddedBroker() as one, EmbeddedBroker() as two:
        ids = {one.cluster_id, two.cluster_id}
        assert one.port != two.port
        await one.stop()
        await one.start()
        assert len({*ids, one.cluster_id}) == 3


async def test_only_this_machine_can_reach_it() -> None:
    """It listens on the loopback address alone."""
    async with EmbeddedBroker() as broker:
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", broker.port))  # would be taken by a broker that listens on every address


async def test_its_death_is_noticed() -> None:
    """`wait` returns when the broker is killed, with the signal that did it."""
    async with EmbeddedBroker() as broker:
        assert broker.process_id is not None
        os.kill(broker.process_id, signal.SIGKILL)
        assert await broker.wait() == -signal.SIGKILL


async def test_stopping_twice_is_stopping_once() -> None:
    """After a stop nobody answers, and another stop does nothing."""
    broker = EmbeddedBroker()
    await broker.start()
    await broker.stop()
    await broker.stop()
    with pytest.raises(KafkaError):
        await cluster_id(broker.brokers)


async def test_a_taken_port_is_reported() -> None:
    """A port that was asked for and is in use ends the start with what the broker said about it."""
    async with EmbeddedBroker() as first:
        second = EmbeddedBroker(port=first.port)
        with pytest.raises(BrokerNotStarted, match="in use"):
            await second.start()
        assert second.process_id is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
async def test_dies_with_a_program_that_is_killed() -> None:
    """kill -9 of the program leaves no broker behind."""
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    broker = int(await asyncio.to_thread(program.stdout.readline))
    assert _is_running(broker)
    program.kill()
    program.wait()
    program.stdout.close()
    await until(lambda: not _is_running(broker))


def test_runs_on_uvloop() -> None:
    """The production loop can start it as well as asyncio's own."""

    async def main() -> bool:
        async with EmbeddedBroker() as broker:
            return await cluster_id(broker.brokers) == broker.cluster_id

    assert uvloop.run(main())


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process_id}/stat") as status:  # noqa: PTH123 - a file of the kernel, not of ours
        return status.read().rsplit(")", 1)[1].split()[0] != "Z"
