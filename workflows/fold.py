"""Fold: state from events, and nothing else builds it.

It takes no rules: whatever a rule decided stands in the event. A new event type needs an entry in `_FOLDS`; a test
counts them.
"""

from collections.abc import Callable, Iterable
from typing import Any

from models.events import (
    EventData,
    assessment,
    decisions,
    disposal,
    follow_up,
    perception,
    steps,
    verification,
)
from models.events.perception import SUGGESTIONS_REMEMBERED, FusionScore
from models.identifiers import CommandId
from models.messages.event import Event
from models.vocabulary import ActorKind, CommandStatus, Status, Step, Verdict
from workflows.errors import UnknownEvent
from workflows.incident import CommandState, DeadlineState, Incident, StepState
from workflows.judgement import sketching

Change = dict[str, Any]  # new values by field name of Incident, given to model_copy
_CONTRADICTIONS_REMEMBERED = 8  # the log has them all
_SOURCES_REMEMBERED = 64  # bounds the state; a source beyond it counts as new each time it speaks


def fold(events: Iterable[Event]) -> Incident:
    """The state that this log adds up to. Raises UnknownEvent on an empty log or one of a newer version: stop."""
    state: Incident | None = None
    for event in events:
        state = apply(state, event)
    if state is None:
        raise UnknownEvent("an empty log has no state")
    return state


def apply(state: Incident | None, event: Event) -> Incident:
    """The state after one more event. Raises UnknownEvent for a type this version does not know, or out of order."""
    if event.seq != (state.seq if state else 0) + 1:
        raise UnknownEvent(f"event {event.event_id} has seq {event.seq} after {state.seq if state else 0}")
    data = event.data
    if isinstance(data, perception.IncidentOpened):
        return _opened(event, data)
    change = _FOLDS.get(type(data))
    if state is None or change is None:
        raise UnknownEvent(f"event {event.type} cannot be folded here")
    changed = {**change(state, event, data), "seq": event.seq, "last_recorded_at": event.recorded_at}
    return state.model_copy(update=changed)


def _opened(event: Event, data: perception.IncidentOpened) -> Incident:
    return Incident(
        incident_id=event.incident_id,
        seq=event.seq,
        opened_at=event.recorded_at,
        last_recorded_at=event.recorded_at,
        nature=data.nature,
        category=data.category,
        title=data.title,
        place=data.place,
        exercise=data.exercise,
        urgent=data.urgent,
        occurred_at=data.occurred_at,
        reported_at=data.reported_at,
        split_from=data.split_from,
        sketch=sketching.nothing_yet(data.reported_at),
    )


def _report_joined(state: Incident, _: Event, data: perception.ReportJoined) -> Change:
    # A source of low trust stays new: what it says later and is believed counts in full.
    heard = (data.source_id,) if data.low_trust is None else ()
    return {
        "reports": state.reports + 1,
        "sources": with_sources(state.sources, heard),
        "trust": state.trust.after(data.claim, data.low_trust),
        "sketch": sketching.together(state.sketch, sketching.sketch_of_joined(data)),
    }


