"""Groups: what Kafka says of a consumer group. Reads only; an administrator's client is the caller's.

A Kafka that never had a group answers that nobody looks after groups, and begins to when first asked; one that has just
lost a node says the same for seconds. Whoever asks here is told once there is an answer, half a minute later at most.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, for_code

_ANSWERED_WITHIN_SECONDS = 30
_ASK_AGAIN_SECONDS = 0.2
Answer = TypeVar("Answer")


async def state(admin: Any, group: str) -> str:  # noqa: ANN401 - aiokafka has no types
    """Kafka's word for it: Stable, Empty, Dead (there is no such group) and so on. Raises KafkaError."""

    async def described() -> str:
        (answer,) = await admin.describe_consumer_groups([group])
        ((code, _name, found, *_),) = answer.groups
        if code:
            raise for_code(code)(f"Kafka does not describe the group {group!r}")
        return str(found)

    return await _answered(described)


async def committed(
    admin: Any,  # noqa: ANN401 - as above
    group: str,
    partitions: Iterable[tuple[str, int]],
) -> dict[tuple[str, int], int]:
    """The group's offsets; a partition without one is left out. Raises KafkaError."""
    # Named one by one: asked for all that there is, Tansu gives no answer that a client can read.
    wanted = [TopicPartition(*partition) for partition in partitions]
    if not wanted:
        return {}
    found = await _answered(lambda: admin.list_consumer_group_offsets(group, partitions=wanted))
    return {(one.topic, one.partition): at.offset for one, at in found.items() if at.offset >= 0}


async def _answered(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    until = time.monotonic() + _ANSWERED_WITHIN_SECONDS
    while True:
        try:
            return await ask()
        except KafkaError as unanswered:
            if not unanswered.retriable or time.monotonic() > until:
                raise
        await asyncio.sleep(_ASK_AGAIN_SECONDS)
