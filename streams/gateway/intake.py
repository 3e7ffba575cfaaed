"""Intake: saying yes to a message, once and for good. A 2xx rests on the rows that are committed here: that it was
accepted, that it must be on Kafka, and who sent it.

The same content under the same id again is the same yes; other content under it is a conflict, whether the first came
through a gateway (`intake`) or straight to Kafka (`inbox`). Never in here: what the message means.

What waits while one transaction is written goes into the next one together: a flood costs one commit for many reports
and leaves the writer to the engine, and a lone report waits for nobody.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from time import time
from typing import Annotated, cast

import structlog
from fastapi import Depends, Request
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import INTAKE
from models.topics import Topic
from streams.access import audit
from streams.access.signing import NoSigningKey
from streams.broker.publishing import Publication
from streams.gateway.auditing import with_reports_together
from streams.gateway.offers import Offer
from streams.gateway.problems import Problem, ProblemCode, id_conflict
from streams.gateway.services import Services
from streams.log import LogEvent
from streams.store import inbox, outbox
from streams.store.errors import DataRefused
from streams.store.publications import Outgoing
from streams.tracing import TRACE_HEADER, Span, SpanKind

_MOST_TOGETHER = 200
_log = structlog.get_logger()

_NEW = {
    "sqlite": sqlite.insert(INTAKE).on_conflict_do_nothing().returning(INTAKE.c.message_id),
    "postgresql": postgresql.insert(INTAKE).on_conflict_do_nothing().returning(INTAKE.c.message_id),
}
_ACCEPTED = select(INTAKE).where(INTAKE.c.message_id.in_(bindparam("message_ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was said to the first offer of this message, however often it was offered since."""

    topic: Topic
    accepted_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: str
    topic: Topic
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class _Waiting:
    offer: Offer
    entry: audit.Entry
    answer: asyncio.Future[Accepted]


class Intake:
    """The one writer of a gateway's process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.tracing = services.tracing
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, offer: Offer, entry: audit.Entry) -> Accepted:
        """Commit the message, what must be on Kafka and who sent it, or find it there; then have it published at once.

        Raises Problem: 409 for other content under this id, 422 for what the database cannot keep, 503 when no key of
        this gateway speaks for who speaks in it. Raises Transient when the database cannot be had: nothing was kept,
        or the same offer again says that it was.
        """
        waiting = _Waiting(self._signed(offer), entry, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writing is None:
            # A task of its own: a client that hangs up must not take others' reports with it.
            self._writing = asyncio.create_task(self._write_all())
        accepted = await waiting.answer
        if accepted.is_new:
            self._services.nudge()
        return accepted

    def _signed(self, offer: Offer) -> Offer:
        signer = self._services.signer
        if signer is None or not offer.speakers:
            return offer
        try:
            return replace(offer, headers=signer.headers(offer.value, offer.speakers))
        except NoSigningKey as missing:
            _log.error(LogEvent.NO_SIGNING_KEY, detail=str(missing))
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.NO_SIGNING_KEY, str(missing)
            ) from missing

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
                await self._write(together)
        finally:
            self._writing = None

    async def _write(self, together: Sequence[_Waiting]) -> None:
        commit = asyncio.create_task(self._commit(together))
        await asyncio.wait([commit])
        fault = commit.exception()
        if isinstance(fault, DataRefused):
            await self._write_apart(together, fault)
            return
        answers = [fault] * len(together) if fault is not None else commit.result()
        for waiting, answer in zip(together, answers, strict=True):
            _tell(waiting, answer)

    async def _write_apart(self, together: Sequence[_Waiting], refused: DataRefused) -> None:
        """One of them is to blame, and only that one is told so."""
        if len(together) > 1:
            for waiting in together:
                await self._write([waiting])
            return
        detail = "the database cannot keep this content"
        unkept = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail)
        unkept.__cause__ = refused
        _tell(together[0], unkept)

    async def _commit(self, together: Sequence[_Waiting]) -> list[Accepted | Problem]:
        offered = [(waiting.offer, waiting.entry) for waiting in together]
        async with self._services.database.write() as connection:
            return await self._keep(connection, offered)

    async def keep(self, connection: AsyncConnection, offer: Offer, entry: audit.Entry) -> None:
        """Keep one message in a transaction of the caller's, for whom it must happen with something else or not at all.

        Nudge once it is committed. Raises Problem (409) for other content under this id: nothing may be committed.
        """
        [answer] = await self._keep(connection, [(self._signed(offer), entry)])
        if isinstance(answer, Problem):
            raise answer

    async def _keep(
        self, connection: AsyncConnection, offered: Sequence[tuple[Offer, audit.Entry]]
    ) -> list[Accepted | Problem]:
        services = self._services
        # The outbox lives by wall time: its rows wait for a machine, not for a deadline.
        return await _keep(connection, offered, services.clock.now(), services.wall.now())


@dataclass(frozen=True, slots=True)
class TracedIntake:
    """The intake as one request has it: what it brings goes on under the client's trace, if that is wanted."""

    intake: Intake
    traceparent: str | None

    async def accept(self, offer: Offer, entry: audit.Entry) -> Accepted:
        """As `Intake.accept`."""
        traced, began = self._traced(offer), time()
        accepted = await self.intake.accept(traced, entry)
        if accepted.is_new and traced.trace is not None:
            told = {"messaging.destination.name": offer.topic.value, "fenghuo.message_id": offer.message_id}
            span = Span(traced.trace, f"accept {offer.topic.value}", SpanKind.SERVER, began, time(), told)
            self.intake.tracing.tell(span)
        return accepted

    async def keep(self, connection: AsyncConnection, offer: Offer, entry: audit.Entry) -> None:
        """As `Intake.keep`."""
        await self.intake.keep(connection, self._traced(offer), entry)

    def _traced(self, offer: Offer) -> Offer:
        header = None if self.traceparent is None else self.traceparent.encode("latin-1", "replace")
        return replace(offer, trace=self.intake.tracing.follow(header, f"accept {offer.message_id}"))


