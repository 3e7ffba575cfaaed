"""Nemesis: at moments that the seed chose it does what the plan has, and at the end it heals everything.

Somebody restarts what died, as a supervisor does; that is here, too.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from streams.errors import Transient
from streams.program import failpoints
from streams.program.failpoints import Failpoint
from tests.simulation.group import SESSION_SECONDS
from tests.simulation.lives import die_here
from tests.simulation.machine import MOST_WRONG_SECONDS
from tests.simulation.plan import Fault
from tests.simulation.processes import EngineHost, GatewayHost, Host
from tests.simulation.world import World


class Nemesis:
    """One run's."""

    def __init__(self, world: World, engines: Sequence[EngineHost], gateway: GatewayHost) -> None:
        self._world = world
        self._engines = engines
        self._gateway = gateway
        self._hosts: tuple[Host, ...] = (*engines, gateway)
        self._chance = world.plan.chance("nemesis")
        self._healed = asyncio.Event()

    def begin(self) -> None:
        """Every fault of the plan has its moments; the supervisor always watches."""
        deeds: dict[Fault, Callable[[], None]] = {
            Fault.CRASH_AT_FAILPOINT: self._arm,
            Fault.CRASH_ANYWHERE: lambda: self._chance.choice(self._hosts).kill("anywhere"),
            Fault.ZOMBIE: lambda: self._world.spawn(self._stop_one()),
            Fault.REBALANCE: lambda: self._world.spawn(self._shake()),
            Fault.BROKER_AWAY: lambda: self._world.spawn(self._take_broker()),
            Fault.STORE_FULL: lambda: self._world.spawn(self._fill_disk()),
            Fault.STORE_BUSY: lambda: self._world.spawn(self._lock_database()),
            Fault.CLOCK_JUMP: self._set_a_clock,
        }
        for fault, deed in deeds.items():
            if self._world.plan.has(fault):
                for _ in range(self._chance.randint(1, 3)):
                    self._world.spawn(self._at_some_time(deed))
        for host in self._hosts:
            self._world.spawn(self._supervise(host))

    def heal(self) -> None:
        """Nothing goes wrong from now on, and what went wrong is put right."""
        self._healed.set()
        self._world.say("healed")
        failpoints.arm(None)
        self._world.disk.is_healed = self._world.broker.is_healed = True
        self._world.broker.is_away = False
        for host in self._hosts:
            host.life.go_on()
            if self._world.machine.is_wrong(host.name):
                self._world.machine.set_clock(host.name, 0.0)
                if self._chance.random() < 0.5:
                    host.kill("rebooted with the right time")
        self._world.broker.stir()

    def restart_one(self) -> None:
        """A host is rebooted in peace, as hosts are now and then."""
        self._chance.choice(self._hosts).kill("rebooted")

    async def _at_some_time(self, deed: Callable[[], None]) -> None:
        await asyncio.sleep(self._chance.uniform(0.5, self._world.plan.chaos_seconds))
        if not self._healed.is_set():
            deed()

    async def _for(self, choices_seconds: Sequence[float]) -> None:
        """Let it last for one of these, or until all is healed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._chance.choice(choices_seconds)):
                await self._healed.wait()

    async def _supervise(self, host: Host) -> None:
        while True:
            if not host.is_up:
                host.start()
            await asyncio.sleep(self._chance.uniform(0.5, 2.0))

    def _arm(self) -> None:
        place = self._chance.choice(list(Failpoint))
        passes = self._chance.randint(1, 6)
        self._world.say(f"armed {place}:{passes}")
        failpoints.arm(f"{place.value}:{passes}", die_here)

    async def _stop_one(self) -> None:
        life = self._chance.choice(self._engines).life
        self._world.say(f"{life.name} stands still")
        life.stop()
        await self._for([0.5, SESSION_SECONDS * 2])
        self._world.say(f"{life.name} goes on")
        life.go_on()

    async def _shake(self) -> None:
        if self._chance.random() < 0.5:
            self._world.group.shake()
        else:
            await self._chance.choice(self._engines).leave()

    async def _take_broker(self) -> None:
        self._world.say("the broker is away")
        self._world.broker.is_away = True
        await self._for([0.5, 4.0, 12.0])
        self._world.broker.is_away = False
        self._world.broker.stir()

    async def _fill_disk(self) -> None:
        self._world.say("the disk is full")
        self._world.disk.is_full = True
        await self._for([0.5, 4.0])
        self._world.disk.is_full = False

    async def _lock_database(self) -> None:
        self._world.say("somebody locks the database")
        with suppress(Transient):
            async with self._world.database.write():
                await self._for([0.5, 4.0, 14.0])

    def _set_a_clock(self) -> None:
        host = self._chance.choice(self._hosts)
        wrong_by = self._chance.choice([-MOST_WRONG_SECONDS, MOST_WRONG_SECONDS])
        self._world.say(f"the clock of {host.name} is set wrong by {wrong_by} s")
        self._world.machine.set_clock(host.name, wrong_by)
        if self._chance.random() < 0.5:
            host.kill("rebooted with the wrong time")
