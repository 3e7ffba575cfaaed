"""Commanding: making, passing on and taking back the orders to units. Used by every rule that touches a command.

A command is acknowledged by a named person, or refused, or it climbs a tier, until at the city a red alarm stands.
Each live command has exactly one clock: for the acknowledgement first, then for the work.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.events.disposal import CommandEscalated, CommandIssued, CommandRetracted, PlannedTask
from models.events.steps import RedAlarmRaised
from models.identifiers import CommandId, UnitCode, command_id_of
from models.messages.command import Command
from models.messages.event import Actor
from models.units import parse_unit, superior
from models.vocabulary import CommandKind, DeadlineKind, Stage, Tier, Verdict
from workflows.deadlines import cancel, set_clock
from workflows.incident import CommandState
from workflows.ledger import RULE, Ledger

_BEIJING = ZoneInfo("Asia/Shanghai")


def issue(ledger: Ledger, task: PlannedTask, actor: Actor) -> None:
    """Turn a task of the plan into the order that it was planned to be, and start its clock."""
    command = Command(
        command_id=ledger.incident.order_id(task),
        incident_id=ledger.incident_id,
        kind=CommandKind.ORDER,
        unit_code=task.unit_code,
        role=task.role,
        task_id=task.task_id,
        text_zh=task.text_zh,
        text_en=task.text_en,
        level=ledger.incident.level,
        category=ledger.incident.category,
        area_code=ledger.incident.place.area_code,
        place=ledger.incident.place.words,
        position=ledger.incident.place.position,
        verified=ledger.incident.verdict is Verdict.TRUE,
        attempt=ledger.incident.attempt_of(task),
        released_by=actor.id or "rule",
        issued_at=ledger.now,
        acknowledge_by=ledger.now + timedelta(seconds=task.acknowledge_within_seconds),
        complete_by=ledger.now + timedelta(seconds=task.complete_within_seconds),
        exercise=ledger.incident.exercise,
        rulebook=ledger.rules.digest,
    )
    _send(ledger, command, actor)


def _send(ledger: Ledger, command: Command, actor: Actor) -> None:
    tier = parse_unit(command.unit_code).tier
    ledger.record(CommandIssued(command=command, tier=tier), actor)
    seconds = (command.acknowledge_by - ledger.now).total_seconds()
    command_clock(ledger, DeadlineKind.ACKNOWLEDGE, command, seconds, tier)


def command_clock(ledger: Ledger, kind: DeadlineKind, command: Command, seconds: float, tier: Tier) -> None:
    """Start the one clock of a command: acknowledgement belongs to disposal, completion to follow-up."""
    stage = Stage.DISPOSAL if kind is DeadlineKind.ACKNOWLEDGE else Stage.FOLLOW_UP
    set_clock(ledger, kind, stage, seconds, tier, command_id=command.command_id)


def cancel_clocks(ledger: Ledger, command: Command) -> None:
    """Nothing is waited for from this command."""
    for kind in (DeadlineKind.ACKNOWLEDGE, DeadlineKind.COMPLETE):
        cancel(ledger, ledger.incident.deadline_of(kind, command_id=command.command_id))


def escalate(ledger: Ledger, held: CommandState, reason: str, actor: Actor) -> None:
    """Give the task of a silent or refusing unit to the unit above it; above the city's there is the red alarm.

    A unit that has an order for this task already, from what was merged, is not told again.
    """
    cancel_clocks(ledger, held.command)
    above = superior(held.command.unit_code, ledger.incident.opened_at.astimezone(_BEIJING).date())
    if above is None:
        ledger.record(RedAlarmRaised(command_id=held.command.command_id), actor)
        return
    standing = _standing_order(ledger, held.command, above)
    following = standing or _next_attempt(ledger, held.command, above)
    ledger.record(
        CommandEscalated(
            command_id=held.command.command_id,
            reason=reason,
            to_unit_code=above,
            next_command_id=following.command_id,
        ),
        actor,
    )
    if standing is None:
        _send(ledger, following, RULE)


def _standing_order(ledger: Ledger, command: Command, unit_code: UnitCode) -> Command | None:
    owed = (held.command for held in ledger.incident.owed_commands)
    return next((one for one in owed if (one.task_id, one.unit_code) == (command.task_id, unit_code)), None)


def _next_attempt(ledger: Ledger, command: Command, unit_code: UnitCode) -> Command:
    attempt = command.attempt + 1
    working = None if command.complete_by is None else command.complete_by - command.issued_at
    return command.model_copy(
        update={
            "command_id": command_id_of(
                CommandKind.ORDER, command.incident_id, command.task_id, unit_code, attempt
            ),
            "unit_code": unit_code,
            "attempt": attempt,
            "level": ledger.incident.level,
            "verified": ledger.incident.verdict is Verdict.TRUE,
            "released_by": "rule",
            "issued_at": ledger.now,
            "acknowledge_by": _answer_by(ledger, unit_code),
            "complete_by": None if working is None else ledger.now + working,
            "rulebook": ledger.rules.digest,
        }
    )


def _answer_by(ledger: Ledger, unit_code: UnitCode) -> datetime:
    seconds = ledger.rules.escalation.acknowledge_within_seconds.at(parse_unit(unit_code).tier)
    return ledger.now + timedelta(seconds=seconds)


def retract(ledger: Ledger, held: CommandState, reason: str, actor: Actor) -> None:
    """Take an order back and tell its unit by a retraction, which is a message of its own.

    Nobody signs for a retraction: by `acknowledge_by` the unit's system is to have it, and no clock runs.
    """
    cancel_clocks(ledger, held.command)
    order = held.command
    retraction = order.model_copy(
        update={
            "command_id": retraction_id(order),
            "kind": CommandKind.RETRACTION,
            "retracts": order.command_id,
            "released_by": actor.id or "rule",
            "issued_at": ledger.now,
            "acknowledge_by": _answer_by(ledger, order.unit_code),
            "complete_by": None,
            "rulebook": ledger.rules.digest,
        }
    )
    ledger.record(CommandRetracted(command_id=order.command_id, retraction=retraction, reason=reason), actor)


def retraction_id(order: Command) -> CommandId:
    """The id of the message that takes this order back."""
    return command_id_of(
        CommandKind.RETRACTION, order.incident_id, order.task_id, order.unit_code, order.attempt
    )


def retract_all(ledger: Ledger, reason: str, actor: Actor) -> None:
    """Take back everything that is owed."""
    for held in ledger.incident.owed_commands:
        retract(ledger, held, reason, actor)
