"""Patrol: a walk through everything that is open, so that what nobody heard of, or was before our time, is found."""

from streams.simulator.desk import Desk
from streams.simulator.officers import Officers
from streams.simulator.units import Units


async def patrol(desk: Desk, officers: Officers, units: Units) -> None:
    """One walk: officers look at every open incident, units go on with every order that they still owe."""
    async for summary in desk.open_incidents():
        officers.look_at(summary.incident_id)
        if summary.open_commands:
            for held in await desk.commands_of(summary.incident_id):
                units.resume(held)
