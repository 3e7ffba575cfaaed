"""Follow-up 跟踪落实: supervise, close and review.

Unfinished work is chased until it is done. The lowest level then closes by rule, the rest by an officer; closing
writes what the log teaches.
"""

from models.events.follow_up import IncidentClosed, Review, StepReview
from models.events.steps import StageEntered
from models.messages.event import Actor
from models.vocabulary import CommandStatus, Stage, Step, Verdict
from workflows.deadlines import cancel_all, end_all_steps, end_step, owner_tier, start_step
from workflows.incident import Incident
from workflows.judgement.warning.draft import Ending
from workflows.ledger import RULE, Ledger
from workflows.stages.warning import cancel_warning


def enter(ledger: Ledger) -> None:
    """Chase what is unfinished."""
    ledger.record(StageEntered(stage=Stage.FOLLOW_UP))
    start_step(ledger, Step.SUPERVISE, owner_tier(ledger.incident, ledger.rules))


def resume_supervision(ledger: Ledger) -> None:
    """Joint rule: a merge brought work after supervision was over."""
    if is_ready_to_close(ledger.incident) and ledger.incident.owed_commands:
        end_step(ledger, Step.CLOSE_AND_REVIEW, "back to supervision")
        start_step(ledger, Step.SUPERVISE, owner_tier(ledger.incident, ledger.rules))


def end_supervision(ledger: Ledger) -> None:
    """Joint rule: everything owed is done, taken back or passed on; somebody may close."""
    supervise = ledger.incident.steps.get(Step.SUPERVISE)
    is_running = supervise is not None and supervise.is_open
    if ledger.incident.stage is Stage.FOLLOW_UP and is_running and not ledger.incident.owed_commands:
        end_step(ledger, Step.SUPERVISE, "all work is done")
        start_step(ledger, Step.CLOSE_AND_REVIEW, owner_tier(ledger.incident, ledger.rules))


def close_by_rule(ledger: Ledger) -> None:
    """Joint rule: the lowest level needs no officer to close what is verified and done."""
    incident = ledger.incident
    by_rule = incident.level in ledger.rules.closes_by_rule and incident.verdict is Verdict.TRUE
    if by_rule and is_ready_to_close(incident):
        close(ledger, "all work is done", RULE)


def is_ready_to_close(incident: Incident) -> bool:
    """Supervision is over and only the closing is left."""
    closing = incident.steps.get(Step.CLOSE_AND_REVIEW)
    return incident.stage is Stage.FOLLOW_UP and closing is not None and closing.is_open


def close(ledger: Ledger, reason: str, actor: Actor) -> None:
    """办结: end the step, the warning and every clock, and write the review."""
    cancel_warning(ledger, Ending.CLOSED)
    end_all_steps(ledger, "closed")
    cancel_all(ledger)
    ledger.record(IncidentClosed(reason=reason, review=review_of(ledger)), actor)


def review_of(ledger: Ledger) -> Review:
    """复盘: durations in seconds, and what was late or had to climb."""
    incident = ledger.incident
    commands = incident.commands.values()
    return Review(
        verdict=incident.verdict,
        level=incident.level,
        reports=incident.reports,
        commands=len(commands),
        commands_late=sum(1 for c in commands if c.times_overdue),
        commands_escalated=sum(1 for c in commands if c.status is CommandStatus.ESCALATED),
        total_seconds=(ledger.now - incident.opened_at).total_seconds(),
        steps=tuple(
            StepReview(
                step=step,
                seconds=((state.ended_at or ledger.now) - state.started_at).total_seconds(),
                overdue=state.times_overdue,
            )
            for step, state in incident.steps.items()
        ),
    )
