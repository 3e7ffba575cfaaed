"""Deadlines: the rows of durable clocks, written from the log's facts and sent by whoever sweeps.

A clock is sent in the transaction that marks it, together with its outbox row: two sweepers send it once, and a crash
between the two is not possible. It fires when the core has heard of it. Of very many that pass at once only so many are
under way as the workers get through in a second or so: what is new waits in the same queues. Most of these are the
oldest; some are the youngest, so that the clocks of a new incident do not wait for a whole herd (fault F20).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import Select, Update, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.steps import DeadlineCancelled, DeadlineExtended, DeadlineFired, DeadlineSet
from models.identifiers import DeadlineId, IncidentId, MessageId, deadline_passed_id, derive
from models.messages.event import Event
from models.messages.hand_over import HandOver
from models.tables import DEADLINES
from models.tables.deadlines import DeadlineProgress
from models.vocabulary import DeadlineKind, HandOverType, Stage
from streams.store.publications import Outgoing, of_hand_over
from streams.store.statements import Row, insert

MOST_UNDER_WAY = 400
_ONE_OF = 4  # so many that are sent is of the youngest
# What nobody heard of for so long is lost, or nobody handles anything: it keeps the others back no longer.
_HEARD_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a message about a passed deadline needs to know of it."""

    incident_id: IncidentId
    kind: DeadlineKind
    due_at: datetime
    passed_id: MessageId


_RUNNING = [progress.value for progress in DeadlineProgress if progress.is_running]
_KNOWN = select(
    DEADLINES.c.deadline_id,
    DEADLINES.c.incident_id,
    DEADLINES.c.kind,
    DEADLINES.c.due_at,
    DEADLINES.c.times_extended,
).where(DEADLINES.c.deadline_id.in_(bindparam("deadline_ids", expanding=True)))
# By the index alone: among equals any will do, and to sort a herd that is due at one moment is to read all of it.
_PASSED = (
    select(DEADLINES.c.deadline_id)
    .where(DEADLINES.c.progress == DeadlineProgress.OPEN.value, DEADLINES.c.due_at <= bindparam("at"))
    .order_by(DEADLINES.c.due_at)
)


def _marked(passed: Select[Any]) -> Update:
    """A CTE, since PostgreSQL may run a plain subquery more than once and then marks more than the limit."""
    these = passed.limit(bindparam("most")).with_for_update(skip_locked=True).cte("these")
    return (
        update(DEADLINES)
        .where(DEADLINES.c.deadline_id.in_(select(these.c.deadline_id)))
        .values(progress=DeadlineProgress.SENT.value, updated_at=bindparam("at"))
        .returning(
            DEADLINES.c.deadline_id,
            DEADLINES.c.incident_id,
            DEADLINES.c.stage,
            DEADLINES.c.times_extended,
            DEADLINES.c.due_at,
        )
    )


_MARK_OLDEST = _marked(_PASSED)
_MARK_YOUNGEST = _marked(_PASSED.order_by(None).order_by(DEADLINES.c.due_at.desc()))
_UNDER_WAY = select(func.count()).where(
    DEADLINES.c.progress == DeadlineProgress.SENT.value, DEADLINES.c.updated_at > bindparam("since")
)
# Spelled out: IN expands its values when it runs, and so cannot be run for many rows at once.
_STILL_RUNS = (
    DEADLINES.c.deadline_id == bindparam("in_deadline"),
    or_(*(DEADLINES.c.progress == progress for progress in _RUNNING)),
)
_END = (
    update(DEADLINES)
    .where(*_STILL_RUNS)
    .values(progress=bindparam("to_progress"), updated_at=bindparam("at"))
)
_FIRE = _END.values(fire_count=DEADLINES.c.fire_count + 1)
_EXTEND = (
    update(DEADLINES)
    .where(*_STILL_RUNS)
    .values(
        progress=DeadlineProgress.OPEN.value,
        due_at=bindparam("until"),
        times_extended=DEADLINES.c.times_extended + 1,
        updated_at=bindparam("at"),
    )
)


def passed_id(deadline_id: DeadlineId, times_extended: int) -> MessageId:
    """The one message of this passing. An extended clock passes anew; what was sent before does not count."""
    if times_extended == 0:
        return deadline_passed_id(deadline_id)
    return MessageId(derive("passed", deadline_id, times_extended))


async def known(connection: AsyncConnection, deadline_ids: Iterable[DeadlineId]) -> dict[DeadlineId, Clock]:
    """Those of these clocks that exist."""
    wanted = sorted(set(deadline_ids))
    if not wanted:
        return {}
    rows = await connection.execute(_KNOWN, {"deadline_ids": wanted})
    return {
        row.deadline_id: Clock(
            row.incident_id,
            DeadlineKind(row.kind),
            row.due_at,
            passed_id(row.deadline_id, row.times_extended),
        )
        for row in rows
    }


