"""Herd: very many incidents in one moment, written by the program's own batches as a worker of another cluster would.

Each has a township, a day and a reporter of its own, so that none is taken for another. Never in here: what the real
workers do with them.
"""

from datetime import datetime, timedelta

from models.areas import area_tree
from models.categories import Category
from models.topics import STAGE_OF_HAND_OVER, Topic
from streams.broker.publishing import Publisher
from streams.store.database import Database
from tests.contract.store.worker import Worker, report
from tests.fakes.clock import ManualClock
from tests.faults.stack import KAFKA_POSTGRES, Stack

AT_ONCE = 100
_CLUSTER = "an-older-cluster"
_APART = timedelta(hours=6)
_NOT_OF_TODAY = 8  # the load tells of today's events


class Herd:
    """What one worker of the older cluster does, at the moment that its clock stands at."""

    def __init__(self, database: Database, at: datetime) -> None:
        self._clock = ManualClock(at)
        self._worker = Worker(database, self._clock, "herd", _CLUSTER)
        self._townships = sorted(area_tree().townships(at.date()))
        self._number = 0

    def stand_at(self, at: datetime) -> None:
        """Whatever it does next it does at this moment."""
        self._clock.move((at - self._clock.now()).total_seconds())

    async def report(self, count: int) -> None:
        """So many incidents begin."""
        reports = []
        for number in range(self._number, self._number + count):
            before, place = divmod(number, len(self._townships))
            at = self._clock.now() - _APART * (_NOT_OF_TODAY + before)
            reports.append(
                report(
                    f"herd-{number}",
                    source=f"herd-{number}",
                    reporter=f"herd-{number}",
                    category=Category.ROAD_TRAFFIC,
                    title="两车相撞",
                    area=self._townships[place],
                    at=at,
                )
            )
        self._number += count
        await self._worker.take(Topic.REPORTS, *reports)

    async def settle(self) -> None:
        """Every stage hears of them here, so that nothing is left for the real workers but the clocks."""
        await self._worker.settle()

    async def call_upon(self, publisher: Publisher) -> None:
        """Let the real workers hear of what their stages were called upon for, from their own cluster."""
        calls = [one for one in self._worker.published if one.topic in STAGE_OF_HAND_OVER]
        self._worker.published.clear()
        await publisher.publish(calls)


def database_of(stack: Stack) -> Database:
    """The stack's own, with connections of the harness."""
    if stack.pair == KAFKA_POSTGRES:
        return Database(stack.database_url)
    return Database(f"sqlite+aiosqlite:///{stack.gateway.program.database}")
