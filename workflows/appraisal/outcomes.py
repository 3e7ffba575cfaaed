"""Outcomes: the single goods and bads that the log measures of areas and units. Ratings only add them up.

Pure: an answer of the core in, outcomes out. An outcome is named by what it measures (a report, a command, the verdict
on an incident), so that measuring the same thing again replaces it: a command that is late and still late an hour
later is one bad mark, and a report held false and then proved true is no mark at all. Exercises are never measured.

Who is measured by what (ours; the measures are those of the issue and the rulebook's `rating.weights`):

- A grid worker's report speaks for the township and the district, a department's for the district alone. Citizens'
  calls, media and sensors say nothing about anybody's diligence. Only first, affirming reports are held to the limit
  of direct reporting: a follow-up is later than the event by its nature.
- A command speaks for its unit and for the areas that the unit belongs to: a township is not blamed for the city's fire
  brigade, nor a district for another tier.
- A retraction measures nothing, and takes back nothing that was measured before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from models.areas import area_tree
from models.events.clock import RedAlarmRaised
from models.events.disposal import (
    CommandAcknowledged,
    CommandDone,
    CommandEscalated,
    CommandOverdue,
    CommandRefused,
)
from models.events.follow_up import IncidentClosed, IncidentReopened
from models.events.perception import ReportJoined
from models.events.verification import VerdictReached
from models.identifiers import AreaCode, CommandId, IncidentId, UnitCode, derive
from models.messages.event import Event
from models.units import parse_unit
from models.vocabulary import Channel, Claim, ReportKind, Step, Tier, Verdict
from workflows.fold import apply
from workflows.incident import Incident


class Measure(StrEnum):
    """What is measured; the words are the rulebook's `rating.weights`."""

    DIRECT_REPORT = "direct_report"  # reported within its limit
    VERIFICATION = "verification"  # verified without a step overdue
    FALSE_REPORT = "false_report"  # what the area's own people reported turned out true
    ACKNOWLEDGEMENT = "acknowledgement"  # a command acknowledged within its limit
    COMPLETION = "completion"  # a command done within its limit
    CLOSURE = "closure"  # closed; bad: reopened


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measured good or bad. A code that is None is not measured by it."""

    outcome_id: str
    measure: Measure
    district_code: AreaCode | None
    township_code: AreaCode | None
    unit_code: UnitCode | None
    incident_id: IncidentId
    happened_at: datetime
    good: bool


def outcomes_of(incident: Incident, events: Sequence[Event]) -> tuple[Outcome, ...]:
    """What one answer of the core measured. `incident` is the state after these events, which share one cause.

    No two of them have the same id. Two answers may: the later one replaces the earlier.
    """
    if incident.exercise:
        return ()
    measured = _Measured(incident)
    found = (outcome for event in events for outcome in measured.by(event))
    return tuple({outcome.outcome_id: outcome for outcome in found}.values())


def outcomes_of_log(log: Iterable[Event]) -> tuple[Outcome, ...]:
    """What a whole log measured, answer by answer, later replacing earlier: what the table must hold of it.

    Where a command moved between incidents, two logs measure it; the later `happened_at` stands.
    """
    found: dict[str, Outcome] = {}
    state: Incident | None = None
    for _, answer in groupby(log, key=lambda event: event.cause_id):
        events = tuple(answer)
        for event in events:
            state = apply(state, event)
        if state is not None:
            found.update((outcome.outcome_id, outcome) for outcome in outcomes_of(state, events))
    return tuple(found.values())


_Codes = tuple[AreaCode | None, AreaCode | None, UnitCode | None]  # district, township, unit
# Desks answer for taking the incident and for the verdict; that evidence did not suffice in time is nobody's delay.
_TIMED_STEPS = (Step.ASSIGN, Step.CONFIRM)


class _Measured:
    """Measures the events of one answer. Local to one call."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident

    def by(self, event: Event) -> Iterator[Outcome]:
        """What this event measures: nothing, or one outcome."""
        match event.data:
            case ReportJoined() as joined:
                yield from self._direct_report(event, joined)
            case VerdictReached(verdict=Verdict.TRUE | Verdict.FALSE as verdict):
                yield self._verification(event)
                yield from self._false_report(event, is_true=verdict is Verdict.TRUE)
            case CommandAcknowledged(command_id=command_id, within_limit=good):
                yield self._of_command(Measure.ACKNOWLEDGEMENT, event, command_id, good=good)
            case CommandRefused(command_id=command_id) | CommandEscalated(command_id=command_id):
                yield self._of_command(Measure.ACKNOWLEDGEMENT, event, command_id, good=False)
            case RedAlarmRaised(command_id=str() as command_id) if not self._is_signed(CommandId(command_id)):
                yield self._of_command(Measure.ACKNOWLEDGEMENT, event, CommandId(command_id), good=False)
            case CommandDone(command_id=command_id, within_limit=good):
                yield self._of_command(Measure.COMPLETION, event, command_id, good=good)
            case CommandOverdue(command_id=command_id):
                yield self._of_command(Measure.COMPLETION, event, command_id, good=False)
            case IncidentClosed():
                yield self._of_areas(Measure.CLOSURE, event, event.event_id, good=True)
            # A closure needs the verdict true; after a rejection it is unverified again, and nobody's closure failed.
            case IncidentReopened() if self._incident.verdict is Verdict.TRUE:
                yield self._of_areas(Measure.CLOSURE, event, event.event_id, good=False)

    def _direct_report(self, event: Event, joined: ReportJoined) -> Iterator[Outcome]:
        is_first_word = joined.kind is ReportKind.INITIAL and joined.claim is Claim.AFFIRM
        lowest = _answers_for(joined.channel)
        if lowest is not None and is_first_word and joined.direct_report_within_limit is not None:
            # Named by the report, not by the event: a split records it again elsewhere, and it is still one report.
            name = derive("report", joined.source_id, joined.report_id)
            good = joined.direct_report_within_limit
            yield self._of_areas(Measure.DIRECT_REPORT, event, name, good=good, lowest=lowest)

    def _verification(self, event: Event) -> Outcome:
        steps = [self._incident.steps[step] for step in _TIMED_STEPS if step in self._incident.steps]
        in_time = not any(step.times_overdue or step.red_alarm for step in steps)
        return self._of_areas(Measure.VERIFICATION, event, self._incident.incident_id, good=in_time)

    def _false_report(self, event: Event, *, is_true: bool) -> Iterator[Outcome]:
        stands = self._incident.reporters.values()
        affirming = [_answers_for(stand.channel) for stand in stands if stand.claim is Claim.AFFIRM]
        lowest = Tier.TOWNSHIP if Tier.TOWNSHIP in affirming else Tier.DISTRICT
        if any(tier is not None for tier in affirming):
            name = self._incident.incident_id
            yield self._of_areas(Measure.FALSE_REPORT, event, name, good=is_true, lowest=lowest)

    def _is_signed(self, command_id: CommandId) -> bool:
        return self._incident.commands[command_id].acknowledged_at is not None

    def _of_command(self, measure: Measure, event: Event, command_id: CommandId, *, good: bool) -> Outcome:
        unit = parse_unit(self._incident.commands[command_id].command.unit_code)
        # The unit's own areas, not the incident's: after a merge they may differ.
        _, district_code, township_code = (*area_tree().path(unit.area_code), None, None)[:3]
        return self._outcome(measure, event, command_id, (district_code, township_code, unit.code), good=good)

    def _of_areas(
        self, measure: Measure, event: Event, name: str, *, good: bool, lowest: Tier = Tier.TOWNSHIP
    ) -> Outcome:
        """An outcome of the incident's district and, where it is answered for as low as that, township."""
        place = self._incident.place
        township_code = place.township_code if lowest is Tier.TOWNSHIP else None
        return self._outcome(measure, event, name, (place.district_code, township_code, None), good=good)

    def _outcome(self, measure: Measure, event: Event, name: str, measured: _Codes, *, good: bool) -> Outcome:
        district_code, township_code, unit_code = measured
        return Outcome(
            outcome_id=derive("outcome", measure, name),
            measure=measure,
            district_code=district_code,
            township_code=township_code,
            unit_code=unit_code,
            incident_id=self._incident.incident_id,
            happened_at=event.recorded_at,
            good=good,
        )


def _answers_for(channel: Channel) -> Tier | None:
    """The lowest tier that a report of this channel speaks for; None: for nobody in the administration."""
    return {Channel.GRID: Tier.TOWNSHIP, Channel.DEPARTMENT: Tier.DISTRICT}.get(channel)
