"""City: the simulator in the test's own process, so that reporters, officers and units outlive every kill.

It lives by the program's clock as that is kept in the database, and stands still with it. A witness notes each 2xx
that a report got, before the report's sender hears of it. Never in here: anything that the engine says of itself.
"""

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from streams.simulator.door import HttpDoor, Outcome
from streams.simulator.scenario import Scenario, TrueEvent
from streams.simulator.simulator import Simulator, SimulatorSettings, Via
from tests.acceptance.program import TOKEN, Program

_LOOK_EVERY_SECONDS = 0.1
_KEPT_EVERY_SECONDS = 1.0  # as the program keeps its clock
_PATROL_SECONDS = 5.0
_SPACING_SECONDS = 300
_CLOCK = "SELECT reads, speed FROM clock"


class FollowingClock:
    """The program's time, read beside it. Between two readings it runs on for as long as the program may, no more."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._reads: datetime | None = None
        self._speed = 1.0
        self._seen_at = 0.0
        self._last = datetime.min.replace(tzinfo=UTC)

    async def follow(self) -> None:
        """Keep reading until cancelled; needed for everything else."""
        while True:
            self._look()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def started(self) -> None:
        """Wait until the program has kept its time for the first time."""
        while self._reads is None:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def now(self) -> datetime:
        """See `streams.clock.Clock`."""
        if self._reads is None:
            raise RuntimeError("the program's time is not known yet")
        ran_seconds = min(time.monotonic() - self._seen_at, _KEPT_EVERY_SECONDS)
        self._last = max(self._last, self._reads + timedelta(seconds=ran_seconds * self._speed))
        return self._last

    async def sleep(self, seconds: float) -> None:
        """See `streams.clock.Clock`."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            await asyncio.sleep(max(0.005, min(left / self._speed, _LOOK_EVERY_SECONDS)))

    def _look(self) -> None:
        if not self._database.exists():
            return
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=0.05)) as connection:
            try:
                found = connection.execute(_CLOCK).fetchone()
            except sqlite3.OperationalError:
                return  # not made yet, or just being recovered
        if found is None:
            return
        reads = datetime.fromisoformat(found[0]).replace(tzinfo=UTC)
        if reads != self._reads:
            self._reads, self._speed, self._seen_at = reads, float(found[1]), time.monotonic()


class Witness:
    """An append-only file of every report that got a 2xx: what must not be lost, known without asking the program."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._path = path
        self.last: bytes | None = None  # report that was accepted, as it was sent

    def note(self, report: bytes) -> None:
        """This report was accepted."""
        told = orjson.loads(report)
        self._file.write(orjson.dumps([told["source_id"], told["report_id"]]) + b"\n")
        os.fsync(self._file.fileno())
        self.last = report

    def accepted(self) -> set[tuple[str, str]]:
        """The (source_id, report_id) of everything accepted so far."""
        lines = self._path.read_bytes().splitlines()
        return {(source, report) for source, report in map(orjson.loads, lines)}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class WitnessedDoor(HttpDoor):
    """The simulator's door to the gateway, with a witness standing beside it."""

    def __init__(self, url: str, token: str, witness: Witness) -> None:
        super().__init__(url, token)
        self._witness = witness

    async def report(self, value: bytes) -> Outcome:
        """As `HttpDoor.report`; what was accepted is noted before anybody hears of it."""
        outcome = await super().report(value)
        if outcome is not Outcome.REFUSED:
            self._witness.note(value)
        return outcome


class City:
    """One round of traffic through the gateway of `program`, each 2xx witnessed. `play` returns when all is told."""

    def __init__(self, program: Program, brokers: str, seed: int, events: int) -> None:
        self._scenario = Scenario(seed, spacing_seconds=_SPACING_SECONDS, events=events)
        self._clock = FollowingClock(program.database)
        self.witness = Witness(program.database.parent.with_name("witness.jsonl"))
        settings = SimulatorSettings(
            seed=seed,
            brokers=brokers,
            gateway_url=program.url,
            token=TOKEN,
            via=Via.GATEWAY,
            spacing_seconds=_SPACING_SECONDS,
            rounds=1,
            events=events,
            patrol_seconds=_PATROL_SECONDS,
        )
        self._simulator = Simulator(
            settings, self._clock, lambda url, token: WitnessedDoor(url, token, self.witness)
        )

    @property
    def truth(self) -> tuple[TrueEvent, ...]:
        """What should become of each event."""
        return self._scenario.truth()

    @property
    def has_told_all(self) -> bool:
        """Whether every report was sent; officers and units go on."""
        return self._simulator.all_told.is_set()

    async def play(self) -> None:
        """Reporters, officers and units at work, until cancelled."""
        try:
            async with asyncio.TaskGroup() as people:
                people.create_task(self._clock.follow())
                await self._clock.started()
                people.create_task(self._simulator.run())
        finally:
            self.witness.close()
