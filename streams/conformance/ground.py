"""Ground: the broker that a run plays on, and whether anybody else lives there. Where one might, nothing is sent.

Signs of an installation: the engine's group, a record on any topic but the two that the kit uses, a command that is not
a kit's. Names of its own (`prefix`) keep a run apart on a broker that is shared, and only its own topics are looked at
then. Never in here: a way to go on in spite of a sign.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from models.topics import Topic
from streams.broker import groups as consumer_groups
from streams.broker.access import Brokers, client_settings
from streams.broker.reading import read_last
from streams.broker.topics import CATALOGUE
from streams.conformance.commands import KIT_HEADER

_LOOKED_AT = 100  # of the last commands of each partition
_NOBODY = (
    "",
    "Dead",
    "Empty",
)  # nobody is in the group, or there is none: Kafka says Dead then, and Tansu Empty


class GroundRefused(Exception):
    """An installation lives on this broker, or might: take a broker of your own, or topics of your own (--prefix)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A broker, and what is put before the names of the topics there."""

    brokers: Brokers
    prefix: str = ""

    @property
    def commands(self) -> str:
        """Where the unit reads."""
        return self.prefix + Topic.DISPOSAL_COMMANDS.value

    @property
    def feedback(self) -> str:
        """Where it answers."""
        return self.prefix + Topic.DISPOSAL_FEEDBACK.value


async def prepare(ground: Ground, engine_groups: Iterable[str]) -> None:
    """Make sure that nobody lives there, and create the two topics where they are missing.

    Raises GroundRefused, and KafkaError when no broker answers.
    """
    async with _admin(ground.brokers) as admin:
        existing = set(await admin.list_topics())
        if not ground.prefix:
            await _refuse_engine(admin, engine_groups)
            await _refuse_records(ground, existing)
        if ground.commands in existing:
            await _refuse_commands(ground)
        await _create(admin, {ground.commands, ground.feedback} - existing)


async def _refuse_engine(admin: Any, groups: Iterable[str]) -> None:  # noqa: ANN401 - aiokafka has no types
    for group in groups:
        found = await consumer_groups.state(admin, group)
        if found not in _NOBODY:
            raise GroundRefused(f"the engine's group {group!r} is on this broker ({found})")


async def _refuse_records(ground: Ground, existing: set[str]) -> None:
    for topic in sorted(existing & {spec.topic.value for spec in CATALOGUE}):
        if topic not in (ground.commands, ground.feedback) and await read_last(ground.brokers, topic, 1):
            raise GroundRefused(f"the topic {topic!r} has records, so an installation uses this broker")


async def _refuse_commands(ground: Ground) -> None:
    for record in await read_last(ground.brokers, ground.commands, _LOOKED_AT):
        if KIT_HEADER not in dict(record.headers):
            where = f"{ground.commands}, partition {record.partition}, offset {record.offset}"
            raise GroundRefused(f"a command that no kit sent lies on this broker ({where})")


async def _create(admin: Any, missing: set[str]) -> None:  # noqa: ANN401 - aiokafka has no types
    if not missing:
        return
    answer = await admin.create_topics([NewTopic(name, 1, 1) for name in sorted(missing)])
    for name, code, *_ in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:  # by the unit that asked for it meanwhile
            raise GroundRefused(f"the topic {name!r} cannot be created here: {for_code(code).__name__}")


@asynccontextmanager
async def _admin(brokers: Brokers) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
