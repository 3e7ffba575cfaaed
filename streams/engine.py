"""Engine: the agents with their loop, the sweepers and the watchdog of one worker, built on a cluster that is there.

Only the composition root makes one. Never in here: where settings come from, HTTP, the simulator.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn, Protocol
from uuid import uuid4

from aiokafka.errors import KafkaError

from models.messages.hand_over import HandOver
from models.vocabulary import HandOverType
from streams import agents
from streams.access.signing import Keyring
from streams.agents.carrier import Carrier, Transport
from streams.broker.access import Brokers
from streams.broker.seat import Seat
from streams.broker.transport import TP, FastLane, Progress, make_app
from streams.broker.transport.app import Positions
from streams.clock import Clock, StoppedClock, WallClock
from streams.errors import Transient
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.processing.arrivals import Arrival, BatchResult, Decoded
from streams.processing.batch import handle_batch
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.brake import BrakeLimits
from streams.processing.loop import Loop, LoopLimits, Surroundings
from streams.processing.relay import Publish, Relay
from streams.processing.vouching import Voucher
from streams.program.preparation import take_step
from streams.program.readiness import Component, Readiness
from streams.program.rules_in_force import RulesInForce
from streams.program.watchdog import Watchdog
from streams.reconcile import Assignments, Holdings, KafkaHoldings, require_agreement
from streams.settings import Settings
from streams.store import outbox, progress
from streams.store.database import Database
from streams.store.unit_of_work import UnitsOfWork
from streams.sweepers.commands import CommandSweep
from streams.sweepers.deadlines import DeadlineSweep
from streams.sweepers.months import MonthSweep
from streams.sweepers.outbox import OutboxPruning, OutboxSweep
from streams.sweepers.projections import RATED_AT_MOST_EVERY_SECONDS, ProjectionSweep
from streams.sweepers.sweeper import Sweeper, Work
from streams.tracing import NO_TRACING, Tracing

_STOP_WITHIN_SECONDS = 6.0
_ASK_AGAIN_SECONDS = 0.2
_PRUNED_EVERY_SECONDS = 600.0
_MONTHS_EVERY_SECONDS = 600.0
_PROJECTING_RATIO = 0.05  # of the time: among 20,000 open incidents a look took 0.2 s


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rooms of a process stand on."""

    settings: Settings
    database: Database
    clock: Clock
    wall: WallClock
    rules: RulesInForce
    metrics: Metrics
    bookkeeper: Bookkeeper
    readiness: Readiness
    keyring: Keyring
    tracing: Tracing = NO_TRACING


def end_process(code: int) -> NoReturn:
    """End at once, without goodbyes: what is not acknowledged is somebody else's now."""
    os._exit(code)


def _is_of_a_clock(one: Arrival) -> bool:
    if not isinstance(one, Decoded) or not isinstance(one.message, HandOver):
        return False
    return one.message.type is HandOverType.DEADLINE_PASSED


def new_name() -> str:
    """A name that no other worker ever had."""
    return f"engine-{uuid4().hex}"


@dataclass(frozen=True, slots=True)
class Edges:
    """Where a worker ends and the machine begins: a simulation puts its own here, nothing else does (decision 0015)."""

    transport: Callable[[FastLane], Transport] = make_app
    end_process: Callable[[int], NoReturn] = end_process
    name: Callable[[], str] = new_name
    holdings: Callable[[Brokers], Holdings] | None = None  # None: nobody compares Kafka with the database


THE_MACHINE = Edges(holdings=KafkaHoldings)


class Publishes(Protocol):
    """Whatever brings the engine's messages to Kafka (`streams.broker.publishing.Publisher`)."""

    @property
    def publish(self) -> Publish:
        """Send all of them. Raises PublishFailed."""
        ...


