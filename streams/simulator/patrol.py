"""Patrol: a walk through everything that is open, so that what nobody heard of, or was before our time, is found."""

from streams.simulator.door import Door
from streams.simulator.officers import Officers
from streams.simulator.units import Units


async def patrol(door: Door, officers: Officers, units: Units) -> None:
    """One walk: officers look at every open incident, units go on with every order that they still owe."""
    async for summary in door.open_incidents():
        officers.look_at(summary.incident_id)
        if summary.open_commands:
            for held in await door.commands_of(summary.incident_id):
                units.resume(held)
