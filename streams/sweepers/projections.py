"""Projection sweeper: publishes heat rankings and ratings, each only when a reader would see something else.

One worker holds the lease; the others look again later. A turn compares the figures with what was last told, and
keeps values and outbox rows in one transaction that also checks the lease, so that a worker that lost it writes
nothing. Heat is looked at in every turn, at most once a second of real time; ratings at their own pace.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from models.messages.heat_ranking import HeatRanking
from models.messages.rating import Rating
from models.topics import Topic
from streams.clock import Clock
from streams.metrics import Metrics
from streams.store import leases, projections
from streams.store.database import Database
from streams.store.projections import Projection
from streams.sweepers.rankings import Rankings
from streams.sweepers.ratings import Ratings
from workflows.rulebook import Rulebook

JOB = "projections"
RATINGS_AT_A_TIME = 200
RATED_AT_MOST_EVERY_SECONDS = 5.0  # real time: a scaled clock must not make ratings a full-time job
LEASE = timedelta(seconds=15)
_RENEWED_BEFORE = timedelta(seconds=8)
_LOOKS_AT_MOST_EVERY = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class ProjectionSweep:
    """The work of one process.

    `clock` is the program's time, `wall` real time; `rules` says which rulebook is in force; ratings are looked at
    every `ratings_every` of the program's time. `holder` names this process and no other, ever.
    """

    database: Database
    clock: Clock
    wall: Clock
    rules: Callable[[], Rulebook]
    ratings_every: timedelta
    nudge_outbox: Callable[[], None]
    metrics: Metrics
    ratings_at_a_time: int = RATINGS_AT_A_TIME
    holder: str = field(default_factory=lambda: uuid4().hex)
    _rankings: Rankings = field(init=False)
    _ratings: Ratings = field(init=False)
    _held_until: datetime | None = field(init=False, default=None)
    _looked_at: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Nothing is known to have been told yet."""
        self._rankings = Rankings(self.database, self.metrics)
        self._ratings = Ratings(self.database, self.ratings_every, self.ratings_at_a_time)

    async def __call__(self) -> int:
        """Publish what changed; how many values that were. 0 as well when it looked less than a second ago.

        Raises Transient: nothing was published, and the next turn finds the same again.
        """
        wall = self.wall.now()
        if self._looked_at is not None and wall - self._looked_at < _LOOKS_AT_MOST_EVERY:
            return 0
        self._looked_at = wall
        if not await self._has_the_job(wall):
            return 0
        rules, now = self.rules(), self.clock.now()
        rankings = await self._rankings.moved(rules, now)
        are_due = self._ratings.are_due(rules, now)
        ratings = await self._ratings.changed(rules, now) if are_due else []
        if not await self._publish([*map(_of_ranking, rankings), *map(_of_rating, ratings)], now):
            return 0
        self._rankings.keep(rankings)
        if are_due:
            self._ratings.keep(ratings, rules, now)
        self._show(wall, with_ratings=are_due)
        return len(rankings) + len(ratings)

    async def _has_the_job(self, wall: datetime) -> bool:
        held_until = self._held_until
        if held_until is not None and wall < held_until - _RENEWED_BEFORE:
            return True
        self._held_until = None
        async with self.database.write() as connection:
            if not await leases.hold(connection, JOB, self.holder, wall, wall + LEASE):
                self._show_nothing()
                return False
        if held_until is None or held_until < wall:  # somebody else may have published meanwhile
            await self._rankings.recall()
            await self._ratings.recall()
        self._held_until = wall + LEASE
        return True

    def _show(self, wall: datetime, *, with_ratings: bool) -> None:
        """What is told is so, as of now: only the holder shows it."""
        looked_at, duties = self.metrics.projections.looked_at, self.metrics.duties
        looked_at.labels(Topic.HEAT_RANKINGS.value).set(wall.timestamp())
        if not with_ratings:
            return
        looked_at.labels(Topic.RATINGS.value).set(wall.timestamp())
        for (subject, colour), count in self._ratings.by_colour().items():
            duties.subjects.labels(subject, colour).set(count)
        for code, ratio in self._ratings.of_districts().items():
            duties.district_rating.labels(code).set(ratio)

    def _show_nothing(self) -> None:
        """Another process shows them now; the old figures of this one would stand beside them."""
        for shown in (self.metrics.duties.subjects, self.metrics.duties.district_rating):
            shown.clear()

    async def _publish(self, values: list[Projection], now: datetime) -> bool:
        """Whether they are committed, nothing included; False when the job is somebody else's now."""
        if not values:
            return True
        wall = self.wall.now()
        async with self.database.write() as connection:
            if not await leases.hold(connection, JOB, self.holder, wall, wall + LEASE):
                self._held_until = None
                return False
            await projections.publish(connection, values, now, wall)
        self._held_until = wall + LEASE
        for value in values:
            self.metrics.projections.published.labels(value.topic.value).inc()
        self.nudge_outbox()
        return True


def _of_ranking(ranking: HeatRanking) -> Projection:
    return Projection(Topic.HEAT_RANKINGS, ranking.scope_code, ranking.model_dump_json().encode())


def _of_rating(rating: Rating) -> Projection:
    return Projection(Topic.RATINGS, rating.subject_code, rating.model_dump_json().encode())
