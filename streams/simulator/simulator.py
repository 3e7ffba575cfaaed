"""Simulator: reporters, officers and units side by side, on the clock that the whole program lives by.

It stands outside the engine: all it has are the brokers' address and the gateway's. Cancel `run` to stop it; start it
again, and it goes on, since nothing essential is kept in memory.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError

from models.identifiers import IncidentId
from models.messages.command import Command
from models.topics import Topic
from streams.access.signing import Signer
from streams.broker.access import Brokers
from streams.broker.publishing import Publisher
from streams.clock import Clock
from streams.simulator.door import Door, HttpDoor
from streams.simulator.listening import listen
from streams.simulator.officers import Officers
from streams.simulator.outlets import GatewayOutlet, Outlet, TopicOutlet
from streams.simulator.patrol import patrol
from streams.simulator.reporters import Pace, Reporters
from streams.simulator.scenario import SPACING_SECONDS
from streams.simulator.units import Units

# Each waits for the outcome of what it sent; so many at once keep pace with a fast clock on a busy machine.
_OFFICERS_AT_WORK = 8
_UNITS_AT_WORK = 24


class Via(StrEnum):
    """How reports and feedback are sent. Decisions always go through the gateway: that is the officers' screen."""

    TOPICS = "topics"
    GATEWAY = "gateway"  # durable on disk before it is accepted: for tests that kill the broker


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`rounds` None: until stopped; `events` None: all of a round.

    `patrol_seconds` is real time: a fault is waited out, not a deadline. `signer` signs what units say on their topic;
    None: it goes out unsigned.
    """

    seed: int
    brokers: Brokers
    gateway_url: str
    token: str
    via: Via = Via.TOPICS
    signer: Signer | None = None
    spacing_seconds: int = SPACING_SECONDS
    rounds: int | None = None
    events: int | None = None
    patrol_seconds: float = 15.0


class Simulator:
    """One city that plays along. `door_to` opens its door to the gateway; whoever wants to listen gives another."""

    def __init__(
        self,
        settings: SimulatorSettings,
        clock: Clock,
        door_to: Callable[[str, str], HttpDoor] = HttpDoor,
    ) -> None:
        self._settings = settings
        self._door_to = door_to
        self._clock = clock
        self._pace = Pace(settings.seed, settings.spacing_seconds, settings.rounds, settings.events)
        self._opening = self._pace.scenario(1).opening_incidents()
        self.all_told = asyncio.Event()  # every round has been reported; officers and units go on

    async def run(self) -> None:
        """Play until cancelled. Raises NotLetIn when the gateway does not know the token: stop."""
        async with AsyncExitStack() as open_doors:
            door = await open_doors.enter_async_context(
                self._door_to(self._settings.gateway_url, self._settings.token)
            )
            # Asked before anybody is at work: a gateway that is not there is waited for, a wrong token shows here.
            await door.incident(next(iter(self._opening)))
            outlet = await self._outlet(door, open_doors)
            async with asyncio.TaskGroup() as people:
                self._set_to_work(people, door, outlet)

    async def _outlet(self, door: Door, open_doors: AsyncExitStack) -> Outlet:
        if self._settings.via is Via.GATEWAY:
            return GatewayOutlet(door)
        publisher = await open_doors.enter_async_context(Publisher(self._settings.brokers))
        return TopicOutlet(publisher, self._settings.signer)

    def _set_to_work(self, people: asyncio.TaskGroup, door: Door, outlet: Outlet) -> None:
        settings = self._settings
        officers = Officers(settings.seed, door, self._clock)
        units = Units(settings.seed, outlet, self._clock, self._opening)
        for _ in range(_OFFICERS_AT_WORK):
            people.create_task(officers.run())
        for _ in range(_UNITS_AT_WORK):
            people.create_task(units.run())
        people.create_task(self._follow_events(officers))
        people.create_task(self._follow_commands(units))
        people.create_task(self._patrol(door, officers, units))
        people.create_task(self._report(Reporters(self._pace, door, outlet, self._clock)))

    async def _report(self, reporters: Reporters) -> None:
        await reporters.run()
        self.all_told.set()

    async def _follow_events(self, officers: Officers) -> None:
        async for heard in listen(self._settings.brokers, Topic.INCIDENT_EVENTS):
            officers.look_at(IncidentId(heard.key.decode(errors="replace")))

    async def _follow_commands(self, units: Units) -> None:
        async for heard in listen(self._settings.brokers, Topic.DISPOSAL_COMMANDS):
            try:
                units.hear(Command.model_validate_json(heard.value))
            except ValidationError:
                continue  # not an order that this version of a unit's system can read

    async def _patrol(self, door: Door, officers: Officers, units: Units) -> None:
        while True:
            await patrol(door, officers, units)
            await asyncio.sleep(self._settings.patrol_seconds)
