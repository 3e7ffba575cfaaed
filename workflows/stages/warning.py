"""Warning 预警: issue, keep current, take back.

A warning goes out in the statutory colour where class and level of the event have one. What has changed is a new
message that names those before it; none is ever edited. `workflows.judgement.warning` writes the messages.

A warning has no clock of its own: whatever reaches an open incident in the second half of the validity (a report, an
officer, a unit, a clock of a step or command that passes) renews it. Of an incident of which nothing is heard for so
long, the warning ends at the time that it states, and the next thing heard brings an update.
"""

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.vocabulary import MessageType, Stage, Step
from workflows.judgement.warning.compose import colour_due, compose, compose_end, says_the_same
from workflows.judgement.warning.draft import Ending
from workflows.ledger import Ledger

# A reopened incident goes through assessment again, and is warned of there.
_AFTER_GRADING = (Stage.ASSESSMENT, Stage.DISPOSAL, Stage.FOLLOW_UP)


def warn(ledger: Ledger) -> str:
    """Warn where class and level of the event have a colour; says what came of it, as the outcome of the step."""
    if colour_due(ledger.incident, ledger.rules) is None:
        return "no statutory colour for this class"
    if ledger.incident.warning is not None:
        return "in force"
    _issue(ledger)
    return "issued"


def keep_warning_current(ledger: Ledger) -> None:
    """Joint rule: once graded, an open incident has the warning that is due, as it is due, and not about to expire."""
    incident, rules = ledger.incident, ledger.rules
    if not incident.is_open or incident.stage not in _AFTER_GRADING or Step.WARN not in incident.steps:
        return
    in_force, due = incident.warning, colour_due(incident, rules)
    if in_force is None:
        if due is not None:
            _issue(ledger)
    elif due is None:
        cancel_warning(ledger, Ending.NO_COLOUR)
    elif not says_the_same(in_force, incident, rules) or _is_about_to_expire(ledger):
        updated = compose(incident, rules, MessageType.UPDATE, ledger.now)
        ledger.record(WarningUpdated(warning=updated))


def cancel_warning(ledger: Ledger, ending: Ending) -> None:
    """Take the warning in force back, if there is one, and say why."""
    if ledger.incident.warning is not None:
        end = compose_end(ledger.incident, ledger.rules, ending, ledger.now)
        ledger.record(WarningCancelled(warning=end))


def _issue(ledger: Ledger) -> None:
    alert = compose(ledger.incident, ledger.rules, MessageType.ALERT, ledger.now)
    ledger.record(WarningIssued(warning=alert))


def _is_about_to_expire(ledger: Ledger) -> bool:
    warning = ledger.incident.warning
    if warning is None:
        return False
    return (
        warning.expires - ledger.now
        <= (warning.expires - warning.effective) * ledger.rules.warning.renewed_below_ratio
    )
