"""Lives: one city's traffic played into two programs side by side, one left in peace and one killed again and again.

What is left when both have come to rest is the `Aftermath`; the tests look at nothing else.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson
from aiokafka.errors import KafkaError

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher, PublishFailed
from streams.broker.reading import read_to_end
from streams.simulator.scenario import TrueEvent
from streams.store.publications import HEADERS
from tests.acceptance.city import City
from tests.acceptance.nemesis import SESSION, Kind, Record, await_ready, live_until, strikes
from tests.acceptance.outcomes import Identity, Outcome, outcomes, rows
from tests.acceptance.program import Program
from tests.brokers.tansu import Tansu

_SPEED = 400
_AT_REST_WITHIN_SECONDS = 240
_MORE_SECONDS_PER_EVENT = 10
_LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Traffic:
    """Which city: its seed, and how many of a round's events are told."""

    seed: int
    events: int


@dataclass
class Life:
    """One program with its city and its broker, and what was read from each of the broker's lives."""

    program: Program
    broker: Tansu
    city: City
    traffic: Traffic
    record: Record = field(default_factory=Record)
    sent: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    async def read_commands(self) -> None:
        """Remember every command that lies on the broker, before that ends."""
        with suppress(KafkaError):
            async for read in read_to_end(self.broker.brokers, Topic.DISPOSAL_COMMANDS.value):
                self.sent[orjson.loads(read.value)["command_id"]].add(sha256(read.value).digest())

    @property
    def is_at_rest(self) -> bool:
        """Whether everything was told, nothing is open, and nothing is on its way."""
        if not self.city.has_told_all:
            return False
        database = self.program.database
        (waiting,) = rows(database, "SELECT count(*) FROM outbox WHERE published_at IS NULL")[0]
        (is_open,) = rows(database, "SELECT count(*) FROM incidents WHERE status = 'open'")[0]
        return not waiting and not is_open

    async def stir(self) -> None:
        """When all is at rest, send a report that was accepted once more: it passes every place and changes nothing."""
        report = self.city.witness.last
        if report is None or not self.is_at_rest:
            return
        key = orjson.loads(report)["area_code"].encode()
        with suppress(KafkaError, PublishFailed):
            async with Publisher(self.broker.brokers) as publisher:
                await publisher.publish([Publication(Topic.REPORTS, key, report, HEADERS)])

    async def come_to_rest(self) -> None:
        """Wait until nobody has anything to do any more."""
        within = _AT_REST_WITHIN_SECONDS + _MORE_SECONDS_PER_EVENT * self.traffic.events
        began = time.monotonic()
        while not self.is_at_rest:
            assert self.program.is_alive, "it ended by itself"
            assert time.monotonic() - began < within, f"not at rest: {self.summary()}"
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        self.record.note(f"at rest: {self.summary()}")

    def summary(self) -> str:
        """Where it stands, in a line."""
        counted = rows(self.program.database, "SELECT status, count(*) FROM incidents GROUP BY status")
        return f"{dict(counted)}, all told: {self.city.has_told_all}"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is left when both have come to rest. `story` is the nemesis's log, to play a failure again."""

    truth: tuple[TrueEvent, ...]
    peaceful: dict[str, Outcome]
    killed: dict[str, Outcome]
    accepted: frozenset[Identity]
    ends: dict[Identity, str]
    sent: dict[str, set[bytes]]
    bodies: dict[str, bytes]
    issued: Counter[str]
    violations: str
    record: Record
    story: str


async def play(folder: Path, traffic: Traffic) -> Aftermath:
    """Both lives, from an empty folder to rest; takes minutes. Tells the nemesis's log when it fails."""
    async with (
        _playing(folder / "peaceful", traffic) as peaceful,
        _playing(folder / "killed", traffic) as killed,
    ):
        try:
            async with asyncio.TaskGroup() as lives:
                lives.create_task(_in_peace(peaceful))
                lives.create_task(_killed_again_and_again(killed))
        except BaseException:
            print(_story(peaceful, killed))  # noqa: T201 - pytest shows it with the failure
            raise
        return _aftermath(peaceful, killed)


@asynccontextmanager
async def _playing(folder: Path, traffic: Traffic) -> AsyncIterator[Life]:
    """A program that is not started yet, and a city that plays into it as soon as it is."""
    broker = Tansu()
    program = Program(folder, broker_url=f"kafka://{broker.brokers}", simulate="false", speed=_SPEED)
    life = Life(program, broker, City(program, broker.brokers, traffic.seed, traffic.events), traffic)
    playing = asyncio.create_task(life.city.play())
    try:
        yield life
    finally:
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
        program.close()
        life.broker.stop()


async def _in_peace(life: Life) -> None:
    life.program.start(**SESSION)
    await await_ready(life.program, life.record, None)
    await life.come_to_rest()


async def _killed_again_and_again(life: Life) -> None:
    died_at = None
    for strike in strikes(life.traffic.seed, life.traffic.events):
        await live_until(life.program, strike, life.record, died_at, life.stir)
        if strike.kind is Kind.BROKER:
            await life.read_commands()
            life.broker.stop()
        if strike.kind is not Kind.FAILPOINT:
            life.program.kill()
        died_at = time.monotonic()
        if strike.kind is Kind.BROKER:
            life.broker = Tansu(life.broker.port)
    life.program.start(**SESSION)
    await await_ready(life.program, life.record, died_at)
    await life.come_to_rest()
    await life.read_commands()


def _aftermath(peaceful: Life, killed: Life) -> Aftermath:
    database = killed.program.database
    facts = rows(database, "SELECT body FROM events WHERE type = 'command_issued'")
    ends = rows(
        database, "SELECT source_id, report_id, status FROM reports JOIN incidents USING (incident_id)"
    )
    said = killed.program.command("check", "--all", "--grace", "0")
    return Aftermath(
        truth=killed.city.truth,
        peaceful=dict(outcomes(peaceful.program.database, peaceful.city.truth)),
        killed=dict(outcomes(database, killed.city.truth)),
        accepted=frozenset(killed.city.witness.accepted()),
        ends={(source, report): status for source, report, status in ends},
        sent=killed.sent,
        bodies=dict(rows(database, "SELECT command_id, body FROM commands")),
        issued=Counter(orjson.loads(body)["data"]["command"]["command_id"] for (body,) in facts),
        violations="" if said.code == 0 else said.answer + said.remarks,
        record=killed.record,
        story=_story(peaceful, killed),
    )


def _story(peaceful: Life, killed: Life) -> str:
    lines = [f"{killed.traffic}", "in peace:", *peaceful.record.lines, "killed:", *killed.record.lines]
    return "\n".join(lines)
