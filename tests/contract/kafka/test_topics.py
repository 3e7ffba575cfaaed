"""The topics of production as the brokers themselves describe them."""

import asyncio
from time import time
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from models.topics import Topic
from streams.broker.access import client_settings
from streams.broker.topics import CATALOGUE, Difference, Scale, apply, plan
from tests.brokers.cluster import KafkaCluster

_SHOWN_WITHIN_SECONDS = 20
pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


async def settings_of(admin: AIOKafkaAdminClient, topic: Topic) -> dict[str, str]:
    """What the broker says of one topic."""
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.value)])
    ((_code, _message, _kind, _name, entries, *_),) = answer.resources
    return {entry[0]: entry[1] for entry in entries}


async def shown(admin: AIOKafkaAdminClient, topic: Topic, wanted: dict[str, str]) -> None:
    """Return when the broker that is asked shows these: it may hear of a change a moment after it was made."""
    async with asyncio.timeout(_SHOWN_WITHIN_SECONDS):
        while not wanted.items() <= (await settings_of(admin, topic)).items():
            await asyncio.sleep(0.1)


async def test_every_topic_has_three_copies_of_which_two_acknowledge(city: KafkaCluster) -> None:
    """Partitions, copies, the copies that must acknowledge, and compaction are those of the catalogue."""
    async with city.admin() as admin:
        described: list[dict[str, Any]] = await admin.describe_topics([one.topic.value for one in CATALOGUE])
        found = {one["topic"]: one["partitions"] for one in described}
        for spec in CATALOGUE:
            partitions = found[spec.topic.value]
            assert len(partitions) == spec.partitions_production
            assert {len(set(partition["replicas"])) for partition in partitions} == {3}
            settings = await settings_of(admin, spec.topic)
            assert settings["min.insync.replicas"] == "2"
            assert settings["cleanup.policy"] == ("compact" if spec.is_compacted else "delete")
            assert settings["message.timestamp.type"] == "LogAppendTime"


async def test_nothing_differs_once_it_is_applied(city: KafkaCluster) -> None:
    """To plan after applying finds nothing, also for the engine, which may look and change nothing."""
    async with city.admin() as admin, city.admin("fenghuo-engine") as engine:
        assert await apply(admin, Scale.PRODUCTION) == []
        assert await plan(engine, Scale.PRODUCTION) == []


async def test_putting_right_keeps_what_an_operator_set(city: KafkaCluster) -> None:
    """A topic whose cleanup, copies and stamps were changed gets them back, and keeps the retention it was given."""
    broken = {"cleanup.policy": "delete", "min.insync.replicas": "1", "retention.ms": "86400000"}
    async with city.admin() as admin:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, Topic.RATINGS.value, broken)])
        await shown(admin, Topic.RATINGS, broken)
        assert {change.difference for change in await apply(admin, Scale.PRODUCTION)} == {
            Difference.IS_CLEANED_OTHERWISE,
            Difference.IS_ACKNOWLEDGED_EARLY,
            Difference.IS_STAMPED_BY_SENDERS,
        }
        right = {"cleanup.policy": "compact", "min.insync.replicas": "2"}
        right |= {"message.timestamp.type": "LogAppendTime", "retention.ms": "86400000"}
        await shown(admin, Topic.RATINGS, right)


async def test_a_sender_whose_clock_is_days_off_is_taken_in(city: KafkaCluster) -> None:
    """Kafka refuses what comes an hour from the future by default, and would forget what comes from last year."""
    now = time()
    producer = AIOKafkaProducer(**client_settings(city.access()))
    await producer.start()
    try:
        for days in (-400, 2):
            theirs = int((now + days * 86_400) * 1_000)
            told = await producer.send_and_wait(Topic.REPORTS.value, b"{}", timestamp_ms=theirs)
            assert abs(told.timestamp / 1_000 - now) < 60
    finally:
        await producer.stop()