class Engine:
    """One worker. `start` joins the group; `work` are its other tasks; `stop` leaves the group in order."""

    def __init__(
        self,
        ground: Ground,
        cluster_id: str,
        brokers: Brokers,
        publisher: Publishes,
        edges: Edges = THE_MACHINE,
        seat: Seat | None = None,
    ) -> None:
        """Without a `seat` nobody remembers, once the process has ended, under which id Kafka counted it."""
        self._ground = ground
        self._cluster_id = cluster_id
        self._end_process = edges.end_process
        self._name = edges.name()
        self._holdings = None if edges.holdings is None else edges.holdings(brokers)
        self._units = UnitsOfWork(ground.database, cluster_id, self._name, ground.wall.now)
        self._relay = Relay(publisher.publish, self._units, ground.metrics)
        self._loop = Loop(self._surroundings(), _limits(ground.settings))
        lane = _lane(ground.settings, brokers, self._positions)
        self._app = edges.transport(lane if seat is None else replace(lane, seat=seat))
        agents.install(Carrier(self._app, self._loop, ground.settings.batch_max_records))
        self.outbox = self._sweeper("outbox", OutboxSweep(self._relay), 1.0, LogEvent.OUTBOX_SWEPT)
        # Polls are real time: often enough for a scaled clock, never so often that they are work of their own.
        every_seconds = max(0.1, min(0.5, 5 / ground.settings.speed))
        sweep = DeadlineSweep(self._relay, ground.clock)
        self._deadlines = self._sweeper("deadlines", sweep, every_seconds, LogEvent.DEADLINES_SWEPT)

    async def start(self) -> None:
        """Give a new cluster what it needs, then join the group; waits while the database is away.

        Raises DatabaseIsOlder before anything is read: then a person has to reconcile first. Raises KafkaError when
        the broker is gone in the moment of joining, which Faust cannot begin again: end the process.
        """
        await take_step(self._agree, self._ground.readiness)
        await take_step(self._give_new_cluster, self._ground.readiness)
        self._ground.readiness.ready(Component.DEAD_LETTERS)
        await self._app.start()

    async def _give_new_cluster(self) -> None:
        ground = self._ground
        async with ground.database.write() as connection:
            await outbox.republish_for_new_cluster(
                connection, self._cluster_id, ground.wall.now(), ground.clock.now()
            )

    async def _agree(self) -> None:
        """Return once it is clear that the database knows what went out. Raises DatabaseIsOlder, Transient."""
        while self._holdings is not None:
            try:
                await require_agreement(self._ground.database, self._holdings)
            except (KafkaError, TimeoutError) as away:
                told = f"cannot be compared with the database: {type(away).__name__}"
                self._ground.readiness.waiting(Component.BROKER, told)
                await asyncio.sleep(_ASK_AGAIN_SECONDS)
            else:
                self._ground.readiness.ready(Component.BROKER)
                return

    async def stop(self) -> None:
        """Finish what is in hand, commit and leave the group; gives up after 6 s, since nothing is lost by it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_WITHIN_SECONDS):
                await self._app.stop()

    def work(self) -> Mapping[str, Callable[[], Coroutine[None, None, None]]]:
        """Everything that runs beside the agents, by name; to be started once the group is joined."""
        ground, speed = self._ground, self._ground.settings.speed
        watchdog = Watchdog(
            self._app.progress,
            ground.settings.watchdog_seconds,
            self._end_process,
            self._loop.is_standing,
            ground.readiness,
        )
        after = timedelta(seconds=ground.settings.resend_command_seconds)
        commands = CommandSweep(self._relay, ground.clock, after)
        pruning = OutboxPruning(
            ground.database, ground.wall, timedelta(days=ground.settings.outbox_kept_days)
        )
        sweepers = (
            self.outbox,
            self._deadlines,
            self._sweeper(
                "commands", commands, max(0.25, min(2.0, 10 / speed)), LogEvent.COMMANDS_SENT_AGAIN
            ),
            self._sweeper(
                "projections",
                self._projections(),
                1.0,
                LogEvent.PROJECTIONS_PUBLISHED,
                busy_ratio=_PROJECTING_RATIO,
            ),
            self._sweeper("pruning", pruning, _PRUNED_EVERY_SECONDS, LogEvent.OUTBOX_PRUNED),
            self._sweeper(
                "months",
                MonthSweep(ground.database, ground.clock),
                _MONTHS_EVERY_SECONDS,
                LogEvent.MONTHS_OPENED,
            ),
        )
        return {
            "watchdog": watchdog.run,
            "crash of Faust": self._crash,
            **{sweeper.name: sweeper.run for sweeper in sweepers},
        }

    def progress(self) -> Progress:
        """How far behind it is with acknowledging and with fetching."""
        return self._app.progress()

    def _projections(self) -> ProjectionSweep:
        ground = self._ground
        seconds = max(ground.settings.rate_every_seconds, RATED_AT_MOST_EVERY_SECONDS * ground.settings.speed)
        return ProjectionSweep(
            database=ground.database,
            clock=ground.clock,
            wall=ground.wall,
            rules=ground.rules,
            ratings_every=timedelta(seconds=seconds),
            nudge_outbox=self.outbox.nudge,
            metrics=ground.metrics,
            holder=self._name,
        )

    def _sweeper(
        self,
        name: str,
        work: Work,
        seconds: float,
        event: LogEvent,
        busy_ratio: float = 1.0,
    ) -> Sweeper:
        return Sweeper(name, work, seconds, self._ground.metrics, event, busy_ratio=busy_ratio)

    def _surroundings(self) -> Surroundings:
        ground = self._ground
        return Surroundings(
            handle=self._handle,
            doubt=Voucher(ground.keyring, ground.wall, ground.settings.trust_unsigned).doubt,
            send=self._relay.send,
            gap_recorded=self._bring_back_what_a_gap_hid,
            clock=ground.clock,
            metrics=ground.metrics,
            bookkeeper=ground.bookkeeper,
            readiness=ground.readiness,
            stop_process=self._end_process,
            tracing=ground.tracing,
        )

    async def _handle(self, arrivals: Sequence[Arrival], *, accept_gap: bool) -> BatchResult:
        # One moment for all of it, so that it is decided under the rulebook of the very moment that it is recorded at.
        now = StoppedClock(self._ground.clock.now())
        rules = self._ground.rules.at(now.now())
        result = await handle_batch(arrivals, self._units, rules, now, accept_gap=accept_gap)
        if any(map(_is_of_a_clock, arrivals)):
            self._deadlines.nudge()  # there is room for the next of a herd
        return result

    async def _bring_back_what_a_gap_hid(self) -> None:
        async with self._ground.database.write() as connection:
            await outbox.republish_unseen(connection)
        self.outbox.nudge()

    async def _positions(self, partitions: frozenset[TP]) -> Mapping[TP, int]:
        """Where the database says that each partition goes on; asked again while the database is away."""
        self._ground.metrics.messages.assignments.inc()
        await self._compare(partitions)
        while True:
            try:
                async with self._ground.database.read() as connection:
                    stored = await progress.next_offsets(connection, self._cluster_id)
            except Transient:
                await asyncio.sleep(_ASK_AGAIN_SECONDS)
            else:
                self._ground.readiness.ready(Component.PARTITIONS)
                return {
                    tp: stored[tp.topic, tp.partition]
                    for tp in partitions
                    if (tp.topic, tp.partition) in stored
                }

    async def _compare(self, partitions: frozenset[TP]) -> None:
        """What Kafka says of these partitions is compared with the database, and what is gone is sent again."""
        if self._holdings is None or not partitions:
            return
        ground = self._ground
        assignments = Assignments(
            database=ground.database,
            holdings=self._holdings,
            cluster_id=self._cluster_id,
            group=ground.settings.consumer_group,
            clock=ground.clock,
            wall=ground.wall,
            metrics=ground.metrics,
        )
        if await assignments.compare([(tp.topic, tp.partition) for tp in partitions]):
            self.outbox.nudge()

    async def _crash(self) -> None:
        """Raise what crashed Faust: nothing restarts inside, the process has to end."""
        while self._app.crash_reason is None:  # noqa: ASYNC110 - Faust has no event for it
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
        raise RuntimeError("Faust crashed") from self._app.crash_reason


def _limits(settings: Settings) -> LoopLimits:
    brake = BrakeLimits(settings.brake_ratio, settings.brake_window, settings.brake_in_a_row)
    return LoopLimits(settings.max_message_bytes, settings.retry_budget_seconds, brake)


def _lane(settings: Settings, brokers: Brokers, positions: Positions) -> FastLane:
    return FastLane(
        brokers=brokers,
        app_id=settings.consumer_group,
        positions=positions,
        session_timeout_seconds=settings.session_timeout_seconds,
        heartbeat_seconds=settings.heartbeat_seconds,
        fetch_max_wait_ms=settings.fetch_max_wait_ms,
        slice_records=settings.batch_max_records,
    )
