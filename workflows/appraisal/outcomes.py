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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from models.areas import area_tree
from models.events import EventData
from models.events.disposal import (
    CommandAcknowledged,
    CommandDone,
    CommandEscalated,
    CommandOverdue,
    CommandRefused,
)
from models.events.follow_up import IncidentClosed, IncidentReopened
from models.events.perception import ReportJoined
from models.events.steps import RedAlarmRaised
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
    found: dict[str, Outcome] = {}
    for event in events:
        measure = _MEASURING.get(type(event.data))
        if measure is not None:
            found.update((outcome.outcome_id, outcome) for outcome in measure(incident, event, event.data))
    return tuple(found.values())


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


def _direct_report(incident: Incident, event: Event, joined: ReportJoined) -> Iterator[Outcome]:
    is_first_word = joined.kind is ReportKind.INITIAL and joined.claim is Claim.AFFIRM
    lowest = _answers_for(joined.channel)
    if lowest is not None and is_first_word and joined.direct_report_within_limit is not None:
        # Named by the report, not by the event: a split records it again elsewhere, and it is still one report.
        name = derive("report", joined.source_id, joined.report_id)
        good = joined.direct_report_within_limit
        yield _of_areas(Measure.DIRECT_REPORT, incident, event, name, good=good, lowest=lowest)


def _verdict(incident: Incident, event: Event, reached: VerdictReached) -> Iterator[Outcome]:
    if reached.verdict not in (Verdict.TRUE, Verdict.FALSE):
        return
    steps = [incident.steps[step] for step in _TIMED_STEPS if step in incident.steps]
    in_time = not any(step.times_overdue or step.red_alarm for step in steps)
    yield _of_areas(Measure.VERIFICATION, incident, event, incident.incident_id, good=in_time)
    affirming = [_answers_for(s.channel) for s in incident.reporters.values() if s.claim is Claim.AFFIRM]
    lowest = Tier.TOWNSHIP if Tier.TOWNSHIP in affirming else Tier.DISTRICT
    if any(tier is not None for tier in affirming):
        good, name = reached.verdict is Verdict.TRUE, incident.incident_id
        yield _of_areas(Measure.FALSE_REPORT, incident, event, name, good=good, lowest=lowest)


def _answered(incident: Incident, event: Event, data: CommandAcknowledged) -> Iterator[Outcome]:
    yield _of_unit(Measure.ACKNOWLEDGEMENT, incident, event, data.command_id, good=data.within_limit)


def _passed_on(
    incident: Incident, event: Event, data: CommandRefused | CommandEscalated
) -> Iterator[Outcome]:
    yield _of_unit(Measure.ACKNOWLEDGEMENT, incident, event, data.command_id, good=False)


def _alarmed(incident: Incident, event: Event, data: RedAlarmRaised) -> Iterator[Outcome]:
    """The city's own silence. An alarm about work that is late comes with `CommandOverdue`, which measures it."""
    if data.command_id is not None and incident.commands[data.command_id].acknowledged_at is None:
        yield _of_unit(Measure.ACKNOWLEDGEMENT, incident, event, data.command_id, good=False)


def _done(incident: Incident, event: Event, data: CommandDone) -> Iterator[Outcome]:
    yield _of_unit(Measure.COMPLETION, incident, event, data.command_id, good=data.within_limit)


def _overdue(incident: Incident, event: Event, data: CommandOverdue) -> Iterator[Outcome]:
    yield _of_unit(Measure.COMPLETION, incident, event, data.command_id, good=False)


def _closed(incident: Incident, event: Event, _: IncidentClosed) -> Iterator[Outcome]:
    yield _of_areas(Measure.CLOSURE, incident, event, event.event_id, good=True)


def _reopened(incident: Incident, event: Event, _: IncidentReopened) -> Iterator[Outcome]:
    # A closure needs the verdict true; after a rejection it is unverified again, and nobody's closure failed.
    if incident.verdict is Verdict.TRUE:
        yield _of_areas(Measure.CLOSURE, incident, event, event.event_id, good=False)


# By exact type, as in the fold: most facts measure nothing, and this is asked of every one of them.
_MEASURING: dict[type[EventData], Callable[[Incident, Event, Any], Iterator[Outcome]]] = {
    ReportJoined: _direct_report,
    VerdictReached: _verdict,
    CommandAcknowledged: _answered,
    CommandRefused: _passed_on,
    CommandEscalated: _passed_on,
    RedAlarmRaised: _alarmed,
    CommandDone: _done,
    CommandOverdue: _overdue,
    IncidentClosed: _closed,
    IncidentReopened: _reopened,
}


def _of_unit(
    measure: Measure, incident: Incident, event: Event, command_id: CommandId, *, good: bool
) -> Outcome:
    unit = parse_unit(incident.commands[command_id].command.unit_code)
    # The unit's own areas, not the incident's: after a merge they may differ.
    _, district_code, township_code = (*area_tree().path(unit.area_code), None, None)[:3]
    return _outcome(measure, event, command_id, (district_code, township_code, unit.code), good=good)


def _of_areas(
    measure: Measure,
    incident: Incident,
    event: Event,
    name: str,
    *,
    good: bool,
    lowest: Tier = Tier.TOWNSHIP,
) -> Outcome:
    """An outcome of the incident's district and, where it is answered for as low as that, township."""
    place = incident.place
    township_code = place.township_code if lowest is Tier.TOWNSHIP else None
    return _outcome(measure, event, name, (place.district_code, township_code, None), good=good)


def _outcome(measure: Measure, event: Event, name: str, measured: _Codes, *, good: bool) -> Outcome:
    district_code, township_code, unit_code = measured
    return Outcome(
        outcome_id=derive("outcome", measure, name),
        measure=measure,
        district_code=district_code,
        township_code=township_code,
        unit_code=unit_code,
        incident_id=event.incident_id,
        happened_at=event.recorded_at,
        good=good,
    )


def _answers_for(channel: Channel) -> Tier | None:
    """The lowest tier that a report of this channel speaks for; None: for nobody in the administration."""
    return {Channel.GRID: Tier.TOWNSHIP, Channel.DEPARTMENT: Tier.DISTRICT}.get(channel)
