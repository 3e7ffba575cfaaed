"""Yardstick: what every check is measured against - how far time has come, the rulebooks, who is still called upon.

Loaded once, in the transaction in which everything is checked. Never in here: an invariant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ACTIVATIONS, CLOCK, DEADLINES, INBOX, INCIDENTS, OUTBOX, RULEBOOKS
from models.topics import STAGE_OF_HAND_OVER
from streams.archive.files import ArchiveFolder
from streams.sweepers.projections import LEASE, RATED_AT_MOST_EVERY_SECONDS
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook, parse_rulebook

_SWEPT_WITHIN_SECONDS = 5.0
# Who comes after a process that was killed has to wait for the end of its lease.
_TOLD_WITHIN_SECONDS = LEASE.total_seconds() + _SWEPT_WITHIN_SECONDS
# What a batch finds out is stamped when it begins; a slow database keeps it so much later, and a rating made in between
# could not know of it. Heat is told by the second, so the next turn has found it before anybody looks.
_KEPT_WITHIN_SECONDS = 60.0
_LATEST: tuple[ColumnElement[datetime], ...] = (
    CLOCK.c.reads,
    INBOX.c.recorded_at,
    INCIDENTS.c.updated_at,
    DEADLINES.c.updated_at,
)
_RULEBOOKS = select(RULEBOOKS.c.body)
_IN_FORCE = select(ACTIVATIONS.c.digest).order_by(ACTIVATIONS.c.activated_at.desc()).limit(1)
_CALLED = select(OUTBOX.c.key).where(
    OUTBOX.c.topic.in_([topic.value for topic in STAGE_OF_HAND_OVER]),
    ~exists().where(INBOX.c.message_id == OUTBOX.c.message_id),
)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """`now` is the program's time, `wall` real time; nothing counts as late before `grace` of its time has passed."""

    now: datetime
    wall: datetime
    grace: timedelta
    wall_grace: timedelta
    rules: Rulebook
    rulebooks: Mapping[str, Rulebook]
    told_within: timedelta  # until when, of its time, a heat ranking must have followed, and a rating
    rated_within: timedelta
    called: frozenset[str]  # incidents that a stage was called upon for and has not looked at yet
    archive: ArchiveFolder | None = None  # where the logs lie that were put away

    def is_overdue(self, moment: datetime) -> bool:
        """The program's time has passed this moment by more than the grace."""
        return moment + self.grace < self.now

    def is_long_past(self, moment: datetime) -> bool:
        """Real time has passed this moment by more than the grace."""
        return moment + self.wall_grace < self.wall

    def rules_of_epoch(self, epoch: int) -> Rulebook | None:
        """A rulebook whose heat is of this epoch; the half-life of an epoch never changes."""
        every = (self.rules, *self.rulebooks.values())
        return next((rules for rules in every if rules.heat.epoch == epoch), None)


async def load(
    connection: AsyncConnection,
    wall: datetime,
    grace_seconds: float,
    *,
    lives_by_wall: bool,
    rated_every_seconds: float = 60.0,
    archive: ArchiveFolder | None = None,
) -> Yardstick:
    """The yardstick as this transaction sees it.

    With `lives_by_wall` the program's time is `wall`, whatever a worker wrote whose clock ran ahead: by that one's time
    clocks had passed that nobody should have sent yet. Without, it is the latest moment that the database knows: a
    program that is stopped misses nothing, and a scaled clock stands still; the grace is scaled like the clock.
    """
    stored = {
        rules.digest: rules
        for rules in [parse_rulebook(body) for (body,) in await connection.execute(_RULEBOOKS)]
    }
    in_force = (await connection.execute(_IN_FORCE)).scalar_one_or_none()
    moments = [(await connection.execute(select(func.max(column)))).scalar_one() for column in _LATEST]
    known = max(filter(None, moments), default=wall)
    speed = (await connection.execute(select(CLOCK.c.speed))).scalar_one_or_none() or 1.0
    called = await connection.execute(_CALLED)
    told_within = timedelta(seconds=max(grace_seconds, _TOLD_WITHIN_SECONDS) * speed)
    rated_every = timedelta(seconds=max(rated_every_seconds, RATED_AT_MOST_EVERY_SECONDS * speed))
    return Yardstick(
        now=wall if lives_by_wall else known,
        wall=wall,
        # A clock runs in a program at rest too, and is swept every now and then: it always has a few seconds.
        grace=timedelta(seconds=max(grace_seconds, _SWEPT_WITHIN_SECONDS) * speed),
        wall_grace=timedelta(seconds=grace_seconds),
        told_within=told_within,
        rated_within=told_within + rated_every + timedelta(seconds=_KEPT_WITHIN_SECONDS * speed),
        rules=stored.get(in_force or "", default_rulebook()),
        rulebooks=stored,
        called=frozenset(key.decode() for (key,) in called),
        archive=archive,
    )
