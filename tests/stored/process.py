"""Process: one life of an engine with its gateway, over a real database and a broker in memory.

What is real: transaction, batch, loop, relay, sweepers, the gateway's intake. What the test has in hand: the broker,
the program's time, and the wall time at which the claims of the dead run out.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NoReturn

from obstore.store import MemoryStore
from prometheus_client import CollectorRegistry

from models.access import Act
from models.messages.report import Report
from models.topics import Topic
from streams.attachments.store import AttachmentStore
from streams.attachments.taking_in import AttachmentDesk
from streams.broker.publishing import PublishFailed
from streams.clock import Clock, WallClock
from streams.cockpit.hub import Hubs
from streams.cockpit.map import Maps
from streams.gateway.auditing import allowed
from streams.gateway.callers import INSTALLATION, Caller
from streams.gateway.intake import Intake
from streams.gateway.offers import read_report
from streams.gateway.problems import Problem
from streams.gateway.services import Services
from streams.metrics import Metrics
from streams.processing.arrivals import Arrival, BatchResult
from streams.processing.batch import handle_batch
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.loop import CarriedBatch, Loop, LoopLimits, Surroundings
from streams.processing.relay import Relay
from streams.processing.vouching import Voucher
from streams.program.readiness import Readiness
from streams.store import outbox
from streams.store.database import Database
from streams.store.unit_of_work import UnitsOfWork, wall_now
from streams.sweepers.commands import CommandSweep
from streams.sweepers.deadlines import DeadlineSweep
from tests.fakes.signing import KEYRING
from tests.stored.broker import Delivery, MemoryBroker
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
_AT_A_TIME = 500
_RESENT_AFTER = timedelta(seconds=30)
_METRICS = Metrics(CollectorRegistry())


class Process:
    """What it has in memory dies with it; the claims that it held do not."""

    def __init__(self, name: str, database: Database, broker: MemoryBroker, clock: Clock) -> None:
        self._database = database
        self._broker = broker
        self._units = UnitsOfWork(database, broker.cluster_id, name)
        self._relay = Relay(broker.publish, self._units, _METRICS)
        self._loop = Loop(self._surroundings(clock), LoopLimits())
        self._services = Services(
            database=database,
            clock=clock,
            wall=WallClock(),  # as the claims of the outbox, which the test's hours run ahead of
            readiness=Readiness(()),
            rules=lambda: RULES,
            nudge=lambda: None,
            token="a-token",
            hubs=Hubs(lambda: "e1"),
            maps=Maps(None),
            attachments=AttachmentDesk(AttachmentStore(MemoryStore())),
        )
        self._intake = Intake(self._services)
        self._deadlines = DeadlineSweep(self._relay, clock)
        self._commands = CommandSweep(self._relay, clock, _RESENT_AFTER)
        self._clock = clock

    async def start(self) -> None:
        """As the engine does before it reads anything."""
        async with self._database.write() as connection:
            await outbox.republish_for_new_cluster(
                connection, self._broker.cluster_id, wall_now(), self._clock.now()
            )

    async def carry(self, delivery: Delivery) -> None:
        """One batch through the loop."""
        await self._loop.consume(Topic(delivery.topic), _once(delivery))

    async def accept(self, report: Report, value: bytes) -> None:
        """A report at the gateway's door; a conflict is answered and forgotten."""
        _, offer = read_report(value, self._services)
        entry = allowed(Caller(INSTALLATION), Act.REPORT, None, offer.message_id, self._services)
        with suppress(Problem):
            await self._intake.accept(offer, entry)

    async def sweep_deadlines(self) -> None:
        """Passed clocks are sent."""
        await _sweep(self._deadlines)

    async def sweep_commands(self) -> None:
        """Commands that no unit's system took in are sent again."""
        await _sweep(self._commands)

    async def sweep_outbox(self, wall: datetime) -> None:
        """The outbox sweeper, when it is `wall` and with it every earlier claim has run out."""

        async def piece() -> int:
            claim, until = self._units.new_claim(), wall + timedelta(seconds=10)
            async with self._database.write() as connection:
                claimed = await outbox.claim(
                    connection, claim, limit=_AT_A_TIME, older_than=wall, now=wall, until=until
                )
            return await self._relay.send([claimed], "outbox")

        await _sweep(piece)

    def _surroundings(self, clock: Clock) -> Surroundings:
        async def handle(arrivals: Sequence[Arrival], *, accept_gap: bool) -> BatchResult:
            return await handle_batch(arrivals, self._units, RULES, clock, accept_gap=accept_gap)

        return Surroundings(
            handle=handle,
            doubt=Voucher(KEYRING, clock, trusts_unsigned=False).doubt,
            send=self._relay.send,
            gap_recorded=self._bring_back_what_a_gap_hid,
            clock=clock,
            metrics=_METRICS,
            bookkeeper=Bookkeeper(_METRICS),
            readiness=Readiness(()),
            stop_process=_stopped,
            pause=_at_once,
        )

    async def _bring_back_what_a_gap_hid(self) -> None:
        async with self._database.write() as connection:
            await outbox.republish_unseen(connection)


async def _once(batch: CarriedBatch) -> AsyncIterator[CarriedBatch]:
    yield batch


async def _sweep(piece: Callable[[], Awaitable[int]]) -> None:
    with suppress(PublishFailed):  # as the sweeper does: what was claimed comes again
        while await piece():
            pass


async def _at_once(_: float) -> None:
    """Nobody waits here for a fault to go away: the test takes it away."""


def _stopped(code: int) -> NoReturn:
    raise AssertionError(f"the loop ended the process with {code}")
