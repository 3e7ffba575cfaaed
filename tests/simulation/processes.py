"""Processes: what runs on the simulated hosts - the engine as it is, and the gateway's intake with its own sweeper.

A life ends by a kill, by a failpoint, or because the program ends itself; another one begins on the same host.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn

from obstore.store import MemoryStore
from prometheus_client import CollectorRegistry

from models.access import Act
from streams.attachments.store import AttachmentStore
from streams.attachments.taking_in import AttachmentDesk
from streams.broker.transport import FastLane
from streams.cockpit.hub import Hubs
from streams.cockpit.map import Maps
from streams.engine import Edges, Engine, Ground
from streams.gateway.auditing import allowed
from streams.gateway.callers import INSTALLATION, Caller
from streams.gateway.intake import Intake
from streams.gateway.offers import read_report
from streams.gateway.services import Services
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.relay import Relay
from streams.program.readiness import Readiness
from streams.program.rules_in_force import RulesInForce
from streams.settings import Settings, load_settings
from streams.store.database import Database
from streams.store.unit_of_work import UnitsOfWork
from streams.sweepers.outbox import OutboxSweep
from streams.sweepers.sweeper import Sweeper
from tests.fakes.signing import KEYRING
from tests.simulation.broker import SimulatedPublisher
from tests.simulation.lives import Life, die_here
from tests.simulation.transport import SimulatedTransport
from tests.simulation.world import World

METRICS = Metrics(CollectorRegistry())


@cache
def settings() -> Settings:
    """Those of production, as far as the engine asks."""
    return load_settings(None, data_dir=Path("/nowhere"), simulate=False)


class HungUp(Exception):
    """The gateway died before it answered, or is not there."""


class Host:
    """A machine on which one process of a kind lives after the other."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self._lives = 0
        self.life = Life(f"{name}-0")
        self.life.is_dead = True

    @property
    def is_up(self) -> bool:
        """Whether its process lives."""
        return not self.life.is_dead

    def start(self) -> None:
        """The next life."""
        self._lives += 1
        self.life = Life(f"{self.name}-{self._lives}")
        self.world.say(f"{self.life.name} starts")
        self.life.spawn_part(self._live(self.life))

    def kill(self, why: str) -> None:
        """It is no more."""
        if self.is_up:
            self.world.say(f"{self.life.name} is killed: {why}")
            self.life.kill()

    async def _live(self, life: Life) -> None:
        raise NotImplementedError

    def _database(self, life: Life) -> Database:
        return self.world.disk.attach(life)


class EngineHost(Host):
    """Where an engine lives."""

    engine: Engine

    async def _live(self, life: Life) -> None:
        world, clock = self.world, self.world.machine.clock_of(self.name)
        database, bookkeeper = self._database(life), Bookkeeper(METRICS)
        rules, readiness = RulesInForce(database, clock), Readiness(())
        ground = Ground(settings(), database, clock, clock, rules, METRICS, bookkeeper, readiness, KEYRING)

        def transport(lane: FastLane) -> SimulatedTransport:
            return SimulatedTransport(lane, life, world.broker, world.group)

        edges = Edges(transport, _ends(world, life), lambda: life.name)
        publisher = SimulatedPublisher(world.broker, life)
        self.engine = Engine(ground, world.broker.cluster_id, "simulated", publisher, edges)
        await self.engine.start()
        for work in self.engine.work().values():
            life.spawn_part(work())

    async def leave(self) -> None:
        """End in order: the group is left before the process goes."""
        if self.is_up and not self.life.is_stopped:
            self.world.say(f"{self.life.name} leaves")
            life = self.life
            await asyncio.wait([life.spawn(self.engine.stop())])
            life.kill()


class GatewayHost(Host):
    """Where a gateway lives: its door for reports and its sweeper."""

    intake: Intake
    services: Services

    async def _live(self, life: Life) -> None:
        world, clock = self.world, self.world.machine.clock_of(self.name)
        database = self._database(life)
        units = UnitsOfWork(database, world.broker.cluster_id, life.name, clock.now)
        relay = Relay(SimulatedPublisher(world.broker, life).publish, units, METRICS)
        sweeper = Sweeper("outbox", OutboxSweep(relay), 1.0, METRICS, LogEvent.OUTBOX_SWEPT)
        self.services = Services(
            database=database,
            clock=clock,
            wall=clock,
            readiness=Readiness(()),
            rules=RulesInForce(database, clock),
            nudge=sweeper.nudge,
            token="a-token",
            hubs=Hubs(lambda: "e1"),
            maps=Maps(None),
            attachments=AttachmentDesk(AttachmentStore(MemoryStore())),
        )
        self.intake = Intake(self.services)
        life.spawn_part(sweeper.run())

    async def offer(self, value: bytes) -> None:
        """A report at the door. Returns once it was accepted; raises what the door says, or HungUp."""
        if not self.is_up:
            raise HungUp
        _, offer = read_report(value, self.services)
        entry = allowed(Caller(INSTALLATION), Act.REPORT, None, offer.message_id, self.services)
        life, intake = self.life, self.intake

        async def answered() -> None:
            await intake.accept(offer, entry)

        try:
            await life.spawn(answered())
        except asyncio.CancelledError as cut:
            if life.is_dead:
                raise HungUp from cut
            raise
        self.world.witness.accepted.setdefault(offer.message_id, self.world.machine.steady())


def _ends(world: World, life: Life) -> Callable[[int], NoReturn]:
    def end(code: int) -> NoReturn:
        world.say(f"{life.name} ends itself with {code}")
        die_here()

    return end
