"""Verification 信息核准: assign, check, confirm.

Evidence is weighed whenever a reporter speaks. Enough of it makes the verdict true by rule; else, when the time for
checking is over, the duty officer of the township is asked, then the district's, then the city's. Only an officer
says false. Verification never delays danger: severe and urgent incidents go on while it runs.
"""

from models.events.follow_up import IncidentRejected
from models.events.steps import StageEntered
from models.events.verification import EvidenceWeighed, VerdictReached
from models.messages.event import Actor
from models.vocabulary import DeadlineKind, Stage, Step, Verdict
from workflows.deadlines import cancel_all, climb, end_all_steps, end_step, lowest_tier, pass_step, start_step
from workflows.judgement.evidence import weigh
from workflows.judgement.warning.draft import Ending
from workflows.ledger import RULE, Ledger
from workflows.stages.commanding import retract_all
from workflows.stages.warning import cancel_warning

_STEPS = (Step.ASSIGN, Step.CHECK, Step.CONFIRM)
UNDECIDED = (Verdict.UNVERIFIED, Verdict.UNCLEAR)


def enter(ledger: Ledger) -> None:
    """Assign it to the lowest duty desk and open the time for evidence."""
    ledger.record(StageEntered(stage=Stage.VERIFICATION))
    if ledger.incident.verdict in UNDECIDED:
        start_step(ledger, Step.ASSIGN, lowest_tier(ledger.incident))
        start_step(ledger, Step.CHECK, lowest_tier(ledger.incident))


def check_is_over(ledger: Ledger) -> None:
    """The sources did not suffice in time: an officer is asked."""
    end_step(ledger, Step.CHECK, "evidence does not suffice")
    start_step(ledger, Step.CONFIRM, lowest_tier(ledger.incident))


def weigh_evidence(ledger: Ledger) -> None:
    """Joint rule: keep the confidence that the reporters' latest words add up to."""
    found = weigh(ledger.incident.reporters, ledger.rules)
    if found.confidence_ratio != ledger.incident.confidence_ratio:
        ledger.record(
            EvidenceWeighed(
                confidence_ratio=found.confidence_ratio,
                threshold_ratio=ledger.rules.verification.threshold_ratio,
                affirming=found.affirming,
                denying=found.denying,
            )
        )


def confirm_by_rule(ledger: Ledger) -> None:
    """Joint rule: independent sources suffice."""
    incident = ledger.incident
    suffices = incident.confidence_ratio >= ledger.rules.verification.threshold_ratio
    if suffices and incident.verdict in UNDECIDED and incident.stage is not Stage.PERCEPTION:
        reach_true(ledger, "independent sources suffice", RULE)


def reach_true(ledger: Ledger, reason: str, actor: Actor) -> None:
    """It is real: every step of verification is over."""
    ledger.record(VerdictReached(verdict=Verdict.TRUE, reason=reason), actor)
    for step in _STEPS:
        end_step(ledger, step, "true")
    if Step.CONFIRM not in ledger.incident.steps:
        pass_step(ledger, Step.CONFIRM, "true")


def reach_false(ledger: Ledger, reason: str, actor: Actor) -> None:
    """It is not real: orders and warning are taken back, and nothing more is owed."""
    ledger.record(VerdictReached(verdict=Verdict.FALSE, reason=reason), actor)
    retract_all(ledger, "the report was false", actor)
    cancel_warning(ledger, Ending.FALSE)
    end_all_steps(ledger, "false")
    cancel_all(ledger)
    ledger.record(IncidentRejected(reason=reason), actor)


def reach_unclear(ledger: Ledger, reason: str, actor: Actor) -> None:
    """This desk cannot tell: the next tier is asked."""
    ledger.record(VerdictReached(verdict=Verdict.UNCLEAR, reason=reason), actor)
    end_step(ledger, Step.ASSIGN, "unclear")
    end_step(ledger, Step.CHECK, "unclear")
    confirm = ledger.incident.steps.get(Step.CONFIRM)
    if confirm is None or not confirm.is_open:
        start_step(ledger, Step.CONFIRM, lowest_tier(ledger.incident))
    if ledger.incident.deadline_of(DeadlineKind.STEP, step=Step.CONFIRM) is not None:
        climb(ledger, Step.CONFIRM)
