"""Decisions: what each act of an officer does. Which act is legal at which stage is `workflows.machine`'s table.

Every act needs a reason except acknowledging and releasing, and an officer whose desk the incident lies under and
whose role does that (`workflows.permission`): gateways ask it before, but the topic is not theirs alone.
"""

from collections.abc import Callable

from models.access import Act
from models.events.assessment import Graded
from models.events.decisions import Countersigned
from models.events.disposal import TaskWithdrawn
from models.events.follow_up import SupervisionOrdered
from models.events.steps import DeadlineExtended
from models.events.verification import IncidentAcknowledged
from models.messages.decision import Decision
from models.messages.event import Actor
from models.vocabulary import Action, ActorKind, Stage, Status, Step, Verdict
from workflows.answer import Answer, Refusal, RefusalCode
from workflows.deadlines import end_step, is_above, move_step
from workflows.identity import merge_twins, split_off
from workflows.incident import Incident
from workflows.ledger import Ledger
from workflows.message import DecisionTaken
from workflows.permission import act_of, has_say, may_as
from workflows.stages import follow_up, verification
from workflows.stages.commanding import issue, retract
from workflows.stages.perception import reopen
from workflows.two_person import needs_second

Result = Refusal | Answer | None  # a refusal, the answer for a second incident, or simply done


def decide(ledger: Ledger, message: DecisionTaken) -> Result:
    """Carry out one decision that is its officer's to take (`not_theirs`), or say why not."""
    decision = message.decision
    if decision.expected_seq is not None and decision.expected_seq != ledger.incident.seq:
        return Refusal(RefusalCode.STALE, f"the incident is at seq {ledger.incident.seq}")
    objection = _take_second(ledger, decision)
    result = _ACTS[decision.action](ledger, message)
    # What is refused anyway is refused for its own reason: nobody should look for a second officer in vain.
    return result if isinstance(result, Refusal) else objection or result


def _take_second(ledger: Ledger, decision: Decision) -> Refusal | None:
    """Write down who stands behind it too, where one officer is too few, or say what is missing."""
    if not needs_second(ledger.incident, decision, ledger.rules):
        return None
    objection = _objection_to_second(ledger.incident, decision)
    second = decision.second_officer
    if objection is None and second is not None:
        signed = Countersigned(action=decision.action, officer=decision.officer, second_officer=second)
        ledger.record(signed, Actor(kind=ActorKind.OFFICER, id=second.id))
    return objection


def _objection_to_second(incident: Incident, decision: Decision) -> Refusal | None:
    second, area_code = decision.second_officer, incident.place.area_code
    if second is None:
        return Refusal(
            RefusalCode.SECOND_OFFICER_NEEDED, f"one officer alone does not {decision.action} this"
        )
    if second.id == decision.officer.id:
        return Refusal(RefusalCode.SAME_OFFICER, f"{second.id} does not countersign their own decision")
    if not has_say(second.area_code, area_code):
        return Refusal(RefusalCode.OUT_OF_AREA, f"{second.area_code} has no say in {area_code}")
    if second.role is not None and not may_as(second.role, second.area_code, Act.COUNTERSIGN, area_code):
        return Refusal(RefusalCode.NOT_PERMITTED, f"a {second.role} does not countersign")
    return None


def not_theirs(incident: Incident, message: DecisionTaken) -> Refusal | None:
    """Why this officer may not do this to the incident, nor to the other one that a merge takes in or away.

    Asked before anything else, whatever the incident's stage and status: nobody learns of them by being refused.
    """
    decision, other = message.decision, message.other
    for touched in (incident, *(() if other is None else (other,))):
        area_code = touched.place.area_code
        if not has_say(decision.area_code, area_code):
            return Refusal(RefusalCode.OUT_OF_AREA, f"{decision.area_code} has no say in {area_code}")
        role, act = decision.officer.role, act_of(decision.action)
        if role is not None and not may_as(role, decision.area_code, act, area_code):
            return Refusal(RefusalCode.NOT_PERMITTED, f"a {role} does not {decision.action}")
    return None


