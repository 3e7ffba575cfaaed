"""Feed: what the engine tells Kafka becomes deltas for every browser that looks, a few times a second.

It follows without a group, so that each gateway hears everything. A record on `incident-events` says which incident
has changed; how it stands now is read from the database, which is never behind what was published. After the broker
was lost, something may have been missed: every screen is told to load all again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import orjson
import structlog
from aiokafka.errors import KafkaError

from models.areas import area_tree
from models.topics import Topic
from streams.broker.access import Brokers
from streams.broker.reading import Read, follow
from streams.clock import Clock
from streams.cockpit.board import changed_incidents, is_of
from streams.cockpit.hub import Hubs
from streams.errors import Transient
from streams.log import LogEvent
from streams.store.database import Database

_EVERY_SECONDS = 0.3  # a delta is worth reading, and a screen repaints a few times a second
_CONNECT_AGAIN_SECONDS = 1.0
_FOLLOWED = (Topic.INCIDENT_EVENTS, Topic.HEAT_RANKINGS, Topic.RATINGS)
DELTA = "delta"
_log = structlog.get_logger()


@dataclass(slots=True)
class Changes:
    """What some records say has changed: incidents by id, heat by scope, ratings by subject, the latest of each."""

    incident_ids: set[str] = field(default_factory=set)
    heat: dict[str, orjson.Fragment] = field(default_factory=dict)
    ratings: dict[str, orjson.Fragment] = field(default_factory=dict)


class Feed:
    """One a gateway process."""

    def __init__(self, brokers: Brokers, database: Database, clock: Clock, hubs: Hubs) -> None:
        self._brokers = brokers
        self._database = database
        self._clock = clock
        self._hubs = hubs

    async def run(self) -> None:
        """Follow until cancelled; a lost broker or database is waited for."""
        while True:
            try:
                await self._follow()
            except (KafkaError, Transient) as lost:
                _log.warning(LogEvent.FEED_LOST, fault=f"{type(lost).__name__}: {lost}")
            await asyncio.sleep(_CONNECT_AGAIN_SECONDS)

    async def _follow(self) -> None:
        async with aclosing(follow(self._brokers, [topic.value for topic in _FOLLOWED])) as polls:
            await anext(polls)
            self._hubs.begin_again()
            async for records in polls:
                if records:
                    await self.tell(changes_in(records))
                    await asyncio.sleep(_EVERY_SECONDS)

    async def tell(self, changes: Changes) -> None:
        """Send every screen what concerns its area. Raises Transient when the database is away."""
        async with self._database.read() as connection:
            rows = await changed_incidents(connection, changes.incident_ids)
        now = self._clock.now()
        for area_code, hub in self._hubs.open():
            delta: dict[str, object] = {
                "rows": [row for row in rows if is_of(row, area_code)],
                "heat": changes.heat.get(area_code),
                "ratings": [told for code, told in changes.ratings.items() if is_shown_in(code, area_code)],
            }
            if any(delta.values()):
                hub.publish(DELTA, orjson.dumps(delta | {"as_of": now}))


def changes_in(records: Sequence[Read]) -> Changes:
    """What these records say has changed. Values are passed on as they are: the engine wrote them."""
    changes = Changes()
    for record in records:
        key = (record.key or b"").decode()
        match record.topic:
            case Topic.INCIDENT_EVENTS:
                changes.incident_ids.add(key)
            case Topic.HEAT_RANKINGS if record.value:
                changes.heat[key] = orjson.Fragment(record.value)
            case Topic.RATINGS if record.value:
                changes.ratings[key] = orjson.Fragment(record.value)
    return changes


def is_shown_in(subject_code: str, area_code: str) -> bool:
    """Whether a screen of this area shows the rating: of itself, of its units, and of the areas right below."""
    rated, _, _ = subject_code.partition(":")
    return rated == area_code or (rated in area_tree() and area_tree().parent(rated) == area_code)
