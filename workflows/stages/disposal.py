"""Disposal 协同处置: command, respond.

The plan for category, level and place becomes commands: what the plan marks immediate goes out by rule at any level,
a verified incident of the lowest level by rule too, the rest by an officer's one click on a clock of its own. The
stage is over when everything is released and every unit has signed.
"""

from models.events.disposal import PlanProposed
from models.events.steps import StageEntered
from models.vocabulary import Stage, Step, Verdict
from workflows.deadlines import end_step, owner_tier, start_step
from workflows.judgement.planning import plan_tasks
from workflows.ledger import RULE, Ledger
from workflows.stages.commanding import issue

_COMMANDING = (Stage.DISPOSAL, Stage.FOLLOW_UP)


def enter(ledger: Ledger) -> None:
    """Propose the plan and start the clocks of release and response."""
    ledger.record(StageEntered(stage=Stage.DISPOSAL))
    extend_plan(ledger)
    _begin(ledger, Step.COMMAND)
    _begin(ledger, Step.RESPOND)


def _begin(ledger: Ledger, step: Step) -> None:
    state = ledger.incident.steps.get(step)
    if state is None or not state.is_open:
        start_step(ledger, step, owner_tier(ledger.incident, ledger.rules))


def extend_plan(ledger: Ledger) -> None:
    """Joint rule: a level or category that changed asks for its own tasks; those already planned keep their ids."""
    incident = ledger.incident
    if incident.stage not in _COMMANDING:
        return
    plan_id = ledger.rules.plan_for(incident.category, incident.nature).plan_id
    if (incident.plan_id, incident.plan_level) == (plan_id, incident.level):
        return
    planned = {(task.task_id, task.unit_code) for task in incident.plan}
    wanted = plan_tasks(incident, ledger.rules)
    added = tuple(task for task in wanted if (task.task_id, task.unit_code) not in planned)
    ledger.record(PlanProposed(plan_id=plan_id, level=incident.level, added=added))


def release_by_rule(ledger: Ledger) -> None:
    """Joint rule: immediate tasks at once; everything at the lowest level once it is verified.

    What only a flood speaks of waits for an officer, to verify it or to release them.
    """
    incident = ledger.incident
    if incident.stage not in _COMMANDING or incident.is_doubtful:
        return
    all_by_rule = incident.level in ledger.rules.releases_by_rule and incident.verdict is Verdict.TRUE
    for task in incident.unreleased:
        if task.immediate or all_by_rule:
            issue(ledger, task, RULE)


def end_command_step(ledger: Ledger) -> None:
    """Joint rule: nothing waits for a click any more."""
    incident = ledger.incident
    if incident.stage in _COMMANDING and Step.COMMAND in incident.open_steps and not incident.unreleased:
        end_step(ledger, Step.COMMAND, "released")


def end_respond_step(ledger: Ledger) -> None:
    """Joint rule: all is released and every unit that holds a command has signed."""
    incident = ledger.incident
    command = incident.steps.get(Step.COMMAND)
    released = command is not None and not command.is_open
    waiting = any(c.status.awaits_acknowledgement for c in incident.owed_commands)
    if incident.stage in _COMMANDING and released and not waiting:
        end_step(ledger, Step.RESPOND, "every unit has signed")


def begin_again(ledger: Ledger) -> None:
    """Joint rule: a worse level brought new tasks after the steps were over."""
    incident = ledger.incident
    is_over = not {Step.COMMAND, Step.RESPOND}.issubset(incident.open_steps)
    if incident.stage is Stage.DISPOSAL and is_over and incident.unreleased:
        _begin(ledger, Step.COMMAND)
        _begin(ledger, Step.RESPOND)


def go_back_for_new_tasks(ledger: Ledger) -> None:
    """Joint rule: follow-up found that more must be released (a worse level, a reopened case)."""
    if ledger.incident.stage is Stage.FOLLOW_UP and ledger.incident.unreleased:
        for step in (Step.SUPERVISE, Step.CLOSE_AND_REVIEW):
            end_step(ledger, step, "back to disposal")
        enter(ledger)
