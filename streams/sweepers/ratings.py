"""Ratings: what was last told of areas and units, and whose figures have changed since.

Used by the projection sweeper alone; how work is rated is the rules' (`workflows.appraisal.rating`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import Column
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import AreaCode, UnitCode
from models.messages.rating import Rating
from models.topics import Topic
from models.vocabulary import RatingColour, SubjectKind, Tier
from streams.metric_labels import NO_COLOUR
from streams.store import projections
from streams.store.database import Database
from streams.store.projections import DISTRICT, TOWNSHIP, UNIT
from workflows.appraisal.rating import (
    Gist,
    Subject,
    Tally,
    Window,
    area_subject,
    gist_of,
    has_changed,
    rate,
    rests_on,
    unit_subject,
)
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of subject: its name, the column that names it, and how to read a code."""

    name: str
    column: Column[str]
    subject: Callable[[str], Subject]

    def covers(self, told: Gist) -> bool:
        """Whether a rating is of this kind."""
        if self.column is UNIT:
            return told.subject_kind is SubjectKind.UNIT
        tier = Tier.DISTRICT if self.column is DISTRICT else Tier.TOWNSHIP
        return told.subject_kind is SubjectKind.AREA and told.tier is tier


_KINDS = (
    _Kind("district", DISTRICT, lambda code: area_subject(AreaCode(code))),
    _Kind("township", TOWNSHIP, lambda code: area_subject(AreaCode(code))),
    _Kind("unit", UNIT, lambda code: unit_subject(UnitCode(code))),
)


@dataclass(slots=True)
class Ratings:
    """The ratings of every subject that has ever had one.

    They are looked at `every` so often (the program's time, with which their window moves), and at once under another
    rulebook. At most `at_a_time` are made in one turn, since a week of a busy city holds the event loop up.
    """

    database: Database
    every: timedelta
    at_a_time: int
    _told: dict[str, Gist] = field(default_factory=dict)
    _looked_at: datetime | None = None
    _looked_under: str | None = None

    async def recall(self) -> None:
        """Read what was told last, by whomever. Raises Transient."""
        self._told = {}  # not beside what is read now
        async with self.database.read() as connection:
            values = await projections.published(connection, Topic.RATINGS)
        self._told = {code: gist_of(Rating.model_validate_json(value)) for code, value in values.items()}
        self._looked_at = None

    def are_due(self, rules: Rulebook, now: datetime) -> bool:
        """Whether it is time to look."""
        is_early = self._looked_at is not None and now - self._looked_at < self.every
        return not is_early or self._looked_under != rules.digest

    async def changed(self, rules: Rulebook, now: datetime) -> list[Rating]:
        """Ratings whose figures changed since the last `keep`, up to `at_a_time`. Raises Transient."""
        window = Window(now - timedelta(seconds=rules.rating.window_seconds), now)
        changed: list[Rating] = []
        # The figures and the incidents behind them are asked for one after the other, while others write.
        async with self.database.snapshot() as connection:
            for kind in _KINDS:
                room = self.at_a_time - len(changed)
                if not room:
                    break
                changed += await self._changed_of(kind, connection, window, rules, room)
        return changed

    def keep(self, ratings: list[Rating], rules: Rulebook, now: datetime) -> None:
        """These are committed. When they were all that had changed, the next look can wait."""
        self._told |= {one.subject_code: gist_of(one) for one in ratings}
        if len(ratings) < self.at_a_time:
            self._looked_at, self._looked_under = now, rules.digest

    def by_colour(self) -> Mapping[tuple[str, str], int]:
        """How many districts, townships and units were last told to have each colour, those of nobody included."""
        colours = [*(colour.value for colour in RatingColour), NO_COLOUR]
        counted = dict.fromkeys(product((kind.name for kind in _KINDS), colours), 0)
        for told in self._told.values():
            colour = NO_COLOUR if told.colour is None else told.colour.value
            for kind in _KINDS:
                if kind.covers(told):
                    counted[kind.name, colour] += 1
        return counted

    def of_districts(self) -> Mapping[str, float]:
        """The last told score of each district that has one, 0 to 1."""
        return {
            code: told.score / 100
            for code, told in self._told.items()
            if told.score is not None and _KINDS[0].covers(told)
        }

    async def _changed_of(
        self, kind: _Kind, connection: AsyncConnection, window: Window, rules: Rulebook, room: int
    ) -> list[Rating]:
        figures = await projections.figures(connection, kind.column, window)
        codes = sorted({*figures, *(code for code, told in self._told.items() if kind.covers(told))})
        moved = [code for code in codes if self._has_moved(code, figures.get(code, {}), rules)][:room]
        if not moved:
            return []
        asked = {code: figures.get(code, {}) for code in moved}
        known = await projections.with_incidents(connection, kind.column, window, asked)
        rated = (
            rate(kind.subject(code), tallies, window, rules, window.end) for code, tallies in known.items()
        )
        return [one for one in rated if has_changed(self._told.get(one.subject_code), one)]

    def _has_moved(self, code: str, tallies: Mapping[str, Tally], rules: Rulebook) -> bool:
        before = self._told.get(code)
        return before is None or not rests_on(before, tallies, rules)
