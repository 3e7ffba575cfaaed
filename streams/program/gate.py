"""Gate: what only a process with a gateway has. Imported there alone: a worker that starts again has no time for it."""

from collections.abc import Callable, Coroutine, Mapping
from uuid import uuid4

from streams.broker.access import Brokers
from streams.clock import Clock
from streams.cockpit.feed import Feed
from streams.cockpit.hub import Hubs
from streams.cockpit.waiting import ProposalWatch
from streams.engine import Ground
from streams.gateway.api import create_app
from streams.store.database import Database
from streams.sweepers.heartbeat import HeartbeatSweep

__all__ = ["create_app", "heartbeat", "screens"]


def screens(
    brokers: Brokers, database: Database, clock: Clock, hubs: Hubs
) -> Mapping[str, Coroutine[None, None, None]]:
    """What keeps the screens up to date, by name."""
    return {
        "feed": Feed(brokers, database, clock, hubs).run(),
        "proposals": ProposalWatch(database, clock, hubs).run(),
    }


def heartbeat(ground: Ground, nudge_outbox: Callable[[], None]) -> HeartbeatSweep:
    """What sends a report of nobody round the loop, from the door on where reports come in."""
    return HeartbeatSweep(
        database=ground.database,
        clock=ground.clock,
        wall=ground.wall,
        metrics=ground.metrics.heartbeat,
        every_seconds=ground.settings.heartbeat_report_seconds,
        holder=f"gateway-{uuid4().hex}",
        nudge_outbox=nudge_outbox,
    )
