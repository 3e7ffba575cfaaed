"""Docket: what became of each record of one batch, with its count, its receipt and its inbox row or dead letter."""

from dataclasses import dataclass, field
from datetime import datetime

from models.identifiers import IncidentId, MessageId
from models.messages.report import Report
from models.vocabulary import DeadLetterReason, ReceiptOutcome
from streams.processing.arrivals import Decoded, Fate, Handled, Heartbeat, Record, Undecodable
from streams.processing.heartbeat import NOT_A_REPORT, passed_on
from streams.store import inbox, receipts
from streams.store.changes import Changes
from streams.store.dead_letters import Dead
from streams.store.progress import PartitionCounts
from workflows.answer import Refusal
from workflows.message import Envelope


@dataclass(slots=True)
class Docket:
    """The fates of one batch, and the changes that come with them."""

    now: datetime
    changes: Changes = field(default_factory=Changes)
    handled: list[Handled] = field(default_factory=list)
    entered: dict[MessageId, inbox.KnownMessage] = field(default_factory=dict)

    def enter(self, decoded: Decoded, envelope: Envelope, refusal: Refusal | None) -> None:
        """The core has heard this message."""
        record = decoded.record
        self.changes.entries.append(_entry(decoded, envelope.incident_id, envelope.recorded_at, refusal))
        self.entered[decoded.message_id] = inbox.KnownMessage(decoded.digest, envelope.incident_id)
        self._counts(record).processed += 1
        self.handled.append(
            Handled(
                record,
                Fate.APPLIED if refusal is None else Fate.REFUSED,
                decoded.message_id,
                envelope.incident_id,
                None if refusal is None else refusal.code.value,
                None if refusal is None else refusal.detail,
                decoded.message,
            )
        )

    def pass_on(self, decoded: Decoded, heartbeat: Heartbeat) -> None:
        """A heartbeat came through here and goes on; nobody has to hear of it. It counts as no report."""
        self.changes.hand_overs.append(passed_on(decoded, heartbeat, self.now))
        self.changes.entries.append(_entry(decoded, None, self.now, NOT_A_REPORT))
        self._counts(decoded.record).processed += 1
        self.handled.append(Handled(decoded.record, Fate.APPLIED, decoded.message_id, heartbeat=heartbeat))

    def hear_again(self, decoded: Decoded, before: inbox.KnownMessage) -> None:
        """A message of this id was handled: the same content is a duplicate, other content is a conflict."""
        if before.digest == decoded.digest:
            self.repeat(decoded, before.incident_id)
        else:
            detail = "other content was handled under this id"
            self.bury_message(decoded, DeadLetterReason.ID_CONFLICT, _id_field(decoded), detail)

    def repeat(self, decoded: Decoded, incident_id: IncidentId | None) -> None:
        """The same content was handled before under this id."""
        self._counts(decoded.record).duplicate += 1
        self.answer_report(decoded, ReceiptOutcome.DUPLICATE, None, incident_id)
        self.handled.append(
            Handled(decoded.record, Fate.DUPLICATE, decoded.message_id, incident_id, message=decoded.message)
        )

    def bury(self, one: Undecodable) -> None:
        """Nothing can be done with this record: it is kept whole, with the reason."""
        record = one.record
        self._counts(record).dead += 1
        self.changes.dead.append(
            Dead(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                key=record.key,
                value=record.value or b"",
                reason=one.reason,
                field=one.field,
                detail=one.detail,
                recorded_at=self.now,
                message_id=one.message_id,
                headers=record.headers,
            )
        )
        self.handled.append(
            Handled(record, Fate.DEAD, one.message_id, reason=one.reason.value, detail=one.detail)
        )

    def bury_message(self, decoded: Decoded, reason: DeadLetterReason, field_name: str, detail: str) -> None:
        """A message that could be read and cannot be handled; the sender of a report is told."""
        self.bury(Undecodable(decoded.record, reason, field_name, detail, decoded.message_id))
        is_conflict = reason is DeadLetterReason.ID_CONFLICT
        outcome = ReceiptOutcome.ID_CONFLICT if is_conflict else ReceiptOutcome.REFUSED
        self.answer_report(decoded, outcome, f"{reason.value}: {detail}", None)

    def bury_doubtful(self, decoded: Decoded) -> None:
        """A message that nobody answers for. Its id is not kept: whoever wrote it may have taken another's."""
        if decoded.doubt is None:
            raise ValueError(f"{decoded.message_id} is not doubted")
        doubt = decoded.doubt
        self.bury(Undecodable(decoded.record, doubt.reason, doubt.field, doubt.detail))

    def answer_report(
        self, decoded: Decoded, outcome: ReceiptOutcome, reason: str | None, incident_id: IncidentId | None
    ) -> None:
        """A receipt for what was not accepted; messages that are no reports have none."""
        if isinstance(decoded.message, Report):
            receipt = receipts.other(decoded.message, outcome, reason, incident_id, self.now)
            self.changes.receipts.append(receipt)

    def _counts(self, record: Record) -> PartitionCounts:
        return self.changes.counts.setdefault(record.source, PartitionCounts())


def _entry(
    decoded: Decoded, incident_id: IncidentId | None, recorded_at: datetime, refusal: Refusal | None
) -> inbox.InboxEntry:
    record = decoded.record
    return inbox.InboxEntry(
        message_id=decoded.message_id,
        digest=decoded.digest,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        incident_id=incident_id,
        recorded_at=recorded_at,
        refusal=refusal,
    )


def _id_field(decoded: Decoded) -> str:
    return {"Report": "report_id", "Decision": "decision_id", "Feedback": "feedback_id"}.get(
        type(decoded.message).__name__, "message_id"
    )
