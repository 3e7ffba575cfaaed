"""Assessment 研判预警: grade, warn.

The level is found again on every new fact. It is never lowered by silence, only by an officer who says why. A warning
goes out in the statutory colour where the class of the event allows one.
"""

from datetime import timedelta

from models.areas import area_tree
from models.events.assessment import (
    Graded,
    PreliminaryGraded,
    WarningCancelled,
    WarningIssued,
    WarningUpdated,
)
from models.events.steps import StageEntered
from models.identifiers import WarningId, derive
from models.messages.public_warning import PublicWarning
from models.units import Department, unit_code
from models.vocabulary import MessageType, Stage, Step, WarningStatus
from workflows.deadlines import is_above, move_step, owner_tier, pass_step
from workflows.judgement.grading import grade
from workflows.ledger import Ledger

_LEVEL_ZH = {"I": "特别重大", "II": "重大", "III": "较大", "IV": "一般"}
# These steps belong to the tier that owns the level; verification begins with the lowest whatever the level.
_OWNED_BY_LEVEL = (Step.COMMAND, Step.RESPOND, Step.SUPERVISE, Step.CLOSE_AND_REVIEW)


def enter(ledger: Ledger) -> None:
    """Grade on what is known and warn where the class allows it; both in this transaction."""
    ledger.record(StageEntered(stage=Stage.ASSESSMENT))
    found = grade(ledger.incident.facts, ledger.rules)
    level = max(found.level, ledger.incident.level, key=lambda candidate: candidate.severity)
    ledger.record(Graded(level=level, rule_level=found.level, fired=found.fired, reason="rules"))
    pass_step(ledger, Step.GRADE, level)
    pass_step(ledger, Step.WARN, _warn(ledger))


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


def keep_warning_current(ledger: Ledger) -> None:
    """Joint rule: a warning in force has the colour of the level."""
    warning = ledger.incident.warning
    if warning is not None and warning.colour is not ledger.rules.colour_of_level[ledger.incident.level]:
        ledger.record(WarningUpdated(warning=_warning(ledger, MessageType.UPDATE)))


def cancel_warning(ledger: Ledger) -> None:
    """Take the warning in force back, if there is one."""
    if ledger.incident.warning is not None:
        ledger.record(WarningCancelled(warning=_warning(ledger, MessageType.CANCEL)))


def _warn(ledger: Ledger) -> str:
    category = ledger.incident.category
    if category is None or not category.facts.may_warn:
        return "no statutory colour for this class"
    if ledger.incident.warning is not None:
        return "in force"
    ledger.record(WarningIssued(warning=_warning(ledger, MessageType.ALERT)))
    return "issued"


def _warning(ledger: Ledger, message_type: MessageType) -> PublicWarning:
    incident, rules = ledger.incident, ledger.rules
    if incident.category is None:
        raise ValueError("a warning needs a category")
    place = incident.place
    words = {
        "place": area_tree().full_name_zh(place.area_code),
        "category": incident.category.facts.name_zh,
        "level": _LEVEL_ZH[incident.level],
    }
    issuer = unit_code(place.district_code or place.city_code, Department.EMERGENCY)
    return PublicWarning(
        warning_id=WarningId(derive("warning", incident.incident_id, len(incident.warnings_sent) + 1)),
        incident_id=incident.incident_id,
        message_type=message_type,
        references=tuple(WarningId(sent) for sent in incident.warnings_sent[-1:]),
        status=WarningStatus.EXERCISE if incident.exercise else WarningStatus.ACTUAL,
        colour=rules.colour_of_level[incident.level],
        category=incident.category,
        headline_zh=rules.warning.headline_zh.format(**words),
        description_zh=rules.warning.description_zh.format(**words),
        instruction_zh=rules.warning.instruction_zh.format(**words),
        area_codes=(place.area_code,),
        effective=ledger.now,
        expires=ledger.now + timedelta(seconds=rules.warning.valid_for_seconds),
        sender_code=issuer,
    )
