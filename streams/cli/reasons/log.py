"""The log read for its reasons, in its order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.events.assessment import (
    Graded,
    PreliminaryGraded,
    WarningCancelled,
    WarningIssued,
    WarningUpdated,
)
from models.events.disposal import (
    CommandAdopted,
    CommandEscalated,
    CommandHandedOn,
    CommandIssued,
    CommandRefused,
    CommandRetracted,
    PlanProposed,
)
from models.events.perception import (
    IncidentAbsorbed,
    IncidentMerged,
    MergeSuggested,
    ReportJoined,
    ReportsSplitOff,
    TwinsCompared,
)
from models.messages.event import Event
from streams.cli.reasons import commands, fusion, levels, warnings
from streams.cli.reasons.reason import Known, Reason
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why, by the kind of choice, each in the order of the log."""

    levels: tuple[Reason, ...]
    fusion: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    commands: tuple[Reason, ...]


def reasons_of(log: Iterable[Event], rulebooks: Mapping[str, Rulebook]) -> Reasons:
    """Every reason that this log holds; `rulebooks` by digest."""
    found: dict[str, list[Reason]] = {"levels": [], "fusion": [], "warnings": [], "commands": []}
    for kind, reason in _read(log, rulebooks):
        found[kind].append(reason)
    return Reasons(**{kind: tuple(reasons) for kind, reasons in found.items()})


def _read(log: Iterable[Event], rulebooks: Mapping[str, Rulebook]) -> Iterator[tuple[str, Reason]]:
    plan_id: str | None = None
    for event in log:
        if isinstance(event.data, PlanProposed):
            plan_id = event.data.plan_id
        yield from _of_event(event, Known(rulebooks.get(event.rulebook), plan_id))


def _of_event(event: Event, known: Known) -> Iterator[tuple[str, Reason]]:
    match event.data:
        case Graded() | PreliminaryGraded() as graded:
            yield "levels", levels.of_grade(event, graded)
        case ReportJoined() as joined:
            yield "fusion", fusion.of_join(event, joined, known)
        case TwinsCompared() as compared:
            yield "fusion", fusion.of_twins(event, compared, known)
        case MergeSuggested() as suggested:
            yield "fusion", fusion.of_suggestion(event, suggested, known)
        case IncidentMerged() | IncidentAbsorbed() | ReportsSplitOff() as merged:
            yield "fusion", fusion.of_merge(event, merged)
        case WarningIssued() | WarningUpdated() | WarningCancelled() as warned:
            yield "warnings", warnings.of_warning(event, warned, known)
        case PlanProposed() as proposed:
            yield "commands", commands.of_plan(event, proposed, known)
        case CommandIssued() as issued:
            yield "commands", commands.of_order(event, issued, known)
        case (
            CommandRefused() | CommandEscalated() | CommandRetracted() | CommandAdopted() | CommandHandedOn()
        ) as changed:
            yield "commands", commands.of_change(event, changed)
