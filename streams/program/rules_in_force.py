"""Rules in force: the rulebook that every room asks for, as the database says from which moment on.

Only `fenghuo rulebook activate` changes it, at a recorded moment, for all workers: each looks every few seconds.
Never in here: reading a rulebook's text (`workflows.rulebook_file`).
"""

import structlog

from streams.clock import Clock
from streams.log import LogEvent
from streams.store.database import Database
from streams.store.rulebooks import StoredRulebook, activate, rulebook_in_force
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook, default_rulebook_text, parse_rulebook

_log = structlog.get_logger()


class RulesInForce:
    """Call it for the rulebook; before the database was asked it is the one that is shipped."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._rules = default_rulebook()

    def __call__(self) -> Rulebook:
        """The rulebook in force now."""
        return self._rules

    async def settle(self) -> None:
        """Activate the shipped rulebook if none ever was, then take the one in force. Raises Transient."""
        now = self._clock.now()
        async with self._database.write() as connection:
            if await rulebook_in_force(connection, now) is None:
                shipped = default_rulebook()
                text = default_rulebook_text()
                row = StoredRulebook(shipped.digest, shipped.name, shipped.version, text)
                await activate(connection, row, now)
        await self.look()
        _log.info(LogEvent.RULEBOOK_IN_FORCE, digest=self._rules.digest, version=self._rules.version)

    async def look(self) -> int:
        """See whether another one was activated; 1 if so. Raises Transient."""
        async with self._database.read() as connection:
            stored = await rulebook_in_force(connection, self._clock.now())
        if stored is None or stored.digest == self._rules.digest:
            return 0
        self._rules = parse_rulebook(stored.body)
        return 1