def _officer(decision: Decision) -> Actor:
    return Actor(kind=ActorKind.OFFICER, id=decision.officer.id)


def _reason(decision: Decision) -> str:
    return decision.reason or decision.action


def _acknowledge(ledger: Ledger, message: DecisionTaken) -> Result:
    decision = message.decision
    step = next(iter(ledger.incident.open_steps), None)
    ledger.record(IncidentAcknowledged(officer=decision.officer, step=step), _officer(decision))
    end_step(ledger, Step.ASSIGN, "a named officer has it")
    return None


def _verify(ledger: Ledger, message: DecisionTaken) -> Result:
    decision = message.decision
    match decision.verdict:
        case Verdict.TRUE:
            if ledger.incident.verdict is Verdict.TRUE:
                return Refusal(RefusalCode.NOTHING_TO_DO, "the verdict is true already")
            verification.reach_true(ledger, _reason(decision), _officer(decision))
        case Verdict.FALSE:
            verification.reach_false(ledger, _reason(decision), _officer(decision))
        case Verdict.UNCLEAR:
            verification.reach_unclear(ledger, _reason(decision), _officer(decision))
        case _:
            return Refusal(RefusalCode.NOT_ALLOWED, "a verdict is true, false or unclear")
    return None


def _regrade(ledger: Ledger, message: DecisionTaken) -> Result:
    level = message.decision.level
    if level is None or level is ledger.incident.level:
        return Refusal(RefusalCode.NOTHING_TO_DO, "that is the level already")
    ledger.record(
        Graded(
            level=level, rule_level=ledger.incident.rule_level, fired=(), reason=_reason(message.decision)
        ),
        _officer(message.decision),
    )
    return None


def _release(ledger: Ledger, message: DecisionTaken) -> Result:
    decision = message.decision
    waiting = {ledger.incident.order_id(task): task for task in ledger.incident.unreleased}
    chosen = tuple(waiting) if decision.command_ids is None else tuple(dict.fromkeys(decision.command_ids))
    unknown = [command_id for command_id in chosen if command_id not in waiting]
    if unknown:
        return Refusal(RefusalCode.UNKNOWN_COMMAND, f"{unknown[0]} does not wait for release")
    if not chosen:
        return Refusal(RefusalCode.NOTHING_TO_DO, "nothing waits for release")
    for command_id in chosen:
        issue(ledger, waiting[command_id], _officer(decision))
    return None


def _retract(ledger: Ledger, message: DecisionTaken) -> Result:
    decision = message.decision
    owed = {held.command.command_id: held for held in ledger.incident.owed_commands}
    planned = {ledger.incident.order_id(task) for task in ledger.incident.unreleased}
    chosen = tuple(owed) if decision.command_ids is None else tuple(dict.fromkeys(decision.command_ids))
    unknown = [command_id for command_id in chosen if command_id not in owed and command_id not in planned]
    if unknown:
        ended = unknown[0] in ledger.incident.commands
        code = RefusalCode.COMMAND_ENDED if ended else RefusalCode.UNKNOWN_COMMAND
        return Refusal(code, f"{unknown[0]} is not owed")
    if not chosen:
        return Refusal(RefusalCode.NOTHING_TO_DO, "nothing is owed")
    for command_id in chosen:
        if command_id in owed:
            retract(ledger, owed[command_id], _reason(decision), _officer(decision))
        else:
            withdrawn = TaskWithdrawn(command_id=command_id, reason=_reason(decision))
            ledger.record(withdrawn, _officer(decision))
    return None


