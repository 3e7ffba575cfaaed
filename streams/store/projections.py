"""Projections: the figures behind heat rankings and ratings, and the last published one of each key.

Aggregates of rows, made by the database; what they mean is the rules' (`workflows.appraisal`). A published value and
its outbox row are written in one transaction, so that what is kept here and what goes to Kafka cannot disagree.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.categories import Category
from models.identifiers import IncidentId
from models.tables import INCIDENTS, OUTBOX, OUTCOMES, PROJECTIONS
from models.topics import Topic
from models.vocabulary import Level, Status
from streams.broker.publishing import Publication
from streams.store import outbox
from streams.store.publications import HEADERS, Outgoing
from streams.store.statements import upsert
from workflows.appraisal.heat import HeatCandidate
from workflows.appraisal.rating import MOST_INCIDENTS, Tally, Window
from workflows.rulebook import Heat

Figures = dict[str, dict[str, Tally]]  # subject code -> measure -> tally

# What an outcome can be about, by the column that names it.
DISTRICT: Column[str] = OUTCOMES.c.district_code
TOWNSHIP: Column[str] = OUTCOMES.c.township_code
UNIT: Column[str] = OUTCOMES.c.unit_code

_SUPERSEDED = delete(OUTBOX).where(
    OUTBOX.c.published_at.is_(None),
    OUTBOX.c.topic == bindparam("of_topic"),
    OUTBOX.c.key.in_(bindparam("keys", expanding=True)),
    or_(OUTBOX.c.claimed_until.is_(None), OUTBOX.c.claimed_until < bindparam("at")),
)


@dataclass(frozen=True, slots=True)
class Projection:
    """What is to stand under a key of a compacted topic."""

    topic: Topic
    key: str
    value: bytes


async def published(connection: AsyncConnection, topic: Topic) -> dict[str, bytes]:
    """The last value under each key of this topic."""
    rows = await connection.execute(
        select(PROJECTIONS.c.key, PROJECTIONS.c.value).where(PROJECTIONS.c.topic == topic.value)
    )
    return {row.key: row.value for row in rows}


async def publish(
    connection: AsyncConnection, projections: Collection[Projection], now: datetime, wall: datetime
) -> None:
    """Keep these values and put them in the outbox; older ones that still wait there are dropped.

    `now` is the program's time, `wall` real time. Dropping keeps a long outage of the broker from piling up rankings
    that nobody will want; what a sweeper has claimed already is left to it.
    """
    rows: list[dict[str, object]] = [
        {"topic": one.topic.value, "key": one.key, "value": one.value, "updated_at": now}
        for one in projections
    ]
    await upsert(connection, PROJECTIONS, rows)
    keys: dict[Topic, list[bytes]] = defaultdict(list)
    for one in projections:
        keys[one.topic].append(one.key.encode())
    for topic, of_topic in keys.items():
        asked = {"of_topic": topic.value, "keys": of_topic, "at": wall}
        await connection.execute(_SUPERSEDED, asked)
    outgoing = (Outgoing(Publication(one.topic, one.key.encode(), one.value, HEADERS)) for one in projections)
    await outbox.add(connection, outgoing, wall)


async def hottest(connection: AsyncConnection, heat: Heat) -> tuple[HeatCandidate, ...]:
    """The incidents that can be among the first of the city or of their district; `rank` puts them in order."""
    return tuple(
        HeatCandidate(
            incident_id=row.incident_id,
            status=Status(row.status),
            exercise=row.exercise,
            title=row.title,
            category=None if row.category is None else Category(row.category),
            level=Level(row.level),
            area_code=row.area_code,
            district_code=row.district_code,
            log_heat=row.log_heat,
            reports=row.reports,
            sources=row.sources,
        )
        for row in await connection.execute(_hottest(heat))
    )


def _hottest(heat: Heat) -> Select[tuple[object, ...]]:
    weights = {level.value: log(weight) for level, weight in heat.level_weights.items()}
    severities = {level.value: level.severity for level in Level}
    order = (
        (INCIDENTS.c.log_heat + case(weights, value=INCIDENTS.c.level)).desc(),
        case(severities, value=INCIDENTS.c.level).desc(),
        INCIDENTS.c.incident_id,
    )
    of_district = func.row_number().over(partition_by=INCIDENTS.c.district_code, order_by=order)
    placed = (
        select(
            INCIDENTS.c.incident_id,
            func.row_number().over(order_by=order).label("of_city"),
            of_district.label("of_district"),
        )
        .where(
            INCIDENTS.c.status == Status.OPEN.value,
            INCIDENTS.c.heat_epoch == heat.epoch,
            INCIDENTS.c.log_heat.is_not(None),
            INCIDENTS.c.exercise.is_(False),
        )
        .subquery("placed")
    )
    is_near_the_top = or_(placed.c.of_city <= heat.ranked, placed.c.of_district <= heat.ranked)
    columns = [INCIDENTS.c[name] for name in HeatCandidate.__dataclass_fields__]
    return (
        select(*columns).join(placed, placed.c.incident_id == INCIDENTS.c.incident_id).where(is_near_the_top)
    )


async def figures(connection: AsyncConnection, subject: Column[str], window: Window) -> Figures:
    """How many outcomes of each measure every subject has in the window, and how many were good; no ids yet."""
    good = func.sum(case((OUTCOMES.c.good, 1), else_=0))
    counted = (
        select(subject.label("code"), OUTCOMES.c.measure, good.label("good"), func.count().label("total"))
        .where(_in(window), subject.is_not(None))
        .group_by(subject, OUTCOMES.c.measure)
    )
    found: Figures = defaultdict(dict)
    for row in await connection.execute(counted):
        found[row.code][row.measure] = Tally(int(row.good), row.total)
    return dict(found)


async def with_incidents(
    connection: AsyncConnection,
    subject: Column[str],
    window: Window,
    known: Mapping[str, Mapping[str, Tally]],
) -> Figures:
    """The same figures with the incidents behind them: those with a bad outcome first, then the latest."""
    found: Figures = {code: dict(tallies) for code, tallies in known.items()}
    ids: dict[tuple[str, str], list[IncidentId]] = defaultdict(list)
    behind: dict[tuple[str, str], int] = {}
    for row in await connection.execute(_behind(subject, window), {"codes": list(found)}):
        ids[row.code, row.measure].append(row.incident_id)
        behind[row.code, row.measure] = row.incidents
    for (code, measure), listed in ids.items():
        tally = found[code][measure]
        omitted = behind[code, measure] - len(listed)
        found[code][measure] = Tally(tally.good, tally.total, tuple(listed), omitted)
    return found


def _behind(subject: Column[str], window: Window) -> Select[tuple[object, ...]]:
    all_good = func.min(case((OUTCOMES.c.good, 1), else_=0))
    incidents = (
        select(
            subject.label("code"),
            OUTCOMES.c.measure,
            OUTCOMES.c.incident_id,
            all_good.label("all_good"),
            func.max(OUTCOMES.c.happened_at).label("latest"),
        )
        .where(_in(window), subject.in_(bindparam("codes", expanding=True)))
        .group_by(subject, OUTCOMES.c.measure, OUTCOMES.c.incident_id)
        .subquery("behind")
    )
    group = (incidents.c.code, incidents.c.measure)
    order = (incidents.c.all_good, incidents.c.latest.desc(), incidents.c.incident_id)
    placed = select(
        *group,
        incidents.c.incident_id,
        func.row_number().over(partition_by=group, order_by=order).label("place"),
        func.count().over(partition_by=group).label("incidents"),
    ).subquery("placed")
    return select(placed).where(placed.c.place <= MOST_INCIDENTS).order_by(placed.c.place)


def _in(window: Window) -> ColumnElement[bool]:
    return and_(OUTCOMES.c.happened_at > window.start, OUTCOMES.c.happened_at <= window.end)
