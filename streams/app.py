"""Composition root: the only room that builds concrete things, starts them in order and stops them in the other.

The port of the gateway opens before the broker is asked and long before the group is joined, so that a probe always
gets an answer. When any part ends by itself, the program ends, and not with 0.

What an engine alone does not need is imported where it is used: a killed worker is missed until it is back, and a
third of its start was loading what it never uses (decision 0020).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from importlib import import_module
from typing import NoReturn
from uuid import uuid4

import structlog
import uvloop
from aiokafka.errors import KafkaError
from prometheus_client import disable_created_metrics
from starlette.types import ASGIApp

from streams.access.signing import Signer
from streams.broker.access import Brokers
from streams.broker.acls import INTAKE
from streams.broker.embedded import BrokerNotStarted, EmbeddedBroker
from streams.broker.publishing import Publisher
from streams.broker.seat import Seat
from streams.broker.topics import Scale, TopicsNotApplied
from streams.clock import Clock, ScaledClock, WallClock
from streams.cockpit.hub import Hubs
from streams.cockpit.map import MapRefused, Maps
from streams.engine import Engine, Ground, end_process
from streams.errors import EXIT_CRASHED, EXIT_SETTINGS, SettingsRefused
from streams.gateway.probes import create_health_app
from streams.gateway.services import Services
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.relay import Relay
from streams.program import anchored, failpoints, identity, interpreter, photographs, running, traced, trust
from streams.program.parts import Parts
from streams.program.preparation import cluster_of, prepare_database, prepare_topics, take_step
from streams.program.readiness import AWAITED_BY_ROLE, Component, Readiness
from streams.program.rules_in_force import RulesInForce
from streams.program.server import Server, reachable
from streams.program.timekeeping import LOOKED_EVERY_SECONDS, KeptTime, keeper_of, program_clock
from streams.reconcile import DatabaseIsOlder
from streams.settings import Profile, Role, Settings
from streams.store.database import Database
from streams.store.errors import EngineAlreadyRuns
from streams.store.unit_of_work import UnitsOfWork
from streams.sweepers.gauges import GaugeSweep
from streams.sweepers.lag import LAG_EVERY_SECONDS, LagSweep
from streams.sweepers.outbox import OutboxSweep
from streams.sweepers.sweeper import Sweeper, Work

_STOP_WITHIN_SECONDS = 9.0
_LOOK_EVERY_SECONDS = 2.0
_KEEP_TIME_EVERY_SECONDS = 1.0
_CONNECT_AGAIN_SECONDS = 1.0
_RELAY_EVERY_SECONDS = 1.0
_ANSWER_WITHIN_SECONDS = 3.0
_BEYOND_AN_ENGINE = ("streams.program.gate", "streams.program.local")
# What starting again does not help against.
_REFUSED = (
    SettingsRefused,
    EngineAlreadyRuns,
    BrokerNotStarted,
    TopicsNotApplied,
    MapRefused,
    DatabaseIsOlder,
)
_log = structlog.get_logger()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(settings: Settings, seat: Seat) -> NoReturn:
    """Run the program until it is told to stop, and end the process with the code that `run` returns.

    Called awake (`streams.program.waking`), which gives the seat.
    """
    # A second series for each counter, which nobody reads.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own gap
    if settings.role is not Role.ENGINE:
        for room in _BEYOND_AN_ENGINE:
            import_module(room)
    interpreter.settle()
    code = uvloop.run(run(settings, seat))
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: a thread of Faust that hangs in a dead broker must not keep the process from ending.
    os._exit(code)


async def run(settings: Settings, seat: Seat, announce: Callable[[str], None] = _say) -> int:
    """Start every part of this role, wait for the end, stop them in the other order.

    Returns 0 when it was told to stop, 78 when it cannot start as it is set, 70 when a part ended by itself.
    """
    failpoints.arm(settings.failpoint)
    told_to_stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told_to_stop.set)
    parts = Parts()
    try:
        async with AsyncExitStack() as stack:
            await _until_the_end(_Program(settings, parts, stack, seat, announce), parts, told_to_stop)
            _log.info(LogEvent.STOPPING, told=told_to_stop.is_set())
            # Nothing is lost by it: what is not acknowledged or published is in the database.
            was_asked = told_to_stop.is_set() and not parts.crashed
            giving_up = asyncio.get_running_loop().call_later(
                _STOP_WITHIN_SECONDS, end_process, 0 if was_asked else EXIT_CRASHED
            )
        giving_up.cancel()
    except _REFUSED as refused:
        _log.error(LogEvent.SETTINGS_REFUSED, problems=str(refused).splitlines())
        announce(f"cannot start: {refused}")
        return EXIT_SETTINGS
    _log.info(LogEvent.STOPPED, crashed=parts.crashed)
    return EXIT_CRASHED if parts.crashed else 0


async def _until_the_end(program: "_Program", parts: Parts, told_to_stop: asyncio.Event) -> None:
    starting = asyncio.create_task(program.start())
    ends = [asyncio.create_task(event.wait()) for event in (told_to_stop, parts.has_ended)]
    try:
        await asyncio.wait([starting, *ends], return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and (error := starting.exception()) is not None:
            if isinstance(error, _REFUSED):
                raise error
            parts.crashed = "start"
            _log.error(LogEvent.PART_CRASHED, part=parts.crashed, exc_info=error)
            return
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (starting, *ends):
            task.cancel()
        await asyncio.wait([starting, *ends])


class _Program:
    """The parts of one process, in the order in which they start. The stack undoes each, last first."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        stack: AsyncExitStack,
        seat: Seat,
        announce: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._parts = parts
        self._stack = stack
        self._seat = seat
        self._announce = announce
        self._metrics = Metrics()
        self._readiness = Readiness(AWAITED_BY_ROLE[settings.role])
        self._wall = WallClock(jumped=lambda whose: self._metrics.clocks.jumps.labels(whose.value).inc())
        self._outbox: Sweeper | None = None
        self._token = identity.token_of(settings)
        self._keyring = trust.keyring_of(settings)
        self._ending = asyncio.Event()
        self._hubs = Hubs(lambda: uuid4().hex)
        self._metrics.screens.streams.set_function(lambda: self._hubs.viewers)
        self._gateway_url = f"http://{reachable(settings.http_host)}:{settings.http_port}"

    async def start(self) -> None:
        """Everything of this role; returns when it runs."""
        settings = self._settings
        if settings.role is Role.SIMULATOR:
            self._play(self._wall, settings.brokers)
            return
        ground = await self._ground()
        self._serve(ground)
        await self._prepare(ground)
        brokers, cluster_id = await self._broker()
        await self._connect(ground, brokers, cluster_id)
        if settings.profile is Profile.EMBEDDED:
            await self._tell_where(ground, brokers)
        if settings.role is Role.ALL and settings.simulate and settings.profile is Profile.EMBEDDED:
            self._play(ground.clock, brokers)
        if settings.role is Role.ALL and settings.profile is Profile.EMBEDDED:
            from streams.program import local  # noqa: PLC0415 - see the head of this file

            self._work("board", local.showing(ground.database))
        # Undone first: requests that wait for the engine are answered before it goes, not when they are given up.
        self._stack.callback(self._ending.set)

    # --- what everything stands on --------------------------------------------------------------------------

    async def _ground(self) -> Ground:
        settings = self._settings
        database = Database(settings.database)
        self._stack.push_async_callback(database.close)
        if settings.role in (Role.ALL, Role.ENGINE):
            self._stack.enter_context(database.engine_lock())
        if settings.speed != 1 or settings.profile is Profile.EMBEDDED:
            # On this machine and quick; and a scaled clock must be known before the first request is answered.
            await self._prepare_database(database)
        clock = await self._clock(database)
        return Ground(
            settings=settings,
            database=database,
            clock=clock,
            wall=self._wall,
            rules=RulesInForce(database, clock),
            metrics=self._metrics,
            bookkeeper=Bookkeeper(self._metrics),
            readiness=self._readiness,
            keyring=self._keyring,
            tracing=traced.begin(settings, self._stack),
        )

    async def _prepare_database(self, database: Database) -> None:
        may_upgrade = self._settings.profile is Profile.EMBEDDED
        await prepare_database(database, self._readiness, may_upgrade=may_upgrade)

    async def _clock(self, database: Database) -> Clock:
        clock = await program_clock(database, self._settings, self._wall)
        if isinstance(clock, ScaledClock):
            keep = KeptTime(database, clock, self._settings.speed)
            await keep()
            self._stack.push_async_callback(keep)
            self._sweep("clock", keep, _KEEP_TIME_EVERY_SECONDS, LogEvent.CLOCK_KEPT)
        return clock

    async def _prepare(self, ground: Ground) -> None:
        await self._prepare_database(ground.database)
        keeper = keeper_of(ground)
        await keeper.settle()
        self._sweep("time", keeper.look, LOOKED_EVERY_SECONDS, LogEvent.CLOCK_KEPT)
        await take_step(ground.rules.settle, self._readiness)
        self._readiness.ready(Component.RULEBOOK)
        self._sweep("rules", ground.rules.look, _LOOK_EVERY_SECONDS, LogEvent.RULEBOOK_IN_FORCE)
        anchoring = anchored.sweep_of(ground)
        if anchoring is not None:
            self._stack.callback(anchoring.close)
            self._sweep("anchors", anchoring, anchored.EVERY_SECONDS, LogEvent.ANCHORED)

    # --- the door -------------------------------------------------------------------------------------------

    def _serve(self, ground: Ground) -> None:
        settings = self._settings
        desk = photographs.desk_of(settings)
        if settings.role is not Role.ENGINE:
            sweep, every = photographs.sweep_of(ground, desk), photographs.SWEPT_EVERY_SECONDS
            self._sweep("attachments", sweep, every, LogEvent.ATTACHMENTS_SWEPT)
        services = Services(
            database=ground.database,
            clock=ground.clock,
            wall=ground.wall,
            readiness=self._readiness,
            rules=ground.rules,
            nudge=self._nudge,
            token=self._token,
            signer=Signer(ground.keyring, ground.wall),
            hubs=self._hubs,
            maps=Maps(settings.map_geojson),
            attachments=desk,
            max_body_bytes=settings.max_message_bytes,
            tokens=identity.tokens_of(settings),
            limits=identity.limits_of(settings),
            is_behind_https=settings.profile is Profile.PRODUCTION,
            count_lowered=lambda flood: self._metrics.door.lowered.labels(flood.value).inc(),
            ending=self._ending,
            tracing=ground.tracing,
        )
        server = Server(self._app(services), settings.http_host, settings.http_port, settings.proxies)
        self._gateway_url = f"http://{reachable(settings.http_host)}:{server.port}"
        self._parts.start("server", server.run())

        async def close() -> None:
            self._hubs.close()
            server.stop()
            await self._parts.finish("server", _ANSWER_WITHIN_SECONDS)
            server.close()

        self._stack.push_async_callback(close)

    def _app(self, services: Services) -> ASGIApp:
        if self._settings.role is Role.ENGINE:
            return create_health_app(services)
        from streams.program import gate  # noqa: PLC0415 - see the head of this file

        return gate.create_app(services)

    def _nudge(self) -> None:
        if self._outbox is not None:
            self._outbox.nudge()

    async def _tell_where(self, ground: Ground, brokers: Brokers) -> None:
        data_dir = self._settings.data_dir
        running.write(data_dir, running.Running(os.getpid(), self._gateway_url, str(brokers)))
        self._stack.callback(running.forget, data_dir)
        self._announce(f"fenghuo runs at {self._gateway_url}")
        from streams.program import local  # noqa: PLC0415 - see the head of this file

        link = await local.local_link(ground.database, self._wall.now())
        self._announce(f"open the screen  {self._gateway_url}/enter?link={link}")
        self._announce(f"token            {self._token}")
        self._announce(f"brokers          {brokers}")
        _log.info(LogEvent.STARTED, gateway_url=self._gateway_url, brokers=str(brokers))

    # --- Kafka and what lives on it -------------------------------------------------------------------------

    async def _broker(self) -> tuple[Brokers, str]:
        brokers = self._settings.brokers
        if self._settings.has_own_broker:
            broker = await self._stack.enter_async_context(EmbeddedBroker())
            self._work("broker", broker.outlive())
            brokers = broker.brokers
        cluster_id = await cluster_of(brokers, self._readiness)
        if self._settings.role is not Role.GATEWAY:
            await prepare_topics(brokers, self._readiness, scale=_scale_of(self._settings))
        return brokers, cluster_id

    async def _connect(self, ground: Ground, brokers: Brokers, cluster_id: str) -> None:
        publisher = await self._publisher(brokers)
        progress = None
        if self._settings.role is Role.GATEWAY:
            name = f"gateway-{uuid4().hex}"
            units = UnitsOfWork(ground.database, cluster_id, name, ground.wall.now)
            relay = Relay(publisher.publish, units, self._metrics)
            self._outbox = self._sweep(
                "outbox", OutboxSweep(relay, topics=INTAKE), _RELAY_EVERY_SECONDS, LogEvent.OUTBOX_SWEPT
            )
        else:
            engine = Engine(ground, cluster_id, brokers, publisher, seat=self._seat)
            self._stack.push_async_callback(engine.stop)
            await engine.start()
            self._outbox = engine.outbox
            progress = engine.progress
            for name, work in engine.work().items():
                self._work(name, work())
            lag = LagSweep(brokers, self._settings.consumer_group, self._metrics)
            self._sweep("lag", lag, LAG_EVERY_SECONDS, LogEvent.LAG_SHOWN)
        gauges = GaugeSweep(
            database=ground.database,
            clock=ground.clock,
            wall=self._wall,
            metrics=self._metrics,
            bookkeeper=ground.bookkeeper,
            readiness=self._readiness,
            progress=progress,
        )
        self._sweep("gauges", gauges, _LOOK_EVERY_SECONDS, LogEvent.GAUGES_SHOWN, busy_ratio=0.01)
        if self._settings.role is not Role.ENGINE:
            from streams.program import gate  # noqa: PLC0415 - see the head of this file

            for name, shows in gate.screens(brokers, ground.database, ground.clock, self._hubs).items():
                self._work(name, shows)
            if self._settings.heartbeat_report_seconds:
                beats = gate.heartbeat(ground, self._nudge)
                self._sweep("heartbeat", beats, beats.every_seconds, LogEvent.HEARTBEAT_SENT)

    async def _publisher(self, brokers: Brokers) -> Publisher:
        while True:
            try:
                return await self._stack.enter_async_context(Publisher(brokers))
            except KafkaError as away:
                self._readiness.waiting(
                    Component.BROKER, f"cannot publish to {brokers}: {type(away).__name__}"
                )
            await asyncio.sleep(_CONNECT_AGAIN_SECONDS)

    # --- those who play along -------------------------------------------------------------------------------

    def _play(self, clock: Clock, brokers: Brokers) -> None:
        from streams.program import local  # noqa: PLC0415 - see the head of this file

        playing = local.playing(
            self._settings, clock, self._wall, brokers, self._gateway_url, self._token, self._keyring
        )
        self._work("simulator", playing)

    # --- tasks ----------------------------------------------------------------------------------------------

    def _work(self, name: str, work: Coroutine[None, None, None]) -> None:
        self._parts.start(name, work)
        self._stack.push_async_callback(self._parts.stop, name)

    def _sweep(
        self, name: str, work: Work, seconds: float, event: LogEvent, busy_ratio: float = 1.0
    ) -> Sweeper:
        sweeper = Sweeper(name, work, seconds, self._metrics, event, busy_ratio=busy_ratio)
        self._work(name, sweeper.run())
        return sweeper


def _scale_of(settings: Settings) -> Scale:
    return Scale.PRODUCTION if settings.profile is Profile.PRODUCTION else Scale.EMBEDDED
