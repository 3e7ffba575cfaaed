"""The catalogue of topics against a real broker: what differs is named, applied once, and nothing is taken away."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from models.topics import Topic
from streams.broker.topics import CATALOGUE, Difference, Scale, apply, plan
from tests.brokers.tansu import Tansu


@pytest.fixture
async def admin() -> AsyncIterator[AIOKafkaAdminClient]:
    """A client of an empty broker."""
    broker = Tansu()
    client = AIOKafkaAdminClient(bootstrap_servers=broker.brokers)
    await client.start()
    yield client
    await client.close()
    broker.stop()


def test_the_catalogue_has_every_topic_once() -> None:
    """Each name of the public contract has its partitions and its cleanup."""
    assert [spec.topic for spec in CATALOGUE] == list(Topic)


async def test_an_empty_broker_gets_every_topic(admin: AIOKafkaAdminClient) -> None:
    """All are missing, all are made, and then nothing differs any more."""
    before = await apply(admin, Scale.EMBEDDED)
    assert [change.spec for change in before] == list(CATALOGUE)
    assert {change.difference for change in before} == {Difference.IS_MISSING}
    assert await plan(admin, Scale.EMBEDDED) == []
    assert await apply(admin, Scale.EMBEDDED) == []
    described = await admin.describe_topics([spec.topic.value for spec in CATALOGUE])
    found = {topic["topic"]: len(topic["partitions"]) for topic in described}
    assert found == {spec.topic.value: spec.partitions_embedded for spec in CATALOGUE}


async def test_planning_makes_nothing(admin: AIOKafkaAdminClient) -> None:
    """To look is not to touch: a topic asked about does not come into being."""
    await plan(admin, Scale.EMBEDDED)
    assert await admin.list_topics() == []


async def test_differences_are_named(admin: AIOKafkaAdminClient) -> None:
    """Other numbers of partitions and another cleanup are told apart, with what was found and wanted."""
    await admin.create_topics(
        [
            NewTopic(Topic.REPORTS.value, 2, 1),
            NewTopic(Topic.DECISIONS.value, 6, 1),
            NewTopic(Topic.RATINGS.value, 1, 1),
        ]
    )
    changes = [
        change
        for change in await plan(admin, Scale.EMBEDDED)
        if change.difference is not Difference.IS_MISSING
    ]
    assert [str(change) for change in changes] == [
        "reports: has fewer partitions (found 2, wanted 4)",
        "decisions: has more partitions (found 6, wanted 4)",
        "ratings: is cleaned otherwise (found delete, wanted compact)",
    ]
    assert [change.is_left_alone for change in changes] == [False, True, False]


async def test_production_has_its_own_numbers() -> None:
    """What the design says about partitions and copies in production."""
    partitions = {spec.topic: Scale.PRODUCTION.partitions(spec) for spec in CATALOGUE}
    assert partitions.pop(Topic.PUBLIC_WARNINGS) == 4
    assert {partitions.pop(topic) for topic in (Topic.RATINGS, Topic.HEAT_RANKINGS, Topic.DEAD_LETTERS)} == {
        1
    }
    assert set(partitions.values()) == {12}
    assert [spec.topic for spec in CATALOGUE if spec.is_compacted] == [Topic.RATINGS, Topic.HEAT_RANKINGS]
    assert (Scale.EMBEDDED.copies, Scale.PRODUCTION.copies) == (1, 3)
