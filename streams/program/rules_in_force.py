"""Rules in force: the rulebook that every room asks for, as the database says from which moment on.

Only `fenghuo rulebook activate` changes it, at a recorded moment that lies ahead: each worker looks every few seconds,
knows of it before it comes, and goes by its own clock, so that no two of them decide under two rulebooks at one
moment. Never in here: reading a rulebook's text (`workflows.rulebook_file`).
"""

from bisect import bisect_right
from datetime import datetime

import structlog

from streams.clock import Clock
from streams.log import LogEvent
from streams.store import rulebooks
from streams.store.database import Database
from streams.store.rulebooks import StoredRulebook
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook, default_rulebook_text, parse_rulebook

# How far ahead an activation lies: five looks, and what the clocks of two machines may differ by.
KNOWN_WITHIN_SECONDS = 10.0
_log = structlog.get_logger()


class RulesInForce:
    """Call it for the rulebook of now; before the database was asked it is the one that is shipped."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        shipped = default_rulebook()
        self._known = {shipped.digest: shipped}
        self._timeline: tuple[tuple[datetime, str], ...] = ()
        self._told = shipped.digest

    def __call__(self) -> Rulebook:
        """The rulebook in force now."""
        return self.at(self._clock.now())

    def at(self, moment: datetime) -> Rulebook:
        """The rulebook in force at this moment of the program's time, as far as the last look knew."""
        passed = bisect_right(self._timeline, moment, key=lambda entry: entry[0])
        return self._known[self._timeline[passed - 1][1]] if passed else default_rulebook()

    async def settle(self) -> None:
        """Activate the shipped rulebook if none ever was, then take the one in force. Raises Transient."""
        now = self._clock.now()
        async with self._database.write() as connection:
            if await rulebooks.rulebook_in_force(connection, now) is None:
                shipped = default_rulebook()
                text = default_rulebook_text()
                row = StoredRulebook(shipped.digest, shipped.name, shipped.version, text)
                await rulebooks.activate(connection, row, now)
        await self.look()
        rules = self()
        _log.info(LogEvent.RULEBOOK_IN_FORCE, digest=rules.digest, version=rules.version)

    async def look(self) -> int:
        """Hear of every activation, those to come among them; 1 when another one came into force. Raises Transient."""
        async with self._database.read() as connection:
            timeline = await rulebooks.timeline(connection)
            if {digest for _, digest in timeline} - self._known.keys():
                stored = await rulebooks.every_rulebook(connection)
                self._known |= {
                    one.digest: parse_rulebook(one.body) for one in stored if one.digest not in self._known
                }
        self._timeline = timeline
        digest = self().digest
        has_changed, self._told = digest != self._told, digest
        return int(has_changed)
