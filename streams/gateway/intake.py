"""Intake: saying yes to a message, once and for good. A 2xx rests on the two rows that are committed here.

The same content under the same id again is the same yes; other content under it is a conflict, whether the first came
through a gateway (`intake`) or straight to Kafka (`inbox`). Never in here: what the message means.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import INTAKE
from models.topics import Topic
from streams.gateway.offers import Offer
from streams.gateway.problems import Problem, ProblemCode, id_conflict
from streams.gateway.services import Services
from streams.publishing import Publication
from streams.store import inbox, outbox
from streams.store.errors import DataRefused
from streams.store.publications import HEADERS, Outgoing
from streams.store.unit_of_work import wall_now

_NEW = {
    "sqlite": sqlite.insert(INTAKE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(INTAKE).on_conflict_do_nothing(),
}
_ACCEPTED = select(INTAKE).where(INTAKE.c.message_id == bindparam("message_id"))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was said to the first offer of this message, however often it was offered since."""

    topic: Topic
    accepted_at: datetime
    is_new: bool


async def accept(offer: Offer, services: Services) -> Accepted:
    """Commit the message and what must be on Kafka, or find that both are there; then have it published at once.

    Raises Problem: 409 for other content under this id, 422 for what the database cannot keep.
    Raises Transient when the database cannot be had: nothing was kept, or the same offer again says that it was.
    """
    try:
        async with services.database.write() as connection:
            accepted = await _accept(connection, offer, services.clock.now())
    except DataRefused as refused:
        detail = "the database cannot keep this content"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail) from refused
    if accepted.is_new:
        services.nudge()
    return accepted


async def _accept(connection: AsyncConnection, offer: Offer, now: datetime) -> Accepted:
    if await _is_new(connection, offer, now):
        await _refuse_handled_otherwise(connection, offer)
        # The outbox lives by wall time: its rows wait for a machine, not for a deadline.
        await outbox.add(connection, [_outgoing(offer)], wall_now())
        return Accepted(offer.topic, now, is_new=True)
    row = (await connection.execute(_ACCEPTED, {"message_id": offer.message_id})).one()
    if row.digest != offer.digest:
        raise id_conflict(offer.id_field)
    return Accepted(Topic(row.topic), row.accepted_at, is_new=False)


async def _is_new(connection: AsyncConnection, offer: Offer, now: datetime) -> bool:
    """Whether this is the first offer: its row is there now, and no second gateway can think the same."""
    row = {
        "message_id": offer.message_id,
        "topic": offer.topic.value,
        "digest": offer.digest,
        "accepted_at": now,
    }
    added = await connection.execute(_NEW[connection.dialect.name], row)
    return added.rowcount == 1


async def _refuse_handled_otherwise(connection: AsyncConnection, offer: Offer) -> None:
    handled = (await inbox.handled(connection, [offer.message_id])).get(offer.message_id)
    if handled is not None and handled.digest != offer.digest:
        raise id_conflict(offer.id_field)


def _outgoing(offer: Offer) -> Outgoing:
    publication = Publication(offer.topic, offer.key.encode(), offer.value, HEADERS)
    return Outgoing(publication, message_id=offer.message_id)
