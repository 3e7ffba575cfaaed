"""Assessment 研判预警: grade, warn.

The level is found again on every new fact. It is never lowered by silence, only by an officer who says why. A warning
goes out in the statutory colour where the class of the event allows one.
"""

from models.events.assessment import Graded, PreliminaryGraded
from models.events.steps import StageEntered
from models.vocabulary import Stage, Step
from workflows.deadlines import is_above, move_step, owner_tier, pass_step
from workflows.judgement.grading import grade
from workflows.ledger import Ledger
from workflows.stages.warning import warn

# These steps belong to the tier that owns the level; verification begins with the lowest whatever the level.
_OWNED_BY_LEVEL = (Step.COMMAND, Step.RESPOND, Step.SUPERVISE, Step.CLOSE_AND_REVIEW)


def enter(ledger: Ledger) -> None:
    """Grade on what is known and warn where the class allows it; both in this transaction."""
    ledger.record(StageEntered(stage=Stage.ASSESSMENT))
    found = grade(ledger.incident.facts, ledger.rules)
    level = max(found.level, ledger.incident.level, key=lambda candidate: candidate.severity)
    ledger.record(Graded(level=level, rule_level=found.level, fired=found.fired, reason="rules"))
    pass_step(ledger, Step.GRADE, level)
    pass_step(ledger, Step.WARN, warn(ledger))


def grade_again(ledger: Ledger) -> None:
    """Joint rule: the rules now give more than they did; a lower result changes nothing."""
    incident = ledger.incident
    found = grade(incident.facts, ledger.rules)
    if found.level.severity <= incident.rule_level.severity:
        return
    level = max(found.level, incident.level, key=lambda candidate: candidate.severity)
    if incident.graded:
        ledger.record(Graded(level=level, rule_level=found.level, fired=found.fired, reason="rules"))
    else:
        ledger.record(PreliminaryGraded(level=level, rule_level=found.level, fired=found.fired))


def lift_to_owner(ledger: Ledger) -> None:
    """Joint rule: what a worse level belongs to takes over the open steps."""
    owner = owner_tier(ledger.incident, ledger.rules)
    for step in _OWNED_BY_LEVEL:
        state = ledger.incident.steps.get(step)
        if state is not None and state.is_open and is_above(owner, state.tier):
            move_step(ledger, step, owner)
