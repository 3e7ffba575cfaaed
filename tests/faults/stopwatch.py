"""Stopwatch: when the program's clocks really began and passed, by the harness's own clock, which nobody sets.

What a process with a wrong clock writes about time proves nothing; so each row is held to the moments between which it
was first seen, and seen sent or fired. Never in here: what is done to the processes.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.faults.books import Books, moment
from tests.faults.judge import AWAY
from tests.faults.outcome import Figure, promise

_LOOK_EVERY_SECONDS = 0.25
_SURELY_EARLY_SECONDS = 1.0
_LATE_AT_MOST_SECONDS = 5.0
# From the moment that a batch is stamped with to its commit; a clock that is wrong is off by minutes and more.
_COMMITTED_WITHIN_SECONDS = 60.0
_ROWS = "SELECT deadline_id, progress, due_at, updated_at, fire_count FROM deadlines WHERE times_extended = 0"
_OPEN, _SENT, _FIRED = "open", "sent", "fired"


@dataclass
class _Timed:
    due_at: datetime
    is_stamped_wrong: bool
    early_seconds: float | None = None
    late_seconds: float | None = None


@dataclass
class Stopwatch:
    """Times every clock that begins while it runs."""

    books: Books
    timed: dict[str, _Timed] = field(default_factory=dict)
    fire_counts: dict[str, int] = field(default_factory=dict)
    _looked_at: datetime | None = None
    _old: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with suppress(*AWAY):
                await self.look()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Once."""
        asked_at = datetime.now(UTC)
        rows = await self.books.rows(_ROWS)
        seen_at = datetime.now(UTC)
        if self._looked_at is None:  # nobody saw when these began
            self._old = {str(row[0]) for row in rows}
        for deadline_id, progress, due_at, updated_at, fire_count in rows:
            name = str(deadline_id)
            self.fire_counts[name] = int(fire_count)
            if name not in self._old and name not in self.timed and progress == _OPEN:
                is_wrong = self._is_wrong(moment(updated_at), seen_at)
                self.timed[name] = _Timed(moment(due_at), is_wrong)
            elif name in self.timed:
                _pass(self.timed[name], progress, seen_at)
        self._looked_at = asked_at

    def figures(self) -> list[Figure]:
        """What was timed."""
        early = [one.early_seconds for one in self.timed.values() if one.early_seconds is not None]
        late = [one.late_seconds for one in self.timed.values() if one.late_seconds is not None]
        return [
            Figure("clocks timed by the true time", len(self.timed)),
            Figure("of them passed", len(early), at_least=1),
            promise("stamped with a wrong time", sum(one.is_stamped_wrong for one in self.timed.values())),
            promise("passed before their time", sum(one > _SURELY_EARLY_SECONDS for one in early)),
            Figure("fired late, most", max(late, default=0.0), "s", at_most=_LATE_AT_MOST_SECONDS),
            promise("fired more than once", sum(count > 1 for count in self.fire_counts.values())),
        ]

    def _is_wrong(self, stamped_at: datetime, seen_at: datetime) -> bool:
        """A row that was not there at the last look was stamped after it, less what a commit takes, and before now."""
        before = self._looked_at or seen_at
        is_of_the_past = (before - stamped_at).total_seconds() > _COMMITTED_WITHIN_SECONDS
        return is_of_the_past or (stamped_at - seen_at).total_seconds() > _SURELY_EARLY_SECONDS


def _pass(one: _Timed, progress: str, seen_at: datetime) -> None:
    after_due = (seen_at - one.due_at).total_seconds()
    if progress in (_SENT, _FIRED) and one.early_seconds is None:
        one.early_seconds = -after_due
    if progress == _FIRED and one.late_seconds is None:
        one.late_seconds = after_due
