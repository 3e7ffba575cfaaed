"""Brokers: how a command finds the broker, or says what to do when none answers.

Apart from `doors`, since whoever only reads the database need not load a client of Kafka.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from aiokafka.errors import KafkaError

from streams.broker.access import Brokers
from streams.broker.embedded import cluster_id
from streams.check import Cluster
from streams.cli.doors import settings_of_command
from streams.cli.terminal import CannotDo
from streams.program import running
from streams.settings import Settings

T = TypeVar("T")


def brokers_of(settings: Settings) -> Brokers:
    """Where the broker is: of the settings, else of the program that runs in the data folder. Raises CannotDo."""
    if not settings.has_own_broker:
        return settings.brokers
    found = running.find(settings.data_dir)
    if found is None:
        raise CannotDo(
            f"no program runs in {settings.data_dir}, and its broker lives with it; "
            "start `fenghuo run` in another shell, or set FENGHUO_BROKER_URL=kafka://host:port"
        )
    return found.brokers


def with_brokers(work: Callable[[Brokers], Awaitable[T]]) -> T:
    """Do this work at the broker. Raises CannotDo when none answers."""
    brokers = brokers_of(settings_of_command())

    async def within() -> T:
        try:
            return await work(brokers)
        except KafkaError as away:
            raise CannotDo(
                f"no broker answers at {brokers} ({type(away).__name__}); start it or set FENGHUO_BROKER_URL"
            ) from away

    return asyncio.run(within())


async def cluster_if_any(settings: Settings) -> Cluster | None:
    """The cluster that answers now; None when none does."""
    with suppress(CannotDo, KafkaError):
        brokers = brokers_of(settings)
        return Cluster(brokers, await cluster_id(brokers))
    return None
