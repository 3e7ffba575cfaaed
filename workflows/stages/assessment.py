"""Assessment 研判预警: grade, warn.

The level is found again on every new fact. It is never lowered by silence, only by an officer who says why or by a
stated correction of the totals. A warning goes out in the statutory colour where the class of the event allows one.
"""

from models.events.assessment import Graded, PreliminaryGraded
from models.events.steps import StageEntered
from models.vocabulary import Level, Stage, Step
from workflows.deadlines import is_above, move_step, owner_tier, pass_step
from workflows.judgement.case import case_of
from workflows.judgement.grading import LOWEST, Grade, grade, level_of, worst
from workflows.ledger import Ledger
from workflows.stages.warning import warn

# These steps belong to the tier that owns the level; verification begins with the lowest whatever the level.
_OWNED_BY_LEVEL = (Step.COMMAND, Step.RESPOND, Step.SUPERVISE, Step.CLOSE_AND_REVIEW)


_BY_RULES, _BY_CORRECTION = "rules", "correction"


def grade_first(ledger: Ledger) -> None:
    """The preliminary level of a new incident, by the same function as the final one."""
    found = grade(case_of(ledger.incident), ledger.rules)
    _record(ledger, found, found.level, _BY_RULES)


def enter(ledger: Ledger) -> None:
    """Grade on what is known and warn where the class allows it; both in this transaction."""
    ledger.record(StageEntered(stage=Stage.ASSESSMENT))
    found = grade(case_of(ledger.incident), ledger.rules)
    level = worst((found.level, ledger.incident.level))
    _record(ledger, found, level, _BY_RULES, is_final=True)
    pass_step(ledger, Step.GRADE, level)
    pass_step(ledger, Step.WARN, warn(ledger))


def grade_again(ledger: Ledger) -> None:
    """Joint rule: the rules now give more than they did; a lower result changes nothing."""
    incident = ledger.incident
    case = case_of(incident)
    if level_of(case, ledger.rules).severity > incident.rule_level.severity:
        found = grade(case, ledger.rules)
        _record(ledger, found, worst((found.level, incident.level)), _BY_RULES, is_final=incident.graded)


def regrade_after_correction(ledger: Ledger) -> None:
    """Totals were just corrected: the one way in which rules lower a level. Both grades stay in the log.

    It never raises, which `grade_again` does, and never goes below what an officer has set.
    """
    incident = ledger.incident
    found = grade(case_of(incident), ledger.rules)
    if found.level.severity < incident.rule_level.severity:
        floor = worst((found.level, incident.officer_level or LOWEST))
        level = min(floor, incident.level, key=lambda candidate: candidate.severity)
        _record(ledger, found, level, _BY_CORRECTION, is_final=incident.graded)


def _record(ledger: Ledger, found: Grade, level: Level, reason: str, *, is_final: bool = False) -> None:
    grading = Graded if is_final else PreliminaryGraded
    ledger.record(
        grading(
            level=level,
            rule_level=found.level,
            reason=reason,
            fired=found.fired,
            raised_by=found.raised_by,
            next_lines=found.next_lines,
            questions=found.questions,
            expert_questions=found.expert_questions,
        )
    )


def lift_to_owner(ledger: Ledger) -> None:
    """Joint rule: what a worse level belongs to takes over the open steps."""
    owner = owner_tier(ledger.incident, ledger.rules)
    for step in _OWNED_BY_LEVEL:
        state = ledger.incident.steps.get(step)
        if state is not None and state.is_open and is_above(owner, state.tier):
            move_step(ledger, step, owner)
