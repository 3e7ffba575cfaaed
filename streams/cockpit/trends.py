"""Trends: how the ratings of an area and what lies below it went, window by window, computed again from the outcomes.

Nothing is kept for it: a rating is nothing but outcomes of a window, so a past one is the same sum over a past window,
under the rulebook in force now. A step is a seventh of the rulebook's window: a day, where the window is a week.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import Column, Row, Select, case, func, select

from models.access import Act
from models.identifiers import AreaCode, UnitCode
from models.tables import OUTCOMES
from streams.cockpit.live import AreaAsked, rated_in, screen_area
from streams.gateway.callers import CallerOf
from streams.gateway.openapi import problems
from streams.gateway.parameters import KnownParametersOnly
from streams.gateway.reading import reading_for
from streams.gateway.services import ServicesOf
from streams.store.projections import DISTRICT, TOWNSHIP, UNIT
from workflows.appraisal.rating import Subject, Tally, Window, area_subject, rate, unit_subject
from workflows.rulebook import Rulebook

router = APIRouter(prefix="/api/screen", tags=["screen"], dependencies=[KnownParametersOnly])

STEPS_A_WINDOW = 7
POINTS = 14
_STEPS = POINTS + STEPS_A_WINDOW - 1
_DISTRICT_DIGITS = 6

Point = tuple[float | None, str | None, int]  # score, colour, sample
Counts = Mapping[int, Mapping[str, tuple[int, int]]]  # good and all, by measure, by step before now


@router.get("/trends", response_class=Response, responses=problems(400, 401, 404, 503))
async def get_trends(caller: CallerOf, services: ServicesOf, area: AreaAsked = None) -> Response:
    """Score, colour and sample of each subject that a screen of this area rates, at 14 moments up to now."""
    area_code = screen_area(caller, area, Act.READ_APPRAISAL)
    rules, now = services.rules(), services.clock.now()
    subjects = list(rated_in(area_code, services))
    rows: list[Row[*tuple[Any, ...]]] = []
    async with reading_for(caller, services) as connection:
        for column, codes in _by_column(subjects).items():
            rows += await connection.execute(_counted(column, codes, rules, now))
    points = await asyncio.to_thread(_points, rows, rules, now)
    told = {"ends": _ends(rules, now), "columns": ["score", "colour", "sample"], "subjects": points}
    return Response(orjson.dumps(told), media_type="application/json")


def _step(rules: Rulebook) -> timedelta:
    return timedelta(seconds=rules.rating.window_seconds) / STEPS_A_WINDOW


def _ends(rules: Rulebook, now: datetime) -> list[datetime]:
    """When each window ended, the oldest first; the last is now."""
    return [now - before * _step(rules) for before in reversed(range(POINTS))]


def _is_unit(code: str) -> bool:
    return ":" in code


def _by_column(subjects: Sequence[str]) -> Mapping[Column[str], list[str]]:
    """The subjects by the column of outcomes that names them."""
    found: dict[Column[str], list[str]] = defaultdict(list)
    for code in subjects:
        found[UNIT if _is_unit(code) else DISTRICT if len(code) == _DISTRICT_DIGITS else TOWNSHIP].append(
            code
        )
    return found


def _counted(
    column: Column[str], codes: Sequence[str], rules: Rulebook, now: datetime
) -> Select[*tuple[Any, ...]]:
    """Outcomes by subject, measure and step before now; a step ends with its moment and begins after the one before."""
    happened, step = OUTCOMES.c.happened_at, _step(rules)
    before = case(*((happened > now - (number + 1) * step, number) for number in range(_STEPS))).label(
        "before"
    )
    good = func.sum(case((OUTCOMES.c.good, 1), else_=0)).label("good")
    return (
        select(column.label("code"), OUTCOMES.c.measure, before, good, func.count().label("total"))
        .where(happened > now - _STEPS * step, happened <= now, column.in_(codes))
        .group_by(column, OUTCOMES.c.measure, before)
    )


def _points(rows: Sequence[Row[*tuple[Any, ...]]], rules: Rulebook, now: datetime) -> dict[str, list[Point]]:
    counts: dict[str, dict[int, dict[str, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        counts[row.code][row.before][row.measure] = (int(row.good), row.total)
    return {code: list(_of_subject(code, counts[code], rules, now)) for code in sorted(counts)}


def _of_subject(code: str, counts: Counts, rules: Rulebook, now: datetime) -> Iterator[Point]:
    subject = unit_subject(UnitCode(code)) if _is_unit(code) else area_subject(AreaCode(code))
    for before in reversed(range(POINTS)):
        tallies = _summed([counts.get(before + step, {}) for step in range(STEPS_A_WINDOW)])
        yield _point(subject, tallies, before, rules, now)


def _summed(steps: Sequence[Mapping[str, tuple[int, int]]]) -> Mapping[str, Tally]:
    found: dict[str, Tally] = {}
    for step in steps:
        for measure, (good, total) in step.items():
            known = found.get(measure, Tally(0, 0))
            found[measure] = Tally(known.good + good, known.total + total)
    return found


def _point(
    subject: Subject, tallies: Mapping[str, Tally], before: int, rules: Rulebook, now: datetime
) -> Point:
    end = now - before * _step(rules)
    window = Window(end - timedelta(seconds=rules.rating.window_seconds), end)
    rating = rate(subject, tallies, window, rules, end)
    return rating.score, None if rating.colour is None else rating.colour.value, rating.sample