async def record(connection: AsyncConnection, events: Iterable[Event]) -> None:
    """Bring the rows to where these facts, in the order of the log, put the clocks."""
    new: dict[str, Row] = {}
    ended: dict[DeadlineProgress, list[Row]] = {DeadlineProgress.CANCELLED: [], DeadlineProgress.FIRED: []}
    extended: list[Row] = []
    for event in events:
        match event.data:
            case DeadlineSet(deadline_id=deadline_id):
                new[deadline_id] = _row(event, event.data)
            case DeadlineCancelled(deadline_id=deadline_id) if deadline_id in new:
                new[deadline_id]["progress"] = DeadlineProgress.CANCELLED.value
            case DeadlineCancelled(deadline_id=deadline_id):
                ended[DeadlineProgress.CANCELLED].append(_change(event, deadline_id))
            case DeadlineFired(deadline_id=deadline_id):
                ended[DeadlineProgress.FIRED].append(_change(event, deadline_id))
            case DeadlineExtended(deadline_id=deadline_id, until=until):
                extended.append({**_change(event, deadline_id), "until": until})
    await insert(connection, DEADLINES, list(new.values()))
    if extended:
        await connection.execute(_EXTEND, extended)
    for progress, changes in ended.items():
        if changes:
            statement = _FIRE if progress is DeadlineProgress.FIRED else _END
            await connection.execute(
                statement, [{**change, "to_progress": progress.value} for change in changes]
            )


async def make_moot(connection: AsyncConnection, deadline_ids: Sequence[DeadlineId], now: datetime) -> None:
    """These were heard of and nothing was left to do."""
    moot = DeadlineProgress.MOOT.value
    if deadline_ids:
        await connection.execute(
            _END, [{"in_deadline": one, "to_progress": moot, "at": now} for one in deadline_ids]
        )


async def is_due(connection: AsyncConnection, now: datetime, most_under_way: int = MOST_UNDER_WAY) -> bool:
    """Whether any clock is to be sent: asked first, so that an idle sweeper takes no writer lock."""
    has_passed = (await connection.execute(_PASSED.limit(1), {"at": now})).first() is not None
    return has_passed and await _room(connection, now, most_under_way) > 0


async def send_due(
    connection: AsyncConnection, now: datetime, limit: int, most_under_way: int = MOST_UNDER_WAY
) -> tuple[Outgoing, ...]:
    """Mark up to `limit` passed clocks as sent and return their messages, for the outbox of this transaction."""
    most = min(limit, await _room(connection, now, most_under_way))
    if most <= 0:
        return ()
    young = most // _ONE_OF
    rows = await _mark(connection, _MARK_OLDEST, now, most - young)
    if young and len(rows) == most - young:
        rows += await _mark(connection, _MARK_YOUNGEST, now, young)
    return tuple(
        of_hand_over(Stage(row.stage), _passed(row.deadline_id, row.incident_id, row.times_extended))
        for row in rows
    )


async def _mark(connection: AsyncConnection, marked: Update, now: datetime, most: int) -> list[Found[Any]]:
    """Up to `most` of those that have passed, now marked as sent, the oldest first."""
    rows = await connection.execute(marked, {"at": now, "most": most})
    return sorted(rows, key=lambda row: (row.due_at, row.deadline_id))


async def _room(connection: AsyncConnection, now: datetime, most_under_way: int) -> int:
    """How many more may be sent now."""
    under_way = await connection.execute(_UNDER_WAY, {"since": now - _HEARD_WITHIN})
    return most_under_way - int(under_way.scalar_one())


def _passed(deadline_id: DeadlineId, incident_id: IncidentId, times_extended: int) -> HandOver:
    message_id = passed_id(deadline_id, times_extended)
    return HandOver(
        message_id=message_id,
        incident_id=incident_id,
        type=HandOverType.DEADLINE_PASSED,
        deadline_id=deadline_id,
        cause_id=message_id,
    )


def _row(event: Event, data: DeadlineSet) -> Row:
    return {
        "deadline_id": data.deadline_id,
        "incident_id": event.incident_id,
        "kind": data.kind.value,
        "stage": data.stage.value,
        "tier": data.tier.value,
        "step": None if data.step is None else data.step.value,
        "command_id": data.command_id,
        "due_at": data.due_at,
        "progress": DeadlineProgress.OPEN.value,
        "times_extended": 0,
        "fire_count": 0,
        "updated_at": event.recorded_at,
    }


def _change(event: Event, deadline_id: DeadlineId) -> Row:
    return {"in_deadline": deadline_id, "at": event.recorded_at}
