"""Settling: the joint rules, run after every message until none has anything to add.

They say what must hold whatever happened first: evidence is weighed, the level is the facts', the plan is the
level's, what is over is ended. Each records only what is not so yet, so that they come to rest.
"""

from collections.abc import Callable

from models.vocabulary import Stage, Status, Step, Verdict
from workflows.errors import IllegalTransition
from workflows.incident import Incident
from workflows.ledger import Ledger
from workflows.rulebook import Rulebook
from workflows.stages import assessment, disposal, follow_up, perception, verification
from workflows.stages.warning import keep_warning_current

_ROUNDS = 20

# In the order of the loop, so that a log reads verdict, level, warning, plan, orders. What they come to does not depend
# on it (tests/unit/workflows/test_settle.py): a rule that ran too early runs again in the next round.
_JOINT_RULES: tuple[Callable[[Ledger], None], ...] = (
    perception.settle_category,
    verification.weigh_evidence,
    assessment.grade_again,
    verification.confirm_by_rule,
    assessment.lift_to_owner,
    keep_warning_current,
    disposal.extend_plan,
    disposal.go_back_for_new_tasks,
    disposal.begin_again,
    disposal.release_by_rule,
    disposal.end_command_step,
    disposal.end_respond_step,
    follow_up.resume_supervision,
    follow_up.end_supervision,
    follow_up.close_by_rule,
)


def settle(ledger: Ledger) -> None:
    """Run the joint rules to a fixed point, then hand over if it is now another stage's turn."""
    for _ in range(_ROUNDS):
        recorded = len(ledger.events)
        for rule in _JOINT_RULES:
            if ledger.incident.is_open:
                rule(ledger)
        if len(ledger.events) == recorded:
            break
    else:
        raise IllegalTransition(f"joint rules of {ledger.incident_id} do not come to rest")
    _hand_over(ledger)


def _hand_over(ledger: Ledger) -> None:
    before = None if ledger.before is None else next_stage(ledger.before, ledger.rules)
    after = next_stage(ledger.incident, ledger.rules)
    if after is not None and after != before:
        ledger.hand_overs.append(after)


def next_stage(incident: Incident, rules: Rulebook) -> Stage | None:
    """The stage whose turn it is next; None while the present one has work, and when there is none after it."""
    if incident.status is not Status.OPEN:
        return None
    match incident.stage:
        case Stage.PERCEPTION:
            return Stage.VERIFICATION
        case Stage.VERIFICATION:
            return (
                Stage.ASSESSMENT if incident.verdict is Verdict.TRUE or is_severe(incident, rules) else None
            )
        case Stage.ASSESSMENT:
            return Stage.DISPOSAL
        case Stage.DISPOSAL:
            respond = incident.steps.get(Step.RESPOND)
            return Stage.FOLLOW_UP if respond is not None and not respond.is_open else None
        case Stage.FOLLOW_UP:
            return None


def is_severe(incident: Incident, rules: Rulebook) -> bool:
    """Too dangerous to wait for verification: flagged urgent, or preliminary level I or II, by more than a flood."""
    return not incident.is_doubtful and (incident.urgent or incident.level in rules.severe_levels)