def _merge(ledger: Ledger, message: DecisionTaken) -> Result:
    other = message.other
    if other is None or other.incident_id == ledger.incident_id:
        return Refusal(RefusalCode.UNKNOWN_INCIDENT, "there is no other incident of that id")
    if other.exercise != ledger.incident.exercise:
        return Refusal(RefusalCode.MIXED_EXERCISE, "exercise and live never share an incident")
    if not other.is_open:
        return Refusal(RefusalCode.NOT_OPEN, f"the other incident is {other.status}")
    return merge_twins(ledger, other, _reason(message.decision), _officer(message.decision))


def _split(ledger: Ledger, message: DecisionTaken) -> Result:
    wanted = {(ref.source_id, ref.report_id) for ref in message.decision.reports or ()}
    found = {(m.report.source_id, m.report.report_id) for m in message.moved}
    if wanted != found:
        return Refusal(RefusalCode.UNKNOWN_REPORT, "not all of these reports belong to this incident")
    if not message.kept:
        return Refusal(RefusalCode.NOT_ALLOWED, "at least one report stays")
    decision = message.decision
    return split_off(ledger, message.moved, message.kept, _reason(decision), _officer(decision))


def _escalate(ledger: Ledger, message: DecisionTaken) -> Result:
    tier = message.decision.to_tier
    steps = ledger.incident.steps
    lower = [s for s in ledger.incident.open_steps if tier is not None and is_above(tier, steps[s].tier)]
    if tier is None or not lower:
        return Refusal(RefusalCode.NOTHING_TO_DO, "no open step lies below that tier")
    for step in lower:
        move_step(ledger, step, tier, _reason(message.decision), _officer(message.decision))
    return None


def _supervise(ledger: Ledger, message: DecisionTaken) -> Result:
    ordered = SupervisionOrdered(reason=_reason(message.decision))
    ledger.record(ordered, _officer(message.decision))
    return None


def _extend(ledger: Ledger, message: DecisionTaken) -> Result:
    decision = message.decision
    if decision.deadline_id is None or decision.deadline_id not in ledger.incident.deadlines:
        return Refusal(RefusalCode.UNKNOWN_DEADLINE, "no such clock runs")
    running = ledger.incident.deadlines[decision.deadline_id]
    if decision.until is None or decision.until <= max(running.due_at, ledger.now):
        return Refusal(RefusalCode.NOT_ALLOWED, "an extension gives more time, not less")
    ledger.record(
        DeadlineExtended(deadline_id=decision.deadline_id, until=decision.until, reason=_reason(decision)),
        _officer(decision),
    )
    return None


def _close(ledger: Ledger, message: DecisionTaken) -> Result:
    incident = ledger.incident
    if incident.owed_commands or incident.unreleased:
        return Refusal(RefusalCode.WORK_UNFINISHED, "commands are still owed or not released")
    if incident.verdict is not Verdict.TRUE:
        return Refusal(RefusalCode.WORK_UNFINISHED, f"the verdict is {incident.verdict}: verify first")
    if not follow_up.is_ready_to_close(incident):
        return Refusal(RefusalCode.WORK_UNFINISHED, "supervision is not over")
    follow_up.close(ledger, _reason(message.decision), _officer(message.decision))
    return None


def _reopen(ledger: Ledger, message: DecisionTaken) -> Result:
    was_rejected = ledger.incident.status is Status.REJECTED
    stage = Stage.VERIFICATION if was_rejected else Stage.ASSESSMENT
    reopen(ledger, _reason(message.decision), stage, _officer(message.decision))
    return None


_ACTS: dict[Action, Callable[[Ledger, DecisionTaken], Result]] = {
    Action.ACKNOWLEDGE: _acknowledge,
    Action.VERIFY: _verify,
    Action.REGRADE: _regrade,
    Action.RELEASE: _release,
    Action.RETRACT: _retract,
    Action.MERGE: _merge,
    Action.SPLIT: _split,
    Action.ESCALATE: _escalate,
    Action.SUPERVISE: _supervise,
    Action.EXTEND: _extend,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
}
