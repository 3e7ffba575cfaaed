"""I6: what was last told of heat and of ratings is what a reader would be told now.

The sweeper tells a figure some time after it changed, so what changed a moment ago is not held to it: the scopes and
subjects of incidents that were touched, and of outcomes that came into the window or left it, within that time.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import Column, ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import city_code
from models.identifiers import AreaCode, UnitCode
from models.messages.heat_ranking import HeatRanking
from models.messages.rating import Rating
from models.tables import ACTIVATIONS, INCIDENTS, OUTCOMES
from models.topics import Topic
from models.vocabulary import SubjectKind
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick
from streams.store import heat, projections
from streams.store.projections import DISTRICT, TOWNSHIP, UNIT, Figures
from workflows.appraisal.heat import has_moved, rank
from workflows.appraisal.rating import Window, area_subject, gist_of, has_changed, rate, unit_subject

M = TypeVar("M", HeatRanking, Rating)

_COLUMNS: tuple[Column[str], ...] = (DISTRICT, TOWNSHIP, UNIT)


async def rankings_equal_the_heats(
    connection: AsyncConnection, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I6 ... and projection: a ranking that was told names the incidents, levels and scores of now, in their order."""
    since = yardstick.now - yardstick.told_within
    if await _has_new_rules(connection, yardstick) or not await heat.is_of_one_epoch(
        connection, yardstick.rules
    ):
        return
    touched = set(
        await connection.scalars(
            select(INCIDENTS.c.district_code).where(INCIDENTS.c.updated_at >= since).distinct()
        )
    )
    hottest = await projections.hottest(connection, yardstick.rules.heat)
    for scope, value in sorted((await projections.published(connection, Topic.HEAT_RANKINGS)).items()):
        is_city = scope == city_code()
        if scope not in touched and not (is_city and touched):
            fresh = rank(hottest, yardstick.rules, yardstick.now, AreaCode(scope), city=is_city)
            where = f"projections topic={Topic.HEAT_RANKINGS} key={scope}"
            ranking = _read(HeatRanking, value)
            if ranking is None:
                yield Violation(Invariant.I6, where, "it cannot be read")
            elif has_moved(ranking, fresh):
                detail = f"not the ranking of now: {[entry.incident_id for entry in fresh.entries]}"
                yield Violation(Invariant.I6, where, detail)


async def ratings_equal_the_outcomes(
    connection: AsyncConnection, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I6 ... a rating that was told has the colour, the score and the shares that the outcomes give."""
    if await _has_new_rules(connection, yardstick):
        return
    window = Window(yardstick.now - timedelta(seconds=yardstick.rules.rating.window_seconds), yardstick.now)
    told = await projections.published(connection, Topic.RATINGS)
    unsettled = await _unsettled(connection, yardstick, window)
    figures = await _figures(connection, window)
    for code, value in sorted(told.items()):
        where = f"projections topic={Topic.RATINGS} key={code}"
        rating = _read(Rating, value)
        if rating is None:
            yield Violation(Invariant.I6, where, "it cannot be read")
            continue
        if code in unsettled or not _differs(rating, figures, window, yardstick):
            continue
        # The window moves on without an engine, too: what was right when it was told is right until one looks.
        then = Window(rating.window_start, rating.window_end)
        if _differs(rating, await _figures(connection, then), then, yardstick):
            yield Violation(Invariant.I6, where, "the outcomes give another rating")


async def _has_new_rules(connection: AsyncConnection, yardstick: Yardstick) -> bool:
    since = yardstick.now - yardstick.rated_within
    query = select(ACTIVATIONS.c.digest).where(ACTIVATIONS.c.activated_at >= since).limit(1)
    return (await connection.execute(query)).first() is not None


def _read(shape: type[M], value: bytes) -> M | None:
    try:
        return shape.model_validate_json(value)
    except ValidationError:
        return None


def _differs(rating: Rating, figures: Figures, window: Window, yardstick: Yardstick) -> bool:
    code = rating.subject_code
    is_unit = rating.subject_kind is SubjectKind.UNIT
    subject = unit_subject(UnitCode(code)) if is_unit else area_subject(AreaCode(code))
    return has_changed(
        gist_of(rating), rate(subject, figures.get(code, {}), window, yardstick.rules, window.end)
    )


async def _figures(connection: AsyncConnection, window: Window) -> Figures:
    found: Figures = defaultdict(dict)
    for column in _COLUMNS:
        found |= await projections.figures(connection, column, window)
    return found


async def _unsettled(connection: AsyncConnection, yardstick: Yardstick, window: Window) -> set[str]:
    """Subjects whose figures may have changed since the sweeper had to look last."""
    since = yardstick.now - yardstick.rated_within
    at = OUTCOMES.c.happened_at
    is_recent: ColumnElement[bool] = or_(
        INCIDENTS.c.updated_at >= since,
        at >= since,
        and_(at >= window.start - yardstick.rated_within, at <= window.start),
    )
    recent = (
        select(*_COLUMNS)
        .join(INCIDENTS, INCIDENTS.c.incident_id == OUTCOMES.c.incident_id, isouter=True)
        .where(is_recent)
        .distinct()
    )
    return {code for row in await connection.execute(recent) for code in row if code is not None}
