"""Warning 预警: issue, keep current, take back.

A warning goes out in the statutory colour where the class of the event allows one. What has changed is a new message
that names the one before it; none is ever edited.
"""

from datetime import timedelta

from models.areas import area_tree
from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.identifiers import WarningId, derive
from models.messages.public_warning import PublicWarning
from models.units import Department, unit_code
from models.vocabulary import MessageType, WarningStatus
from workflows.ledger import Ledger

_LEVEL_ZH = {"I": "特别重大", "II": "重大", "III": "较大", "IV": "一般"}


def warn(ledger: Ledger) -> str:
    """Warn where the class of the event allows it; says what came of it, as the step's outcome."""
    category = ledger.incident.category
    if category is None or not category.facts.may_warn:
        return "no statutory colour for this class"
    if ledger.incident.warning is not None:
        return "in force"
    ledger.record(WarningIssued(warning=_warning(ledger, MessageType.ALERT)))
    return "issued"


def keep_warning_current(ledger: Ledger) -> None:
    """Joint rule: a warning in force has the colour of the level."""
    warning = ledger.incident.warning
    if warning is not None and warning.colour is not ledger.rules.colour_of_level[ledger.incident.level]:
        ledger.record(WarningUpdated(warning=_warning(ledger, MessageType.UPDATE)))


def cancel_warning(ledger: Ledger) -> None:
    """Take the warning in force back, if there is one."""
    if ledger.incident.warning is not None:
        ledger.record(WarningCancelled(warning=_warning(ledger, MessageType.CANCEL)))


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
