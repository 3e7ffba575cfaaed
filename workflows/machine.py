"""The machine: the one table of legal moves, (stage, move) -> rule, guarded by status.

A move is a kind of message, or the action of a decision. What is not in the table is refused and changes nothing;
`deploy/docs/state-machine.md` is generated from here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from models.vocabulary import Action, Stage, Status
from workflows import decisions, feedback, overdue
from workflows.answer import Answer, Refusal
from workflows.ledger import Ledger
from workflows.message import MessageKind, StageCalled
from workflows.settle import next_stage
from workflows.stages import assessment, disposal, follow_up, perception, verification

Move = MessageKind | Action
Rule = Callable[[Ledger, Any], Refusal | Answer | None]

_AFTER_PERCEPTION = (Stage.VERIFICATION, Stage.ASSESSMENT, Stage.DISPOSAL, Stage.FOLLOW_UP)

_ENTER: Mapping[Stage, Callable[[Ledger], None]] = MappingProxyType(
    {
        Stage.VERIFICATION: verification.enter,
        Stage.ASSESSMENT: assessment.enter,
        Stage.DISPOSAL: disposal.enter,
        Stage.FOLLOW_UP: follow_up.enter,
    }
)


def _enter(ledger: Ledger, message: StageCalled) -> None:
    """Move the main line on; a call that comes twice or too late is moot."""
    if next_stage(ledger.incident, ledger.rules) is message.stage:
        _ENTER[message.stage](ledger)


def _look_again(_: Ledger, __: StageCalled) -> None:
    """Nothing of its own: the joint rules look at the incident anew."""


def _at(stages: tuple[Stage, ...], move: Move, rule: Rule) -> dict[tuple[Stage, Move], Rule]:
    return {(stage, move): rule for stage in stages}


MOVES: Mapping[tuple[Stage, Move], Rule] = MappingProxyType(
    {
        **_at(tuple(Stage), MessageKind.REPORT, perception.join_report),
        **_at(tuple(Stage), MessageKind.ENTERED, _enter),
        **_at(tuple(Stage), MessageKind.NOTIFIED, _look_again),
        **_at(tuple(Stage), MessageKind.DEADLINE_PASSED, overdue.pass_deadline),
        **_at(tuple(Stage), MessageKind.FEEDBACK, feedback.hear_unit),
        **_at(tuple(Stage), Action.ACKNOWLEDGE, decisions.decide),
        **_at(tuple(Stage), Action.MERGE, decisions.decide),
        **_at(tuple(Stage), Action.SPLIT, decisions.decide),
        **_at(tuple(Stage), Action.REOPEN, decisions.decide),
        **_at(_AFTER_PERCEPTION, Action.VERIFY, decisions.decide),
        **_at(_AFTER_PERCEPTION, Action.REGRADE, decisions.decide),
        **_at(_AFTER_PERCEPTION, Action.ESCALATE, decisions.decide),
        **_at(_AFTER_PERCEPTION, Action.SUPERVISE, decisions.decide),
        **_at(_AFTER_PERCEPTION, Action.EXTEND, decisions.decide),
        **_at((Stage.DISPOSAL, Stage.FOLLOW_UP), Action.RELEASE, decisions.decide),
        **_at((Stage.DISPOSAL, Stage.FOLLOW_UP), Action.RETRACT, decisions.decide),
        **_at((Stage.FOLLOW_UP,), Action.CLOSE, decisions.decide),
    }
)

_ENDED = frozenset({Status.CLOSED, Status.REJECTED})
_EVERYWHERE = frozenset(Status)
# The status that a move asks for. A merged incident absorbs: streams send what is meant for it to the survivor, but for
# what a unit says of an order that was over before the merge.
STATUS_GUARD: Mapping[Move, frozenset[Status]] = MappingProxyType(
    {
        **dict.fromkeys(Action, frozenset({Status.OPEN})),
        Action.REOPEN: _ENDED,
        MessageKind.REPORT: _ENDED | {Status.OPEN},
        MessageKind.FEEDBACK: _EVERYWHERE,
        MessageKind.ENTERED: _EVERYWHERE,
        MessageKind.NOTIFIED: _EVERYWHERE,
        MessageKind.DEADLINE_PASSED: _EVERYWHERE,
    }
)
