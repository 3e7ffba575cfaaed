"""Desk: puts each new message of a batch before the core and keeps its answer. No rule of the trade is decided here."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, assert_never

from models.events.steps import DeadlineFired
from models.identifiers import DeadlineId, IncidentId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.topics import STAGE_OF_HAND_OVER
from models.vocabulary import Action, DeadLetterReason, HandOverType, ReceiptOutcome
from streams.processing.addressing import Addressed, Directory, Fresh, address
from streams.processing.docket import Docket
from streams.store import receipts
from streams.store.reports import StoredReport
from streams.store.unit_of_work import UnitOfWork
from workflows.answer import Answer, Refusal, RefusalCode
from workflows.feedback import holds
from workflows.handling import handle
from workflows.incident import Incident
from workflows.judgement.account import hear
from workflows.message import (
    DeadlinePassed,
    DecisionTaken,
    Envelope,
    FeedbackGiven,
    FusionChoice,
    Message,
    ReportArrived,
    StageCalled,
)
from workflows.rulebook import Rulebook

T = TypeVar("T")
_EXTENDED = Refusal(RefusalCode.UNKNOWN_DEADLINE, "the clock was given more time after this was sent")


class CoreFailed(Exception):
    """The core raised on a message: our defect. Try it alone; if it fails again it is a dead letter `defect`."""


class Desk:
    """The working place of one attempt at one batch; a second attempt begins with a new one."""

    def __init__(self, rules: Rulebook, now: datetime) -> None:
        self.rules = rules
        self.docket = Docket(now)
        self.changes = self.docket.changes

    def address(self, fresh: Fresh, directory: Directory) -> Addressed:
        """What a message concerns. Raises CoreFailed."""
        return _of_core(lambda: address(fresh, directory, self.rules))

    def survivors_to_lock(self) -> set[IncidentId]:
        """Incidents that those at hand live on in, and that are not at hand yet."""
        standings = self.changes.standings
        into = {standing.incident.merged_into for standing in standings.values()}
        return {one for one in into if one is not None and one not in standings}

    async def handle(self, unit: UnitOfWork, addressed: Addressed) -> None:
        """Put one message before the core and keep what it says. Raises CoreFailed."""
        decoded = addressed.fresh.decoded
        if (before := self.docket.entered.get(decoded.message_id)) is not None:
            self.docket.hear_again(decoded, before)
            return
        if decoded.trace is not None:
            self.changes.traces[decoded.message_id] = decoded.trace
        incident_id = self._lives_in(addressed)
        state = self.changes.state_of(incident_id)
        if state is None and not isinstance(decoded.message, Report):
            detail = f"there is no incident {incident_id}"
            self.docket.bury_message(decoded, DeadLetterReason.UNKNOWN_INCIDENT, "incident_id", detail)
            return
        envelope = Envelope(decoded.message_id, incident_id, self._recorded_at(addressed, state))
        if addressed.clock is not None and not addressed.has_passed:
            answer = Answer(state, refusal=_EXTENDED)
        else:
            message = await self._message(unit, addressed, envelope)
            answer = _of_core(lambda: handle(state, message, self.rules))
        earlier = len(self.changes.events)
        self._keep(addressed, envelope, answer)
        if isinstance(decoded.message, Decision):
            # A split that comes later in this batch must find each report where this decision put it.
            await unit.move_reports(self.changes.events[earlier:])

    def _lives_in(self, addressed: Addressed) -> IncidentId:
        """Reports follow merges, feedback its command; decisions and calls are about the very incident they name."""
        incident_id, message = addressed.incident_id, addressed.fresh.decoded.message
        if isinstance(message, Report | Feedback):
            while (state := self.changes.state_of(incident_id)) is not None and state.merged_into is not None:
                if isinstance(message, Feedback) and holds(state, message.command_id):
                    break
                incident_id = state.merged_into
        return incident_id

    def _recorded_at(self, addressed: Addressed, state: Incident | None) -> datetime:
        """Now, but never before what the incidents have recorded, nor before the clock that passed."""
        touched = [state, *(self.changes.state_of(other) for other in addressed.others)]
        times = [one.last_recorded_at for one in touched if one is not None]
        if addressed.clock is not None and addressed.has_passed:
            times.append(addressed.clock.due_at)  # the sweeper's clock may be ahead of ours
        return max(self.docket.now, *times) if times else self.docket.now

    async def _message(self, unit: UnitOfWork, addressed: Addressed, envelope: Envelope) -> Message:
        record, message = addressed.fresh.decoded.record, addressed.fresh.decoded.message
        match message:
            case Report():
                return self._report(addressed, envelope)
            case Feedback():
                return FeedbackGiven(envelope, message)
            case Decision():
                return await self._decision(unit, addressed, message, envelope)
            case HandOver(type=HandOverType.DEADLINE_PASSED, deadline_id=str() as deadline_id):
                twins = [self.changes.state_of(one) for one in addressed.others]
                found = sorted(
                    (t for t in twins if t is not None), key=lambda t: (t.opened_at, t.incident_id)
                )
                return DeadlinePassed(envelope, DeadlineId(deadline_id), tuple(found))
            case HandOver():
                stage = STAGE_OF_HAND_OVER[record.topic]
                return StageCalled(envelope, stage, entered=message.type is HandOverType.ENTERED)
            case _:
                assert_never(message)

    def _report(self, addressed: Addressed, envelope: Envelope) -> ReportArrived:
        if addressed.fresh.account is None or addressed.choice is None:
            raise ValueError(f"report {envelope.message_id} came to the desk unheard")
        choice = replace(addressed.choice, incident_id=envelope.incident_id)
        account, now = addressed.fresh.account, self.docket.now
        return ReportArrived(envelope, account, choice, now, addressed.low_trust)

    async def _decision(
        self, unit: UnitOfWork, addressed: Addressed, decision: Decision, envelope: Envelope
    ) -> DecisionTaken:
        other = self.changes.state_of(addressed.others[0]) if addressed.others else None
        if decision.action is not Action.SPLIT:
            return DecisionTaken(envelope, decision, other=other)
        wanted = {(ref.source_id, ref.report_id) for ref in decision.reports or ()}
        stored = [one for one in self.changes.reports if one.incident_id == envelope.incident_id]
        arrived = [_as_arrived(one) for one in (*await unit.reports_of(envelope.incident_id), *stored)]
        moved = tuple(one for one in arrived if _key(one) in wanted)
        kept = tuple(one for one in arrived if _key(one) not in wanted)
        return DecisionTaken(envelope, decision, moved=moved, kept=kept)

    def _keep(self, addressed: Addressed, envelope: Envelope, answer: Answer) -> None:
        decoded = addressed.fresh.decoded
        self.docket.enter(decoded, envelope, answer.refusal)
        if answer.refusal is not None:
            self.docket.answer_report(
                decoded, ReceiptOutcome.REFUSED, answer.refusal.code.value, envelope.incident_id
            )
            return
        self.changes.take(answer, envelope.message_id, self.rules)
        if isinstance(decoded.message, Report):
            self._accept(addressed, decoded.message, envelope, answer)
        elif isinstance(decoded.message, Feedback):
            self.changes.feedback.append(decoded.message)
        elif isinstance(decoded.message, HandOver) and decoded.message.deadline_id is not None:
            self._settle_clock(decoded.message.deadline_id, answer)

    def _accept(self, addressed: Addressed, report: Report, envelope: Envelope, answer: Answer) -> None:
        if answer.state is None or addressed.fresh.account is None:
            raise CoreFailed(f"the core accepted report {report.message_id} into no incident")
        self.changes.receipts.append(
            receipts.accepted(report, answer.state, self.rules, envelope.recorded_at)
        )
        self.changes.reports.append(
            StoredReport(
                report=report,
                place=addressed.fresh.account.place,
                incident_id=envelope.incident_id,
                digest=addressed.fresh.decoded.digest,
                received_at=self.docket.now,
                recorded_at=envelope.recorded_at,
                body=addressed.fresh.decoded.record.value or b"",
                low_trust=addressed.low_trust,
            )
        )

    def _settle_clock(self, deadline_id: DeadlineId, answer: Answer) -> None:
        """What passed and neither fired nor runs on has nothing left to do; rows that ended stay as they are."""
        if answer.state is None or (answer.state.is_open and deadline_id in answer.state.deadlines):
            return
        fired = (event.data.deadline_id for event in answer.events if isinstance(event.data, DeadlineFired))
        if deadline_id not in fired:
            self.changes.moot.append(deadline_id)


def _of_core(call: Callable[[], T]) -> T:
    try:
        return call()
    # Whatever a defect of ours raises on one message must not cost the others: it is tried alone, then buried.
    except Exception as defect:
        # The place, not the words: those of a validation error would repeat what a report says.
        frame = traceback.extract_tb(defect.__traceback__)[-1]
        place = f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}"
        raise CoreFailed(f"{type(defect).__name__} at {place}") from defect


def _key(arrived: ReportArrived) -> tuple[str, str]:
    return (arrived.report.source_id, arrived.report.report_id)


def _as_arrived(stored: StoredReport) -> ReportArrived:
    return ReportArrived(
        Envelope(stored.message_id, stored.incident_id, stored.recorded_at),
        hear(stored.report, stored.place),
        FusionChoice(stored.incident_id, is_new=False, reason="split"),
        stored.received_at,
        stored.low_trust,
    )
