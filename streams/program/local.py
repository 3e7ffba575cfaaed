"""Local: what only the program on one's own machine has, and who plays along. Imported when it is that."""

from collections.abc import Coroutine

from rich.console import Console

from streams.access.signing import Keyring, Signer
from streams.broker.access import Brokers
from streams.clock import Clock, WallClock
from streams.program import board
from streams.program.entry import local_link
from streams.program.overviews import StoredOverviews
from streams.settings import Settings
from streams.simulator.simulator import Simulator, SimulatorSettings, Via
from streams.store.database import Database

__all__ = ["local_link", "playing", "showing"]


def playing(
    settings: Settings,
    clock: Clock,
    wall: WallClock,
    brokers: Brokers,
    gateway_url: str,
    token: str,
    keyring: Keyring,
) -> Coroutine[None, None, None]:
    """The simulated reporters, officers and units."""
    simulator = Simulator(
        SimulatorSettings(
            seed=settings.seed,
            brokers=brokers,
            gateway_url=gateway_url,
            token=token,
            signer=Signer(keyring, wall) if keyring.keys else None,
            via=Via(settings.simulate_via.value),
            rounds=settings.simulate_rounds,
            events=settings.simulate_events,
        ),
        clock,
    )
    return simulator.run()


def showing(database: Database) -> Coroutine[None, None, None]:
    """The board in the terminal."""
    return board.show(StoredOverviews(database), Console())
