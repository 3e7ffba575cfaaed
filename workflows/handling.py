"""Handling: the one door of the core. `handle(state, message, rules) -> Answer`, pure, total and deterministic.

It asks whether a decision is its officer's to take, looks the move up in the machine's table, checks the status guard,
lets the rule record its facts, runs the joint rules to a fixed point and answers. It takes no clock: the time is the
message's `recorded_at`.
"""

from models.vocabulary import Status
from workflows.answer import Answer, Refusal, RefusalCode
from workflows.decisions import not_theirs
from workflows.incident import Incident
from workflows.ledger import Ledger
from workflows.machine import MOVES, STATUS_GUARD, Move
from workflows.message import DecisionTaken, Message, MessageKind, ReportArrived, action_of, kind_of
from workflows.rulebook import Rulebook
from workflows.settle import settle
from workflows.stages.perception import open_incident

_CALLS = (MessageKind.ENTERED, MessageKind.NOTIFIED, MessageKind.DEADLINE_PASSED)


def handle(incident: Incident | None, message: Message, rules: Rulebook) -> Answer:
    """What this message does to this incident (None: it does not exist yet).

    The caller sees to it that the message was not handled before, and that `recorded_at` is not before the
    incident's last. A refusal leaves the state as it was.
    """
    ledger = Ledger(incident, message.envelope, rules, message.envelope.incident_id)
    if incident is None:
        return _first(ledger, message)
    move: Move = action_of(message) or kind_of(message)
    if (refusal := _refusal(incident, message, move)) is not None:
        return ledger.refuse(refusal)
    if move in _CALLS and incident.status is not Status.OPEN:
        return ledger.answer()  # moot: nobody's turn on what has ended
    result = MOVES[(incident.stage, move)](ledger, message)
    if isinstance(result, Refusal):
        return ledger.refuse(result)
    if ledger.incident.is_open:
        settle(ledger)
    return ledger.answer(also=result)


def _first(ledger: Ledger, message: Message) -> Answer:
    if not isinstance(message, ReportArrived):
        return ledger.refuse(
            Refusal(RefusalCode.UNKNOWN_INCIDENT, f"there is no incident {ledger.incident_id}")
        )
    open_incident(ledger, message)
    settle(ledger)
    return ledger.answer()


def _refusal(incident: Incident, message: Message, move: Move) -> Refusal | None:
    if isinstance(message, DecisionTaken) and (refusal := not_theirs(incident, message)) is not None:
        return refusal
    if incident.status not in STATUS_GUARD[move]:
        return Refusal(RefusalCode.NOT_OPEN, f"the incident is {incident.status}; {move} does not apply")
    if (incident.stage, move) not in MOVES:
        return Refusal(RefusalCode.WRONG_STAGE, f"{move} is not possible at stage {incident.stage}")
    return None
