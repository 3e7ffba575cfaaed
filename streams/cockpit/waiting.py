"""Waiting: screens hear within half a second that a proposal of their area has come, was settled or ran out of time.

Proposals are rows, not facts of a log, and any gateway may have written them: the table is looked at while somebody
looks on. What is told is how many wait; which of them concern a person, that person's screen asks
(`GET /api/proposals`), since one stream goes to everybody of an area.
"""

import asyncio
from collections.abc import Iterable

import orjson
import structlog

from streams.clock import Clock
from streams.cockpit.feed import DELTA
from streams.cockpit.hub import Hubs
from streams.errors import Transient
from streams.log import LogEvent
from streams.store import proposals
from streams.store.database import Database
from workflows.permission import has_say

_EVERY_SECONDS = 0.5  # one short query by an index
_log = structlog.get_logger()


class ProposalWatch:
    """One a gateway process."""

    def __init__(self, database: Database, clock: Clock, hubs: Hubs) -> None:
        self._database = database
        self._clock = clock
        self._hubs = hubs
        self._told: dict[str, frozenset[str]] = {}

    async def run(self) -> None:
        """Look until cancelled; a lost database is waited for."""
        while True:
            try:
                await self.look()
            except Transient as lost:
                _log.warning(LogEvent.FEED_LOST, fault=f"{type(lost).__name__}: {lost}")
            await asyncio.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Tell the screens of each area for which this has changed. Raises Transient when the database is away."""
        if not self._hubs.viewers:
            return
        now = self._clock.now()
        async with self._database.read() as connection:
            waiting = await proposals.waiting(connection, now)
        for area_code, hub in self._hubs.open():
            theirs = _of_area(waiting, area_code)
            if theirs != self._told.get(area_code, frozenset()):
                self._told[area_code] = theirs
                hub.publish(DELTA, orjson.dumps({"proposals": len(theirs), "as_of": now}))


def _of_area(waiting: Iterable[tuple[str, str]], area_code: str) -> frozenset[str]:
    return frozenset(message_id for message_id, where in waiting if has_say(area_code, where))
