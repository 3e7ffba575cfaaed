"""Projection sweeper: publishes heat rankings and ratings, each only when a reader would see something else.

One worker holds the lease; the others look again later. A piece of work reads the figures, compares them with what was
last published, and keeps value and outbox row in one transaction that also checks the lease, so that a worker that
lost it writes nothing. Heat is looked at whenever the sweeper runs (once a second, real time), ratings every
`ratings_every_seconds` of the program's time, since their window moves with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from sqlalchemy import Column
from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import AreaKind, area_tree
from models.identifiers import AreaCode, UnitCode
from models.messages.heat_ranking import HeatRanking
from models.messages.rating import Rating
from models.topics import Topic
from models.vocabulary import SubjectKind, Tier
from streams.clock import Clock
from streams.metrics import Metrics
from streams.store import heat, leases, projections
from streams.store.database import Database
from streams.store.projections import DISTRICT, TOWNSHIP, UNIT, Figures, Projection
from workflows.appraisal.heat import has_moved, rank
from workflows.appraisal.rating import (
    Subject,
    Window,
    area_subject,
    has_changed,
    rate,
    rests_on,
    unit_subject,
)
from workflows.rulebook import Rulebook

JOB = "projections"
REFOLDED_AT_A_TIME = 100
_LEASE = timedelta(seconds=15)
_RENEWED_BEFORE = timedelta(seconds=8)
_LOOKED_AT_MOST_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of subject: the column that names it, and how to read a code."""

    column: Column[str]
    subject: Callable[[str], Subject]

    def covers(self, rating: Rating) -> bool:
        """Whether a published rating is of this kind."""
        if self.column is UNIT:
            return rating.subject_kind is SubjectKind.UNIT
        tier = Tier.DISTRICT if self.column is DISTRICT else Tier.TOWNSHIP
        return rating.subject_kind is SubjectKind.AREA and rating.tier is tier


_KINDS = (
    _Kind(DISTRICT, lambda code: area_subject(AreaCode(code))),
    _Kind(TOWNSHIP, lambda code: area_subject(AreaCode(code))),
    _Kind(UNIT, lambda code: unit_subject(UnitCode(code))),
)


