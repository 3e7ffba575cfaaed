"""The shared cluster with our topics and rights on it, as `fenghuo topics apply` and `acls --apply` leave them."""

import asyncio

import pytest

from streams.broker import acls, topics
from streams.broker.acls import Scope
from streams.broker.topics import Scale
from tests.brokers.cluster import KafkaCluster

SCOPES = {
    **acls.PROGRAM,
    "unit-nanan-fire": Scope.UNIT,
    "unit-nanan-medical": Scope.UNIT,
    "grid-nanan": Scope.REPORTER,
}
GROUP = "fenghuo"


@pytest.fixture(scope="session")
def city(kafka_cluster: KafkaCluster) -> KafkaCluster:
    """Topics at production's scale, and the rights of everybody in SCOPES."""
    asyncio.run(_furnish(kafka_cluster))
    return kafka_cluster


async def _furnish(cluster: KafkaCluster) -> None:
    async with cluster.admin() as admin:
        await topics.apply(admin, Scale.PRODUCTION)
        assert not (await acls.apply(admin, SCOPES, GROUP)).too_many
