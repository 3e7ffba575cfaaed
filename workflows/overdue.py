"""Clocks that passed: what each kind of deadline does when its time is over.

A deadline that is no longer in the state is moot: what it waited for has happened meanwhile.
"""

from models.events.disposal import CommandOverdue
from models.events.perception import (
    SUGGESTIONS_REMEMBERED,
    FusionOutcome,
    MergeSuggested,
    TwinsCompared,
)
from models.events.steps import DeadlineFired, RedAlarmRaised
from models.vocabulary import DeadlineKind, Step
from workflows.answer import Answer
from workflows.deadlines import climb
from workflows.errors import IllegalTransition
from workflows.identity import merge_twins
from workflows.incident import DeadlineState
from workflows.judgement.fusion import twins_of
from workflows.ledger import CLOCK, Ledger
from workflows.message import DeadlinePassed
from workflows.stages import verification
from workflows.stages.commanding import command_clock, escalate


def pass_deadline(ledger: Ledger, message: DeadlinePassed) -> Answer | None:
    """Fire one deadline. Returns the answer for a second incident when a twin was found and merged."""
    deadline = ledger.incident.deadlines.get(message.deadline_id)
    if deadline is None:
        return None
    late = (ledger.now - deadline.due_at).total_seconds()
    ledger.record(DeadlineFired(deadline_id=message.deadline_id, late_by_seconds=max(late, 0.0)), CLOCK)
    match deadline.kind:
        case DeadlineKind.STEP:
            _step_is_overdue(ledger, deadline)
        case DeadlineKind.ACKNOWLEDGE:
            _nobody_signed(ledger, deadline)
        case DeadlineKind.COMPLETE:
            _work_is_overdue(ledger, deadline)
        case DeadlineKind.FUSION_CHECK:
            return _compare_twins(ledger, message)
    return None


def _step_is_overdue(ledger: Ledger, deadline: DeadlineState) -> None:
    if deadline.step is None:
        raise IllegalTransition("a step's deadline names no step")
    if deadline.step is Step.CHECK:
        verification.check_is_over(ledger)
    else:
        climb(ledger, deadline.step)


def _nobody_signed(ledger: Ledger, deadline: DeadlineState) -> None:
    if deadline.command_id is None:
        raise IllegalTransition("a command's deadline names no command")
    escalate(ledger, ledger.incident.commands[deadline.command_id], "silent", CLOCK)


def _work_is_overdue(ledger: Ledger, deadline: DeadlineState) -> None:
    """督办: the tier that watches the work climbs each time; past the city the red alarm stands."""
    if deadline.command_id is None:
        raise IllegalTransition("a command's deadline names no command")
    held = ledger.incident.commands[deadline.command_id]
    ledger.record(CommandOverdue(command_id=deadline.command_id, tier=deadline.tier), CLOCK)
    if deadline.tier.above is None:
        ledger.record(RedAlarmRaised(command_id=deadline.command_id), CLOCK)
        return
    again = ledger.rules.escalation.supervise_again_after_seconds
    command_clock(ledger, DeadlineKind.COMPLETE, held.command, again, deadline.tier.above)


def _compare_twins(ledger: Ledger, message: DeadlinePassed) -> Answer | None:
    """Merge with the likeliest twin, and look again after it; ask the officer about those that only may be one."""
    found = twins_of(ledger.incident, message.twins, ledger.rules)
    if not found:
        return None
    ledger.record(TwinsCompared(candidates=tuple(found[: ledger.rules.fusion.candidates_recorded])))
    if found[0].outcome is FusionOutcome.SAME:
        twin = next(one for one in message.twins if one.incident_id == found[0].incident_id)
        reason = "the fusion check found the same event opened twice"
        return merge_twins(ledger, twin, reason, looks_again=True)
    known = {suggestion.incident_id for suggestion in ledger.incident.suggestions}
    for score in found[:SUGGESTIONS_REMEMBERED]:
        if score.incident_id not in known:
            ledger.record(MergeSuggested(suggestion=score))
    return None
