"""Undo 撤销: which decision takes an officer's last act back, and until when it is offered.

Read from the log alone: what the act was, how the incident stood before, and whether the act still stands. The inverse
is a decision like any other, which the core may refuse; the window is a matter of the screen. What cannot be taken
back says why. Must never enter: who may do it (`workflows.permission`), and the window (`[undo]` of the rulebook).

- A release is undone by retracting what nobody has signed for yet; a retracted order is not offered again until the
  incident is reopened, so that a retraction has no inverse.
- A merge is undone by splitting off the reports that came with it, a split by a merge: `workflows.identity`.
- A verdict of false is undone by reopening; of true, by the verdict unclear where it was undecided before, since no
  decision makes a verdict unverified again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.events import EventData
from models.events.assessment import Graded, Grading
from models.events.decisions import Countersigned
from models.events.disposal import CommandIssued, CommandRetracted, TaskWithdrawn
from models.events.follow_up import IncidentClosed, IncidentReopened, SupervisionOrdered
from models.events.perception import IncidentAbsorbed, ReportsSplitOff
from models.events.steps import DeadlineExtended
from models.events.verification import IncidentAcknowledged, VerdictReached
from models.identifiers import CommandId, IncidentId, MessageId
from models.messages.decision import ReportRef
from models.messages.event import Event
from models.vocabulary import Action, ActorKind, Level, Status, Verdict
from workflows.incident import Incident
from workflows.rulebook import Rulebook
from workflows.stages.verification import UNDECIDED

REASON = "撤销"
_MOST_REPORTS = 1_000  # of one split


class Obstacle(StrEnum):
    """Why an act cannot be taken back."""

    LASTING = "lasting"  # no decision undoes this kind of act
    OVERTAKEN = "overtaken"  # something has happened since


@dataclass(frozen=True, slots=True)
class Inverse:
    """The decision that takes an act back, and the incident that it is sent to."""

    incident_id: IncidentId
    action: Action
    verdict: Verdict | None = None
    level: Level | None = None
    command_ids: tuple[CommandId, ...] | None = None
    other_incident_id: IncidentId | None = None
    reports: tuple[ReportRef, ...] | None = None
    reason: str = REASON


@dataclass(frozen=True, slots=True)
class Undo:
    """An officer's last act on an incident: `inverse` takes it back until `until`; without one, `obstacle` says why."""

    message_id: MessageId
    action: Action
    until: datetime
    inverse: Inverse | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an act may have changed, as it was before."""

    level: Level
    verdict: Verdict


# The facts by which `standing_before` knows.
TELLING = (VerdictReached, IncidentReopened, Grading)


def last_act(log: Iterable[Event], officer_id: str) -> tuple[Event, ...]:
    """The facts of the last decision in this part of a log that this officer took; () when they took none."""
    facts = tuple(log)
    own = (event.cause_id for event in reversed(facts) if _is_by(event, officer_id))
    cause_id = next(own, None)
    return tuple(event for event in facts if event.cause_id == cause_id)


def standing_before(earlier: Iterable[Event]) -> Standing:
    """Level and verdict after these facts, which need be no more than those of `TELLING`, in order."""
    level, verdict = Level.IV, Verdict.UNVERIFIED
    for event in earlier:
        match event.data:
            case Grading():
                level = event.data.level
            case VerdictReached():
                verdict = event.data.verdict
            case IncidentReopened() if verdict is Verdict.FALSE:
                verdict = Verdict.UNVERIFIED
    return Standing(level, verdict)


def undo_of(
    incident: Incident,
    act: Sequence[Event],
    before: Standing,
    rules: Rulebook,
    absorbed: tuple[ReportRef, ...] = (),
) -> Undo | None:
    """What takes this act back; None when these facts are no officer's act.

    `absorbed` are the incident's reports that came with the merge, where the act was one.
    """
    found = next(((rule, fact) for rule in _RULES for fact in act if rule.is_of(fact)), None)
    if found is None:
        return None
    rule, fact = found
    until = fact.recorded_at + timedelta(seconds=rules.undo.within_seconds)
    inverse = rule.inverse(_Case(incident, act, fact, before, rules, absorbed))
    obstacle, taken_back_by = (inverse, None) if isinstance(inverse, Obstacle) else (None, inverse)
    return Undo(fact.cause_id, rule.action, until, taken_back_by, obstacle)


def _is_by(event: Event, officer_id: str) -> bool:
    is_officers = event.actor.kind is ActorKind.OFFICER and event.actor.id == officer_id
    return is_officers and not isinstance(event.data, Countersigned)


@dataclass(frozen=True, slots=True)
class _Case:
    incident: Incident
    act: Sequence[Event]
    fact: Event
    before: Standing
    rules: Rulebook
    absorbed: tuple[ReportRef, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """An act is known by this fact, recorded by an officer."""

    action: Action
    known_by: type[EventData]
    inverse: Callable[[_Case], Inverse | Obstacle]

    def is_of(self, event: Event) -> bool:
        return isinstance(event.data, self.known_by) and event.actor.kind is ActorKind.OFFICER


def _never(_: _Case) -> Obstacle:
    return Obstacle.LASTING


def _of_release(case: _Case) -> Inverse | Obstacle:
    unsigned = {
        held.command.command_id for held in case.incident.owed_commands if held.status.awaits_acknowledgement
    }
    mine = [
        event.data.command.command_id
        for event in case.act
        if isinstance(event.data, CommandIssued) and event.actor.kind is ActorKind.OFFICER
    ]
    chosen = tuple(command_id for command_id in mine if command_id in unsigned)
    if not chosen or not case.incident.is_open:
        return Obstacle.OVERTAKEN
    return Inverse(case.incident.incident_id, Action.RETRACT, command_ids=chosen)


def _of_merge(case: _Case) -> Inverse | Obstacle:
    moved = case.absorbed
    if not case.incident.is_open or not 0 < len(moved) <= min(_MOST_REPORTS, case.incident.reports - 1):
        return Obstacle.OVERTAKEN
    return Inverse(case.incident.incident_id, Action.SPLIT, reports=moved)


def _of_split(case: _Case) -> Inverse | Obstacle:
    split = case.fact.data
    if not isinstance(split, ReportsSplitOff) or not case.incident.is_open:
        return Obstacle.OVERTAKEN
    return Inverse(case.incident.incident_id, Action.MERGE, other_incident_id=split.into)


def _of_verdict(case: _Case) -> Inverse | Obstacle:
    reached, incident = case.fact.data, case.incident
    if not isinstance(reached, VerdictReached) or incident.verdict is not reached.verdict:
        return Obstacle.OVERTAKEN
    match reached.verdict:
        case Verdict.FALSE if incident.status is Status.REJECTED:
            return Inverse(incident.incident_id, Action.REOPEN)
        case Verdict.TRUE if case.before.verdict in UNDECIDED and incident.is_open:
            # Where sources suffice by now, the rules would say true again at once.
            suffices = incident.confidence_ratio >= case.rules.verification.threshold_ratio
            unclear = Inverse(incident.incident_id, Action.VERIFY, verdict=Verdict.UNCLEAR)
            return Obstacle.OVERTAKEN if suffices else unclear
        case Verdict.UNCLEAR if case.before.verdict is Verdict.TRUE and incident.is_open:
            return Inverse(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
        case Verdict.UNCLEAR:
            return Obstacle.LASTING  # the next tier was asked
        case _:
            return Obstacle.OVERTAKEN


def _of_regrade(case: _Case) -> Inverse | Obstacle:
    graded, incident = case.fact.data, case.incident
    still_stands = isinstance(graded, Graded) and incident.level is graded.level
    if not still_stands or not incident.is_open or case.before.level is incident.level:
        return Obstacle.OVERTAKEN
    return Inverse(incident.incident_id, Action.REGRADE, level=case.before.level)


def _of_closing(case: _Case) -> Inverse | Obstacle:
    if case.incident.status is not Status.CLOSED:
        return Obstacle.OVERTAKEN
    return Inverse(case.incident.incident_id, Action.REOPEN)


# In this order: what a merge or a verdict takes back is a part of it, not a retraction.
_RULES = (
    _Rule(Action.MERGE, IncidentAbsorbed, _of_merge),
    _Rule(Action.SPLIT, ReportsSplitOff, _of_split),
    _Rule(Action.CLOSE, IncidentClosed, _of_closing),
    _Rule(Action.VERIFY, VerdictReached, _of_verdict),
    _Rule(Action.REGRADE, Graded, _of_regrade),
    _Rule(Action.RELEASE, CommandIssued, _of_release),
    _Rule(Action.RETRACT, CommandRetracted, _never),
    _Rule(Action.RETRACT, TaskWithdrawn, _never),
    _Rule(Action.REOPEN, IncidentReopened, _never),
    _Rule(Action.ACKNOWLEDGE, IncidentAcknowledged, _never),
    _Rule(Action.EXTEND, DeadlineExtended, _never),
    _Rule(Action.SUPERVISE, SupervisionOrdered, _never),
)
