"""Preparation: what must be there before a worker may read - schema, cluster, topics - waited for or made.

The embedded profile makes what is missing. Production waits for it and says in readiness which command makes it:
many workers start at once there, and whether to change a database or a cluster is a person's decision.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.broker import topics
from streams.broker.access import Brokers, client_settings
from streams.broker.embedded import cluster_id
from streams.broker.topics import Difference, Scale
from streams.errors import Transient
from streams.log import LogEvent
from streams.program.readiness import Component, Readiness
from streams.store.database import Database
from streams.store.revision import is_current

_ASK_AGAIN_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.05
_log = structlog.get_logger()


async def prepare_database(database: Database, readiness: Readiness, *, may_upgrade: bool) -> None:
    """Return once the schema is that of this version; brings it there itself if it may."""
    while True:
        try:
            if may_upgrade:
                from streams.store.migrations import upgrade  # noqa: PLC0415 - Alembic, which no production needs here

                await upgrade(database)
            if await is_current(database):
                readiness.ready(Component.DATABASE)
                return
            readiness.waiting(
                Component.DATABASE, "the schema is not of this version; run `fenghuo db upgrade`"
            )
        except Transient as away:
            readiness.waiting(Component.DATABASE, str(away))
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


async def take_step(step: Callable[[], Awaitable[None]], readiness: Readiness) -> None:
    """A step of the start that needs the database; taken again, from its beginning, while the database is away."""
    while True:
        try:
            await step()
        except Transient as away:
            readiness.waiting(Component.DATABASE, str(away))
        else:
            readiness.ready(Component.DATABASE)
            return
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


async def cluster_of(brokers: Brokers, readiness: Readiness) -> str:
    """The id of the cluster that these brokers are; waits until one answers."""
    while True:
        try:
            found = await cluster_id(brokers)
        except KafkaError as away:
            readiness.waiting(Component.BROKER, f"no broker answers at {brokers}: {type(away).__name__}")
        else:
            return found
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


async def prepare_topics(brokers: Brokers, readiness: Readiness, *, scale: Scale) -> None:
    """Return once the topics are as the catalogue wants them; in production somebody else makes them."""
    while True:
        try:
            missing = await _missing_topics(brokers, scale)
        except KafkaError as away:
            missing = f"no broker answers at {brokers}: {type(away).__name__}"
        if missing is None:
            readiness.ready(Component.BROKER)
            return
        readiness.waiting(Component.BROKER, missing)
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


async def _missing_topics(brokers: Brokers, scale: Scale) -> str | None:
    admin = AIOKafkaAdminClient(**client_settings(brokers))
    try:
        await admin.start()
        if scale is Scale.EMBEDDED:
            for change in await topics.apply(admin, scale):
                _log.debug(LogEvent.TOPIC_CHANGED, topic=change.spec.topic.value, change=str(change))
            await _until_shown(admin, scale)
            return None
        changes = await topics.plan(admin, scale)
    finally:
        await admin.close()
    wrong = [change for change in changes if not change.is_left_alone]
    if wrong:
        # Kafka hides from a principal what it has no right to.
        hint = (
            ", or, if it exists, `fenghuo topics acls`"
            if wrong[0].difference is Difference.IS_MISSING
            else ""
        )
        return f"{wrong[0]}; run `fenghuo topics apply`{hint}"
    for change in changes:
        _log.warning(LogEvent.TOPIC_DIFFERS, topic=change.spec.topic.value, change=str(change))
    return None


async def _until_shown(admin: AIOKafkaAdminClient, scale: Scale) -> None:
    """Kafka says yes to a new topic before its brokers show it, and whoever joins a group then gets none of it."""
    while True:
        changes = await topics.plan(admin, scale)
        if all(change.is_left_alone for change in changes):
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
