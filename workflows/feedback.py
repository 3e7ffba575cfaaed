"""Feedback 反馈: what a unit's word does to its command.

A command is acknowledged only by a named person. What comes for a command that went on to the next tier is kept in
the log and moves nothing; what comes for one that is done or taken back is refused, as is what comes from a unit that
does not hold the command.
"""

from datetime import datetime

from models.events.disposal import (
    CommandAcknowledged,
    CommandDone,
    CommandProgressed,
    CommandReceived,
    CommandRefused,
    RetractionReceived,
)
from models.identifiers import CommandId
from models.messages.command import Command
from models.messages.event import Actor
from models.messages.feedback import Feedback
from models.messages.fields import Person
from models.vocabulary import ActorKind, CommandStatus, DeadlineKind, FeedbackKind
from workflows.answer import Refusal, RefusalCode
from workflows.incident import CommandState, Incident
from workflows.ledger import Ledger
from workflows.message import FeedbackGiven
from workflows.stages.commanding import cancel_clocks, command_clock, escalate, retraction_id


def hear_unit(ledger: Ledger, message: FeedbackGiven) -> Refusal | None:
    """Take in one feedback, or say why not."""
    feedback = message.feedback
    held = ledger.incident.commands.get(feedback.command_id)
    if held is None:
        return _hear_of_retraction(ledger, feedback)
    if held.command.unit_code != feedback.unit_code:
        return Refusal(RefusalCode.NOT_YOUR_COMMAND, f"the command is {held.command.unit_code}'s")
    if not held.status.is_live:
        return _hear_late(ledger, held, feedback)
    _hear_in_time(ledger, held, feedback)
    return None


def holds(incident: Incident, command_id: CommandId) -> bool:
    """Whether this incident has the order, or has taken one back by this retraction."""
    return command_id in incident.commands or _taken_back_by(command_id, incident) is not None


def _taken_back_by(retraction: CommandId, incident: Incident) -> Command | None:
    over = (held.command for held in incident.commands.values() if not held.status.is_live)
    return next((order for order in over if retraction_id(order) == retraction), None)


def _hear_of_retraction(ledger: Ledger, feedback: Feedback) -> Refusal | None:
    """Whatever a unit says about a retraction, it has it; nobody has to sign for one."""
    order = _taken_back_by(feedback.command_id, ledger.incident)
    if order is None:
        return Refusal(RefusalCode.UNKNOWN_COMMAND, f"incident has no command {feedback.command_id}")
    if order.unit_code != feedback.unit_code:
        return Refusal(RefusalCode.NOT_YOUR_COMMAND, f"the retraction is {order.unit_code}'s")
    heard = RetractionReceived(command_id=feedback.command_id, occurred_at=feedback.occurred_at)
    ledger.record(heard, _unit(feedback))
    return None


def _hear_late(ledger: Ledger, held: CommandState, feedback: Feedback) -> Refusal | None:
    """An escalated or refused command is somebody else's now; a done or retracted one is nobody's."""
    if held.status not in (CommandStatus.ESCALATED, CommandStatus.REFUSED):
        return Refusal(RefusalCode.COMMAND_ENDED, f"the command is {held.status}")
    _progress(ledger, feedback, feedback.note or feedback.reason, late=feedback.kind)
    return None


def _hear_in_time(ledger: Ledger, held: CommandState, feedback: Feedback) -> None:
    match feedback.kind:
        case FeedbackKind.RECEIVED:
            if held.status is CommandStatus.ISSUED:
                ledger.record(
                    CommandReceived(command_id=feedback.command_id, occurred_at=feedback.occurred_at),
                    _unit(feedback),
                )
        case FeedbackKind.ACKNOWLEDGED:
            _acknowledge(ledger, held, feedback)
        case FeedbackKind.PROGRESS:
            _progress(ledger, feedback, feedback.note)
        case FeedbackKind.REFUSED:
            _refuse(ledger, held, feedback)
        case FeedbackKind.DONE:
            _acknowledge(ledger, held, feedback)  # who reports the work done has taken it
            _done(ledger, held, feedback)


def _acknowledge(ledger: Ledger, held: CommandState, feedback: Feedback) -> None:
    if not held.status.awaits_acknowledgement:
        return
    cancel_clocks(ledger, held.command)
    ledger.record(
        CommandAcknowledged(
            command_id=feedback.command_id,
            person=_person(feedback),
            occurred_at=feedback.occurred_at,
            within_limit=ledger.now <= held.command.acknowledge_by,
            # What is said with the end of the work stands there.
            note=feedback.note if feedback.kind is FeedbackKind.ACKNOWLEDGED else None,
        ),
        _unit(feedback),
    )
    due = held.command.complete_by or held.command.acknowledge_by
    command_clock(ledger, DeadlineKind.COMPLETE, held.command, _seconds_until(ledger, due), held.tier)


def _refuse(ledger: Ledger, held: CommandState, feedback: Feedback) -> None:
    ledger.record(
        CommandRefused(
            command_id=feedback.command_id,
            person=_person(feedback),
            reason=feedback.reason or "no reason given",
            note=feedback.note,
        ),
        _unit(feedback),
    )
    escalate(ledger, held, "refused", _unit(feedback))


def _progress(ledger: Ledger, feedback: Feedback, note: str | None, late: FeedbackKind | None = None) -> None:
    ledger.record(
        CommandProgressed(
            command_id=feedback.command_id,
            progress_ratio=feedback.progress_ratio,
            note=note,
            occurred_at=feedback.occurred_at,
            late=late,
        ),
        _unit(feedback),
    )


def _done(ledger: Ledger, held: CommandState, feedback: Feedback) -> None:
    cancel_clocks(ledger, held.command)
    due = held.command.complete_by
    ledger.record(
        CommandDone(
            command_id=feedback.command_id,
            person=_person(feedback),
            occurred_at=feedback.occurred_at,
            within_limit=due is None or ledger.now <= due,
            note=feedback.note,
        ),
        _unit(feedback),
    )


def _seconds_until(ledger: Ledger, due: datetime) -> float:
    return (due - ledger.now).total_seconds()


def _person(feedback: Feedback) -> Person:
    if feedback.person is None:
        raise ValueError(f"feedback {feedback.kind} without a person passed its model")
    return feedback.person


def _unit(feedback: Feedback) -> Actor:
    return Actor(kind=ActorKind.UNIT, id=feedback.unit_code)