@dataclass(slots=True)
class ProjectionSweep:
    """The work of one process.

    `clock` is the program's time, `wall` real time; `rules` says which rulebook is in force.
    """

    database: Database
    clock: Clock
    wall: Clock
    rules: Callable[[], Rulebook]
    ratings_every: timedelta
    nudge_outbox: Callable[[], None]
    metrics: Metrics
    _me: str = field(default_factory=lambda: uuid4().hex)
    _held_until: datetime | None = None
    _looked_at: datetime | None = None
    _rated_at: datetime | None = None
    _rated_under: str | None = None
    _rankings: dict[str, HeatRanking] = field(default_factory=dict)
    _ratings: dict[str, Rating] = field(default_factory=dict)

    async def __call__(self) -> int:
        """Publish what changed; how many values that were. 0 as well when it looked less than a second ago.

        Raises Transient: nothing was published, and the next turn finds the same again.
        """
        wall = self.wall.now()
        if self._looked_at is not None and wall - self._looked_at < _LOOKED_AT_MOST_EVERY:
            return 0
        self._looked_at = wall
        if not await self._holds_lease(wall):
            return 0
        rules, now = self.rules(), self.clock.now()
        rankings = await self._moved_rankings(rules, now)
        is_due = self._ratings_are_due(rules, now)
        ratings = await self._changed_ratings(rules, now) if is_due else []
        if rankings or ratings:
            await self._publish(rankings, ratings, now)
        if is_due:
            self._rated_at, self._rated_under = now, rules.digest
        return len(rankings) + len(ratings)

    # --- the lease

    async def _holds_lease(self, wall: datetime) -> bool:
        held_until = self._held_until
        if held_until is not None and wall < held_until - _RENEWED_BEFORE:
            return True
        async with self.database.write() as connection:
            if not await self._hold(connection, wall):
                self._held_until = None
                return False
            if held_until is None or held_until < wall:  # somebody else may have published meanwhile
                await self._recall(connection)
        self._held_until = wall + _LEASE
        return True

    async def _hold(self, connection: AsyncConnection, wall: datetime) -> bool:
        return await leases.hold(connection, JOB, self._me, wall, wall + _LEASE)

    async def _recall(self, connection: AsyncConnection) -> None:
        rankings = await projections.published(connection, Topic.HEAT_RANKINGS)
        ratings = await projections.published(connection, Topic.RATINGS)
        self._rankings = {code: HeatRanking.model_validate_json(value) for code, value in rankings.items()}
        self._ratings = {code: Rating.model_validate_json(value) for code, value in ratings.items()}
        self._rated_at = None

    # --- what changed

    async def _moved_rankings(self, rules: Rulebook, now: datetime) -> list[HeatRanking]:
        async with self.database.read() as connection:
            is_comparable = await heat.is_of_one_epoch(connection, rules)
            hottest = await projections.hottest(connection, rules.heat) if is_comparable else ()
        if not is_comparable:
            await self._refold(rules)
            return []  # a ranking of half of the incidents would be wrong; the next turn looks again
        districts = {one.district_code for one in hottest if one.district_code is not None}
        scopes = sorted({city_code(), *districts, *map(AreaCode, self._rankings)})
        ranked = (rank(hottest, rules, now, scope, city=scope == city_code()) for scope in scopes)
        return [one for one in ranked if has_moved(self._rankings.get(one.scope_code), one)]

    async def _refold(self, rules: Rulebook) -> None:
        async with self.database.write() as connection:
            refolded = await heat.refold_other_epochs(connection, rules, REFOLDED_AT_A_TIME)
        self.metrics.projections.refolded.inc(refolded)

    def _ratings_are_due(self, rules: Rulebook, now: datetime) -> bool:
        is_early = self._rated_at is not None and now - self._rated_at < self.ratings_every
        return not is_early or self._rated_under != rules.digest

    async def _changed_ratings(self, rules: Rulebook, now: datetime) -> list[Rating]:
        window = Window(now - timedelta(seconds=rules.rating.window_seconds), now)
        changed: list[Rating] = []
        async with self.database.read() as connection:
            for kind in _KINDS:
                changed += await self._changed_of(kind, connection, window, rules)
        return changed

    async def _changed_of(
        self, kind: _Kind, connection: AsyncConnection, window: Window, rules: Rulebook
    ) -> list[Rating]:
        figures = await projections.figures(connection, kind.column, window)
        codes = {*figures, *(code for code, rating in self._ratings.items() if kind.covers(rating))}
        moved = {
            code: figures.get(code, {}) for code in sorted(codes) if self._has_moved(code, figures, rules)
        }
        if not moved:
            return []
        known = await projections.with_incidents(connection, kind.column, window, moved)
        rated = (
            rate(kind.subject(code), tallies, window, rules, window.end) for code, tallies in known.items()
        )
        return [one for one in rated if has_changed(self._ratings.get(one.subject_code), one)]

    def _has_moved(self, code: str, figures: Figures, rules: Rulebook) -> bool:
        before = self._ratings.get(code)
        return before is None or not rests_on(before, figures.get(code, {}), rules)

    # --- telling

    async def _publish(self, rankings: list[HeatRanking], ratings: list[Rating], now: datetime) -> None:
        values = [_of_ranking(one) for one in rankings] + [_of_rating(one) for one in ratings]
        wall = self.wall.now()
        async with self.database.write() as connection:
            if not await self._hold(connection, wall):
                self._held_until = None
                return
            await projections.publish(connection, values, now, wall)
        self._held_until = wall + _LEASE
        self._rankings |= {one.scope_code: one for one in rankings}
        self._ratings |= {one.subject_code: one for one in ratings}
        for value in values:
            self.metrics.projections.published.labels(value.topic.value).inc()
        self.nudge_outbox()


def _of_ranking(ranking: HeatRanking) -> Projection:
    return Projection(Topic.HEAT_RANKINGS, ranking.scope_code, ranking.model_dump_json().encode())


def _of_rating(rating: Rating) -> Projection:
    return Projection(Topic.RATINGS, rating.subject_code, rating.model_dump_json().encode())


@cache
def city_code() -> AreaCode:
    """The scope of the whole city."""
    return next(area.code for area in area_tree() if area.kind is AreaKind.CITY)
