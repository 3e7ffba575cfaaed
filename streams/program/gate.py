"""Gate: what only a process with a gateway has. Imported there alone: a worker that starts again has no time for it."""

from collections.abc import Coroutine, Mapping

from streams.broker.access import Brokers
from streams.clock import Clock
from streams.cockpit.feed import Feed
from streams.cockpit.hub import Hubs
from streams.cockpit.waiting import ProposalWatch
from streams.gateway.api import create_app
from streams.store.database import Database

__all__ = ["create_app", "screens"]


def screens(
    brokers: Brokers, database: Database, clock: Clock, hubs: Hubs
) -> Mapping[str, Coroutine[None, None, None]]:
    """What keeps the screens up to date, by name."""
    return {
        "feed": Feed(brokers, database, clock, hubs).run(),
        "proposals": ProposalWatch(database, clock, hubs).run(),
    }
