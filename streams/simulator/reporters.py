"""Reporters: they play the scenario, round after round, each message at its program time and in order.

Nothing is remembered here. When a round began is read off its own first reports, wherever they were accepted, so a
reporter that was killed goes on; what may or may not have arrived is sent again, byte for byte, and counts once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.clock import Clock
from streams.simulator.door import Door
from streams.simulator.happening import ORIGIN, Expectation, Happening
from streams.simulator.outlets import Outlet
from streams.simulator.scenario import Scenario, TrueEvent

# A memory broker may have died with what was sent in the last minutes; a round's last reports trail behind its end.
_SENT_AGAIN_SECONDS = 7_200
_TAIL_SECONDS = 6 * 3_600
# Whoever was away for longer starts a new round instead of telling yesterday's news all at once.
_STALE_AFTER_SECONDS = 4 * 3_600
_OPENING_EVENTS_ASKED = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """Which traffic, how dense, how many rounds (None: until stopped), and how many events of each (None: all)."""

    seed: int
    spacing_seconds: int
    rounds: int | None = None
    events: int | None = None

    def scenario(self, round_number: int) -> Scenario:
        """That round's scenario."""
        return Scenario(self.seed, round_number, self.spacing_seconds, self.events)


class Reporters:
    """All who report. `run` ends when every round is told, which without a last round is never."""

    def __init__(self, pace: Pace, door: Door, outlet: Outlet, clock: Clock) -> None:
        self._pace = pace
        self._door = door
        self._outlet = outlet
        self._clock = clock

    async def run(self) -> None:
        """Go on where the traffic stands, and tell one round after the other."""
        number, began_at, from_seconds = await self._where_we_are()
        async with asyncio.TaskGroup() as rounds:
            if number > 1:
                rounds.create_task(self._tell_tail(number - 1))
            while True:
                scenario = self._pace.scenario(number)
                rounds.create_task(self._tell(scenario, began_at, from_seconds))
                if number == self._pace.rounds:
                    return
                ends_at = began_at + timedelta(seconds=scenario.length_seconds)
                await self._sleep_until(ends_at)
                number, began_at, from_seconds = number + 1, max(ends_at, self._clock.now()), 0

    async def _where_we_are(self) -> tuple[int, datetime, int]:
        """The round to play, when it began (or begins), and from which of its seconds on it is to be told."""
        number, began_at = 1, await self._beginning_of(1)
        if began_at is None:
            return 1, self._clock.now(), 0
        while number != self._pace.rounds and (next_at := await self._beginning_of(number + 1)) is not None:
            number, began_at = number + 1, next_at
        known_until = await self._known_until(self._pace.scenario(number))
        behind = self._clock.now() - began_at - timedelta(seconds=known_until)
        if behind.total_seconds() > _STALE_AFTER_SECONDS and number != self._pace.rounds:
            return number + 1, self._clock.now(), 0
        return number, began_at, max(0, known_until - _SENT_AGAIN_SECONDS)

    async def _beginning_of(self, round_number: int) -> datetime | None:
        """When the round began: what an opening report says, less its place in the round. None: it did not."""
        scenario = self._pace.scenario(round_number)
        planned = {
            happening.report.report_id: happening.report
            for happening in scenario.happenings()
            if happening.report is not None and happening.expectation is Expectation.ACCEPTED
        }
        for event in scenario.truth()[:_OPENING_EVENTS_ASKED]:
            for view in await self._door.reports_of(event.first_incident_id):
                if (report := planned.get(view.report_id)) is not None:
                    return ORIGIN + (view.reported_at - report.reported_at)
        return None

    async def _known_until(self, scenario: Scenario) -> int:
        """The start of the last event that was heard of. Sending is in order: all that lies before it was sent."""
        events = scenario.truth()
        low, high = 0, len(events)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if await self._is_known(events[middle]) else (low, middle)
        return events[low].starts_at_seconds

    async def _is_known(self, event: TrueEvent) -> bool:
        return await self._door.incident(event.first_incident_id) is not None

    async def _tell_tail(self, round_number: int) -> None:
        scenario = self._pace.scenario(round_number)
        began_at = await self._beginning_of(round_number)
        if began_at is not None:
            await self._tell(scenario, began_at, scenario.length_seconds - _TAIL_SECONDS)

    async def _tell(self, scenario: Scenario, began_at: datetime, from_seconds: int) -> None:
        for happening in scenario.happenings():
            if happening.at_seconds >= from_seconds:
                await self._sleep_until(began_at + timedelta(seconds=happening.at_seconds))
                await self._send(happening, began_at)

    async def _send(self, happening: Happening, began_at: datetime) -> None:
        await self._outlet.report(happening, happening.value(began_at))

    async def _sleep_until(self, moment: datetime) -> None:
        seconds = (moment - self._clock.now()).total_seconds()
        if seconds > 0:
            await self._clock.sleep(seconds)
