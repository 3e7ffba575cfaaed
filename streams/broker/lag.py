"""Lag: how many records of each topic the engine's group has not committed, by Kafka's own word.

The database, not Kafka, says what was processed; this is what those see who watch Kafka. Tansu may tell an end too low
and never too high, so there the lag is at worst too small. Reads only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker import groups
from streams.broker.access import Brokers, client_settings


async def measure(brokers: Brokers, group: str, topics: Sequence[str]) -> Mapping[str, int]:
    """Records between what the group has committed and the end, for each topic that exists.

    A partition of which nothing was committed counts from its oldest record. Raises KafkaError.
    """
    partitions, committed = await _committed(brokers, group, topics)
    consumer = AIOKafkaConsumer(**client_settings(brokers), group_id=None, enable_auto_commit=False)
    try:
        await consumer.start()
        first = await consumer.beginning_offsets(partitions) if partitions else {}
        ends = await consumer.end_offsets(partitions) if partitions else {}
    finally:
        await consumer.stop()
    lag = Counter({partition.topic: 0 for partition in partitions})
    for partition in partitions:
        lag[partition.topic] += max(0, ends[partition] - max(committed.get(partition, 0), first[partition]))
    return lag


async def _committed(
    brokers: Brokers, group: str, topics: Sequence[str]
) -> tuple[list[TopicPartition], Mapping[tuple[str, int], int]]:
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        # To describe an unknown topic to Tansu would create it.
        existing = [topic for topic in await admin.list_topics() if topic in topics]
        described = await admin.describe_topics(existing) if existing else []
        partitions = [
            TopicPartition(one["topic"], partition["partition"])
            for one in described
            for partition in one["partitions"]
        ]
        found = await groups.committed(admin, group, partitions)
    finally:
        await admin.close()
    return partitions, found
