"""Outcomes: what the engine made of a decision or feedback, waited for a moment and told when somebody asks again.

A gateway may run beside the engine or far from it, so the inbox is asked, not the engine. Waiting is real time: it is
a person's patience, not the program's clock.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from sqlalchemy import BindParameter, RowMapping, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import DEAD_LETTERS, INBOX, INCIDENTS, INTAKE, OUTBOX
from models.topics import Topic
from streams.gateway.offers import Offer
from streams.gateway.problems import Problem, ProblemCode, id_conflict
from streams.gateway.services import Services
from streams.gateway.views import OutcomeView
from streams.store.database import Database

_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.1

_ID: BindParameter[str] = bindparam("message_id")
_HANDLED = (
    select(INBOX, INCIDENTS.c.seq)
    .join(INCIDENTS, INCIDENTS.c.incident_id == INBOX.c.incident_id, isouter=True)
    .where(INBOX.c.message_id == _ID)
)
_DEAD = select(DEAD_LETTERS).where(DEAD_LETTERS.c.message_id == _ID, DEAD_LETTERS.c.retried_at.is_(None))
_WAITING = (
    select(INTAKE.c.message_id, INTAKE.c.topic, OUTBOX.c.key)
    .join(OUTBOX, OUTBOX.c.message_id == INTAKE.c.message_id, isouter=True)
    .where(INTAKE.c.message_id == _ID)
)


async def awaited(offer: Offer, services: Services) -> OutcomeView:
    """The outcome as soon as it is there, else `pending` when a client has waited long enough or the program ends.

    Raises Problem (409) when the engine refused it, or handled other content under this id.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + services.outcome_within_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        outcome = await _settled(offer, services.database)
        if outcome is not None:
            return _unless_refused(outcome)
        if loop.time() + pause > until or services.ending.is_set():
            return OutcomeView.model_validate(
                {"message_id": offer.message_id, "incident_id": offer.key, "outcome": "pending"}
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def outcome_of(message_id: MessageId, topic: Topic, database: Database) -> OutcomeView | None:
    """What is known of a message of this topic; None: no gateway and no engine ever had it."""
    async with database.read() as connection:
        for statement, told in ((_HANDLED, _handled), (_DEAD, _given_up), (_WAITING, _waiting)):
            row = await _first(connection, statement, message_id)
            if row is not None:
                return told(row) if row["topic"] == topic else None
    return None


async def _settled(offer: Offer, database: Database) -> OutcomeView | None:
    async with database.read() as connection:
        handled = await _first(connection, _HANDLED, offer.message_id)
        if handled is not None:
            if handled["digest"] != offer.digest:
                raise id_conflict(offer.id_field)
            return _handled(handled)
        dead = await _first(connection, _DEAD, offer.message_id)
    return None if dead is None else _given_up(dead)


async def _first(
    connection: AsyncConnection, statement: Select[Any], message_id: MessageId
) -> RowMapping | None:
    found: RowMapping | None = (
        (await connection.execute(statement, {"message_id": message_id})).mappings().first()
    )
    return found


def _handled(row: RowMapping) -> OutcomeView:
    return OutcomeView(
        message_id=row["message_id"],
        incident_id=row["incident_id"],
        outcome="applied" if row["refusal_code"] is None else "refused",
        incident_seq=row["seq"],
        reason=row["refusal_code"],
        detail=row["refusal_detail"],
        recorded_at=row["recorded_at"],
    )


def _given_up(row: RowMapping) -> OutcomeView:
    return OutcomeView(
        message_id=row["message_id"],
        incident_id=None if row["key"] is None else row["key"].decode(),
        outcome="refused",
        reason=row["reason"],
        detail=row["detail"],
        recorded_at=row["recorded_at"],
    )


def _waiting(row: RowMapping) -> OutcomeView:
    incident_id = None if row["key"] is None else row["key"].decode()
    return OutcomeView(message_id=row["message_id"], incident_id=incident_id, outcome="pending")


def _unless_refused(outcome: OutcomeView) -> OutcomeView:
    if outcome.outcome != "refused":
        return outcome
    detail = outcome.detail or "the engine refused it"
    raise Problem(HTTPStatus.CONFLICT, ProblemCode.REFUSED, detail, reason=outcome.reason)
