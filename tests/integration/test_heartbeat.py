"""Who sends the heartbeat, on a real database: one gateway at a time, and another when that one is gone."""

from datetime import UTC

from prometheus_client import CollectorRegistry
from sqlalchemy import select

from models.tables import OUTBOX
from streams.metrics import Metrics
from streams.store.database import Database
from streams.sweepers.heartbeat import HeartbeatSweep
from tests.fakes.clock import NOON, ManualClock

EVERY_SECONDS = 60.0


class Gateway:
    """One gateway's sender, and what it shows."""

    def __init__(self, database: Database, wall: ManualClock, name: str) -> None:
        self.registry = CollectorRegistry()
        self.nudges = 0
        self.sweep = HeartbeatSweep(
            database=database,
            clock=ManualClock(NOON),
            wall=wall,
            metrics=Metrics(self.registry).heartbeat,
            every_seconds=EVERY_SECONDS,
            holder=name,
            nudge_outbox=self._nudge,
        )

    def shown(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"fenghuo_heartbeat_{name}", labels)

    def _nudge(self) -> None:
        self.nudges += 1


async def sent(database: Database) -> int:
    async with database.read() as connection:
        return len(list(await connection.scalars(select(OUTBOX.c.message_id))))


async def test_of_two_gateways_one_sends(database: Database) -> None:
    """A period has one heartbeat, whoever looks first; the sender nudges its outbox and says how long writing took."""
    wall = ManualClock(NOON)
    ours, theirs = Gateway(database, wall, "ours"), Gateway(database, wall, "theirs")
    assert [await ours.sweep(), await theirs.sweep()] == [0, 0]
    assert await sent(database) == 1
    assert (ours.nudges, theirs.nudges) == (1, 0)
    assert ours.shown("hop_seconds_count", hop="accepted") == 1
    assert theirs.shown("hop_seconds_count", hop="accepted") is None


async def test_another_takes_over_when_the_sender_is_gone(database: Database) -> None:
    """After a period and a half of silence."""
    wall = ManualClock(NOON)
    gone, other = Gateway(database, wall, "gone"), Gateway(database, wall, "other")
    await gone.sweep()
    wall.move(EVERY_SECONDS)
    await other.sweep()
    assert await sent(database) == 1
    wall.move(EVERY_SECONDS)
    await other.sweep()
    assert await sent(database) == 2


async def test_who_begins_to_send_awaits_one_from_then_on(database: Database) -> None:
    """Or a loop that never turned would never be missed."""
    wall = ManualClock(NOON)
    assert (
        Gateway(database, wall, "ours").shown("came_round_timestamp_seconds")
        == NOON.astimezone(UTC).timestamp()
    )