async def _keep(
    connection: AsyncConnection,
    offered: Sequence[tuple[Offer, audit.Entry]],
    now: datetime,
    wall: datetime,
) -> list[Accepted | Problem]:
    offers = [offer for offer, _ in offered]
    fitting = await _fitting(connection, offers)
    new = await _keep_new(connection, fitting.values(), now)
    await outbox.add(connection, [_outgoing(fitting[one]) for one in new], wall)
    known = await _known(connection, {offer.message_id for offer in offers} - new)
    known |= {one: _Kept(fitting[one].digest, fitting[one].topic, now) for one in new}
    answers = list(_answers(offers, known, new))
    await audit.append(connection, *_entries([entry for _, entry in offered], answers))
    return answers


async def _fitting(connection: AsyncConnection, offers: Sequence[Offer]) -> dict[MessageId, Offer]:
    """For each message its first offer that the engine has not handled with other content."""
    handled = await inbox.handled(connection, [offer.message_id for offer in offers])
    fitting: dict[MessageId, Offer] = {}
    for offer in offers:
        before = handled.get(offer.message_id)
        if before is None or before.digest == offer.digest:
            fitting.setdefault(offer.message_id, offer)
    return fitting


async def _keep_new(connection: AsyncConnection, offers: Iterable[Offer], now: datetime) -> set[MessageId]:
    """Those messages whose row is there now and was not before: no second gateway can think the same."""
    rows = [
        {"message_id": one.message_id, "topic": one.topic.value, "digest": one.digest, "accepted_at": now}
        for one in offers
    ]
    if not rows:
        return set()
    return set((await connection.execute(_NEW[connection.dialect.name], rows)).scalars())


async def _known(connection: AsyncConnection, message_ids: set[MessageId]) -> dict[MessageId, _Kept]:
    if not message_ids:
        return {}
    rows = await connection.execute(_ACCEPTED, {"message_ids": sorted(message_ids)})
    return {row.message_id: _Kept(row.digest, Topic(row.topic), row.accepted_at) for row in rows}


def _answers(
    offers: Sequence[Offer], known: Mapping[MessageId, _Kept], new: set[MessageId]
) -> Iterator[Accepted | Problem]:
    untold = set(new)
    for offer in offers:
        kept = known.get(offer.message_id)
        if kept is None or kept.digest != offer.digest:
            yield id_conflict(offer.id_field)
            continue
        yield Accepted(kept.topic, kept.accepted_at, is_new=offer.message_id in untold)
        untold.discard(offer.message_id)


def _entries(entries: Sequence[audit.Entry], answers: Sequence[Accepted | Problem]) -> Iterator[audit.Entry]:
    """Who is behind what is new; the same again and a conflict have changed nothing."""
    told = zip(entries, answers, strict=True)
    return with_reports_together(
        entry for entry, answer in told if isinstance(answer, Accepted) and answer.is_new
    )


def _tell(waiting: _Waiting, answer: Accepted | BaseException) -> None:
    if waiting.answer.done():
        return  # its client has hung up
    if isinstance(answer, Accepted):
        waiting.answer.set_result(answer)
    else:
        waiting.answer.set_exception(answer)


def _outgoing(offer: Offer) -> Outgoing:
    publication = Publication(offer.topic, offer.key.encode(), offer.value, offer.headers)
    return Outgoing(publication, message_id=offer.message_id).under(offer.trace)


def _of(request: Request) -> TracedIntake:
    return TracedIntake(cast(Intake, request.app.state.intake), request.headers.get(TRACE_HEADER))


IntakeOf = Annotated[TracedIntake, Depends(_of)]