def with_sources(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """The sources remembered after more have spoken; heat asks it too, so that both remember the same."""
    return tuple(dict.fromkeys((*known, *more)))[:_SOURCES_REMEMBERED]


def _totals(
    _: Incident,
    __: Event,
    data: perception.FactsRevised
    | perception.FactsCorrected
    | perception.IncidentAbsorbed
    | perception.ReportsSplitOff,
) -> Change:
    return {"facts": data.facts, "approximate": data.approximate, "origins": data.origins}


def _absorbed(state: Incident, event: Event, data: perception.IncidentAbsorbed) -> Change:
    return {
        "absorbed": (*state.absorbed, data.incident_id),
        "reports": state.reports + data.reports,
        **_totals(state, event, data),
        "sensitive": data.sensitive,
        "sketch": data.sketch,
        "suggestions": data.suggestions,
        "reporters": data.reporters,
        "sources": with_sources(state.sources, data.sources),
        "trust": state.trust.together(data.trust),
        "urgent": state.urgent or data.urgent,
    }


def _split_off(state: Incident, event: Event, data: perception.ReportsSplitOff) -> Change:
    return {
        "reports": data.reports,
        **_totals(state, event, data),
        "sensitive": data.sensitive,
        "sketch": data.sketch,
        "reporters": data.reporters,
        "sources": data.sources,
        "trust": data.trust,
    }


def _contradicted(state: Incident, _: Event, data: perception.ReportContradicted) -> Change:
    latest = (*state.contradictions, *data.contradictions)[-_CONTRADICTIONS_REMEMBERED:]
    return {"contradictions": latest}


def _suggested(state: Incident, _: Event, data: perception.MergeSuggested) -> Change:
    return {"suggestions": with_suggestions(state.suggestions, (data.suggestion,))}


def with_suggestions(known: Iterable[FusionScore], more: Iterable[FusionScore]) -> tuple[FusionScore, ...]:
    """The latest suggestion about each other incident, and of those the latest few."""
    of_other = {one.incident_id: one for one in (*known, *more)}
    return tuple(of_other.values())[-SUGGESTIONS_REMEMBERED:]


def _stood(state: Incident, _: Event, data: perception.ReporterStood) -> Change:
    return {"reporters": {**state.reporters, data.reporter_key: data.stand}}


def _graded(state: Incident, event: Event, data: assessment.Graded | assessment.PreliminaryGraded) -> Change:
    final = isinstance(data, assessment.Graded)
    grading = {"level": data.level, "rule_level": data.rule_level, "graded": state.graded or final}
    return {**grading, "officer_level": data.level} if event.actor.kind is ActorKind.OFFICER else grading


def _warned(
    state: Incident,
    _: Event,
    data: assessment.WarningIssued | assessment.WarningUpdated | assessment.WarningCancelled,
) -> Change:
    # The rendered CAP stays in the log: a state is written with every message, and nothing asks it for that.
    cancelled = isinstance(data, assessment.WarningCancelled)
    in_force = None if cancelled else data.warning.model_copy(update={"cap_xml": None})
    return {"warning": in_force, "warnings_sent": (*state.warnings_sent, data.warning.warning_id)}


def _step(state: Incident, step: Step, **change: Any) -> Change:
    return {"steps": {**state.steps, step: state.steps[step].model_copy(update=change)}}


def _step_started(state: Incident, event: Event, data: steps.StepStarted) -> Change:
    return {"steps": {**state.steps, data.step: StepState(tier=data.tier, started_at=event.recorded_at)}}


def _step_passed(state: Incident, event: Event, data: steps.StepPassed) -> Change:
    at = event.recorded_at
    return {"steps": {**state.steps, data.step: StepState(tier=data.tier, started_at=at, ended_at=at)}}


def _step_escalated(state: Incident, _: Event, data: steps.StepEscalated) -> Change:
    return _step(state, data.step, tier=data.to_tier)


def _deadline_set(state: Incident, _: Event, data: steps.DeadlineSet) -> Change:
    deadline = DeadlineState(
        kind=data.kind,
        stage=data.stage,
        due_at=data.due_at,
        tier=data.tier,
        step=data.step,
        command_id=data.command_id,
    )
    return {"deadlines": {**state.deadlines, data.deadline_id: deadline}}


def _deadline_over(state: Incident, _: Event, data: steps.DeadlineCancelled | steps.DeadlineFired) -> Change:
    return {"deadlines": {key: value for key, value in state.deadlines.items() if key != data.deadline_id}}


def _deadline_fired(state: Incident, event: Event, data: steps.DeadlineFired) -> Change:
    """Only a clock that passed makes a step overdue, not an officer who passes it on; a check is a window."""
    step = state.deadlines[data.deadline_id].step
    over = _deadline_over(state, event, data)
    if step is None or step is Step.CHECK:
        return over
    return {**over, **_step(state, step, times_overdue=state.steps[step].times_overdue + 1)}


def _deadline_extended(state: Incident, _: Event, data: steps.DeadlineExtended) -> Change:
    moved = state.deadlines[data.deadline_id].model_copy(update={"due_at": data.until})
    return {"deadlines": {**state.deadlines, data.deadline_id: moved}}


def _alarm_raised(state: Incident, _: Event, data: steps.RedAlarmRaised) -> Change:
    if data.step is not None:
        return _step(state, data.step, red_alarm=True)
    if data.command_id is None:
        raise UnknownEvent("a red alarm is about a step or a command")
    return _command(state, data.command_id, red_alarm=True)


def _command(state: Incident, command_id: CommandId, **change: Any) -> Change:
    changed = state.commands[command_id].model_copy(update=change)
    return {"commands": {**state.commands, command_id: changed}}


def _command_issued(state: Incident, _: Event, data: disposal.CommandIssued) -> Change:
    fresh = CommandState(command=data.command, tier=data.tier)
    return {"commands": {**state.commands, data.command.command_id: fresh}}


def _command_adopted(state: Incident, _: Event, data: disposal.CommandAdopted) -> Change:
    adopted = CommandState(
        command=data.command,
        tier=data.tier,
        status=data.status,
        acknowledged_by=data.acknowledged_by,
        acknowledged_at=data.acknowledged_at,
        done_at=data.done_at,
        times_overdue=data.times_overdue,
        red_alarm=data.red_alarm,
    )
    return {"commands": {**state.commands, data.command.command_id: adopted}}


def _command_handed_on(state: Incident, _: Event, data: disposal.CommandHandedOn) -> Change:
    return {"commands": {key: value for key, value in state.commands.items() if key != data.command_id}}


def _acknowledged(state: Incident, event: Event, data: disposal.CommandAcknowledged) -> Change:
    return _command(
        state,
        data.command_id,
        status=CommandStatus.ACKNOWLEDGED,
        acknowledged_by=data.person,
        acknowledged_at=event.recorded_at,
        red_alarm=False,
    )


def _done(state: Incident, event: Event, data: disposal.CommandDone) -> Change:
    return _command(
        state, data.command_id, status=CommandStatus.DONE, done_at=event.recorded_at, red_alarm=False
    )


def _retracted(state: Incident, _: Event, data: disposal.CommandRetracted) -> Change:
    changed = _command(state, data.command_id, status=CommandStatus.RETRACTED, red_alarm=False)
    return {**changed, "withdrawn": (*state.withdrawn, data.command_id)}


def _overdue(state: Incident, _: Event, data: disposal.CommandOverdue) -> Change:
    overdue = state.commands[data.command_id].times_overdue + 1
    return _command(state, data.command_id, times_overdue=overdue)


def _closed(_: Incident, event: Event, __: follow_up.IncidentClosed) -> Change:
    return {"status": Status.CLOSED, "closed_at": event.recorded_at}


def _reopened(state: Incident, _: Event, __: follow_up.IncidentReopened) -> Change:
    verdict = Verdict.UNVERIFIED if state.status is Status.REJECTED else state.verdict
    # What was taken back may be ordered again, and the plan is proposed anew.
    return {"status": Status.OPEN, "closed_at": None, "verdict": verdict, "withdrawn": (), "plan_level": None}


def _status(status: CommandStatus) -> Callable[[Incident, Event, Any], Change]:
    return lambda state, _, data: _command(state, data.command_id, status=status)


def _nothing(_: Incident, __: Event, ___: EventData) -> Change:
    return {}


_FOLDS: dict[type[EventData], Callable[[Incident, Event, Any], Change]] = {
    perception.ReportJoined: _report_joined,
    perception.ReporterStood: _stood,
    perception.FactsRevised: _totals,
    perception.FactsCorrected: _totals,
    perception.SensitivityFound: lambda _, __, data: {"sensitive": data.sensitive},
    perception.ReportContradicted: _contradicted,
    perception.CategorySettled: lambda _, __, data: {"category": data.category},
    perception.UrgencyRaised: lambda _, __, ___: {"urgent": True},
    perception.DirectReported: _nothing,
    perception.TwinsCompared: _nothing,
    perception.MergeSuggested: _suggested,
    perception.IncidentMerged: lambda _, __, data: {
        "status": Status.MERGED,
        "merged_into": data.into,
        "suggestions": (),
    },
    perception.IncidentAbsorbed: _absorbed,
    perception.ReportsSplitOff: _split_off,
    verification.EvidenceWeighed: lambda _, __, data: {"confidence_ratio": data.confidence_ratio},
    verification.IncidentAcknowledged: lambda _, __, data: {"acknowledged_by": data.officer},
    verification.VerdictReached: lambda _, __, data: {"verdict": data.verdict},
    assessment.PreliminaryGraded: _graded,
    assessment.Graded: _graded,
    assessment.WarningIssued: _warned,
    assessment.WarningUpdated: _warned,
    assessment.WarningCancelled: _warned,
    steps.StageEntered: lambda _, __, data: {"stage": data.stage},
    steps.StepStarted: _step_started,
    steps.StepPassed: _step_passed,
    steps.StepEnded: lambda state, event, data: _step(state, data.step, ended_at=event.recorded_at),
    steps.StepEscalated: _step_escalated,
    steps.DeadlineSet: _deadline_set,
    steps.DeadlineCancelled: _deadline_over,
    steps.DeadlineFired: _deadline_fired,
    steps.DeadlineExtended: _deadline_extended,
    steps.RedAlarmRaised: _alarm_raised,
    disposal.PlanProposed: lambda state, _, data: {
        "plan": (*state.plan, *data.added),
        "plan_id": data.plan_id,
        "plan_level": data.level,
    },
    disposal.TaskWithdrawn: lambda state, _, data: {"withdrawn": (*state.withdrawn, data.command_id)},
    disposal.CommandIssued: _command_issued,
    disposal.CommandReceived: _status(CommandStatus.RECEIVED),
    disposal.CommandAcknowledged: _acknowledged,
    disposal.CommandRefused: _status(CommandStatus.REFUSED),
    disposal.CommandProgressed: _nothing,
    disposal.CommandDone: _done,
    disposal.CommandEscalated: _status(CommandStatus.ESCALATED),
    disposal.CommandRetracted: _retracted,
    disposal.RetractionReceived: _nothing,
    disposal.CommandOverdue: _overdue,
    disposal.CommandAdopted: _command_adopted,
    disposal.CommandHandedOn: _command_handed_on,
    decisions.Countersigned: _nothing,
    follow_up.SupervisionOrdered: _nothing,
    follow_up.IncidentClosed: _closed,
    follow_up.IncidentRejected: lambda _, __, ___: {"status": Status.REJECTED},
    follow_up.IncidentReopened: _reopened,
}
FOLDED_TYPES: frozenset[type[EventData]] = frozenset({*_FOLDS, perception.IncidentOpened})
