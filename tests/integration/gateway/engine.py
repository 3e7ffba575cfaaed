"""The engine's part in the gateway's tests: what waits in the outbox goes through the core and the real store.

One message a transaction and no Kafka; the loop with its batches is tested elsewhere.
"""

from typing import Any

from sqlalchemy import Row, exists, select

from models.areas import area_tree
from models.identifiers import IncidentId, MessageId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.tables import INBOX, OUTBOX
from models.topics import STAGE_OF_HAND_OVER, Topic
from models.vocabulary import HandOverType
from streams import codec
from streams.clock import Clock
from streams.placing import place_of
from streams.store.changes import Changes
from streams.store.database import Database
from streams.store.inbox import InboxEntry
from streams.store.reports import StoredReport
from streams.store.unit_of_work import UnitOfWork, UnitsOfWork
from workflows.engine import handle
from workflows.judgement.fusion import fuse
from workflows.message import DecisionTaken, Envelope, FeedbackGiven, Message, ReportArrived, StageCalled
from workflows.rulebook_file import default_rulebook

Waiting = Row[*tuple[Any, ...]]


class Engine:
    """Handles everything that the outbox holds for it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._units = UnitsOfWork(database, "cluster-of-tests", "engine-of-tests")
        self._clock = clock
        self._rules = default_rulebook()
        self._offset = 0

    async def settle(self) -> None:
        """Handle what waits, and what comes of it, until nothing waits."""
        while waiting := await self._waiting():
            for row in waiting:
                async with self._units.begin() as unit:
                    await self._handle(unit, row)

    async def _waiting(self) -> list[Waiting]:
        unseen = ~exists().where(INBOX.c.message_id == OUTBOX.c.message_id)
        statement = select(OUTBOX).where(OUTBOX.c.message_id.is_not(None), unseen).order_by(OUTBOX.c.id)
        async with self._units.database.read() as connection:
            return list(await connection.execute(statement))

    async def _handle(self, unit: UnitOfWork, row: Waiting) -> None:
        now, topic = self._clock.now(), Topic(row.topic)
        read = codec.read(codec.SHAPE_OF_TOPIC[topic], row.value, now)
        assert isinstance(read, codec.Readable)
        message = self._message(read.message, topic, MessageId(row.message_id))
        envelope, changes = message.envelope, Changes()
        others = [message.decision.other_incident_id] if isinstance(message, DecisionTaken) else []
        wanted = [envelope.incident_id, *(other for other in others if other is not None)]
        changes.standings |= await unit.lock(wanted)
        if isinstance(message, DecisionTaken) and message.decision.other_incident_id is not None:
            other = changes.state_of(message.decision.other_incident_id)
            message = DecisionTaken(envelope, message.decision, other=other)
        answer = handle(changes.state_of(envelope.incident_id), message, self._rules)
        if answer.refusal is None:
            changes.take(answer, envelope.message_id)
            if isinstance(message, ReportArrived):
                changes.reports.append(_stored(message, read.digest, row.value))
        self._offset += 1
        changes.entries.append(
            InboxEntry(
                message_id=envelope.message_id,
                digest=read.digest,
                topic=topic,
                partition=0,
                offset=self._offset,
                incident_id=envelope.incident_id,
                recorded_at=now,
                refusal=answer.refusal,
            )
        )
        await unit.save(changes, now)

    def _message(self, message: codec.Message, topic: Topic, message_id: MessageId) -> Message:
        now = self._clock.now()
        match message:
            case Report():
                place = place_of(message, area_tree())
                assert place is not None
                choice = fuse(message, place, (), self._rules)
                envelope = Envelope(message_id, choice.incident_id, now)
                return ReportArrived(envelope, message, place, choice, now)
            case Decision():
                return DecisionTaken(Envelope(message_id, message.incident_id, now), message)
            case Feedback():
                return FeedbackGiven(Envelope(message_id, message.incident_id, now), message)
            case HandOver():
                envelope = Envelope(message_id, IncidentId(message.incident_id), now)
                entered = message.type is HandOverType.ENTERED
                return StageCalled(envelope, STAGE_OF_HAND_OVER[topic], entered)


def _stored(message: ReportArrived, digest: str, body: bytes) -> StoredReport:
    now = message.envelope.recorded_at
    return StoredReport(
        report=message.report,
        place=message.place,
        incident_id=message.envelope.incident_id,
        digest=digest,
        received_at=now,
        recorded_at=now,
        body=body,
    )
