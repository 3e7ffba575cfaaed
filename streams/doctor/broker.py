"""Broker: does it answer, and are the topics as the catalogue wants them: partitions, cleanup, copies in step?"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.broker import topics
from streams.broker.access import Brokers, client_settings
from streams.broker.topics import CATALOGUE, Admin, Scale
from streams.doctor.finding import Finding
from streams.settings import Profile, Settings

_ANSWER_WITHIN_SECONDS = 15.0


async def findings(settings: Settings, brokers: Brokers) -> list[Finding]:
    """What keeps the program from its broker."""
    scale = Scale.PRODUCTION if settings.profile is Profile.PRODUCTION else Scale.EMBEDDED
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            return await _looked_at(brokers, scale)
    except (KafkaError, OSError) as away:  # TimeoutError is an OSError
        reason = str(away) or f"no answer within {_ANSWER_WITHIN_SECONDS:g} s"
        fix = "start it, or set FENGHUO_BROKER_URL and FENGHUO_KAFKA_*"
        return [Finding(f"no broker can be had at {brokers}: {type(away).__name__}: {reason}", fix)]


async def _looked_at(brokers: Brokers, scale: Scale) -> list[Finding]:
    admin: Admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()  # type: ignore[attr-defined] # of the client itself, not of what the topics need
        changes = await topics.plan(admin, scale)
        found = [
            Finding(str(change), "fenghuo topics apply") for change in changes if not change.is_left_alone
        ]
        present = set(await admin.list_topics())
        described = await admin.describe_topics(
            [one.topic.value for one in CATALOGUE if one.topic in present]
        )
        return found + [one for topic in described for one in copy_findings(topic, scale.copies)]
    finally:
        await admin.close()  # type: ignore[attr-defined] # as above


def copy_findings(topic: Mapping[str, Any], wanted: int) -> Iterator[Finding]:
    """Too few copies of a topic's partitions, or copies that lag behind; `topic` as Kafka describes it."""
    name, partitions = topic["topic"], topic["partitions"]
    if wanted == 1 or not partitions:
        return
    fewest = min(len(one["replicas"]) for one in partitions)
    if fewest < wanted:
        fix = f"kafka-reassign-partitions.sh with a plan that gives {name} {wanted} replicas"
        yield Finding(f"{name}: {fewest} copies, {wanted} are wanted; a broken disk could lose reports", fix)
    lagging = sum(len(one["isr"]) < len(one["replicas"]) for one in partitions)
    if lagging:
        fix = "kafka-topics.sh --describe --under-replicated-partitions; start the broker that is away"
        yield Finding(f"{name}: copies of {lagging} partitions are not in step", fix)
