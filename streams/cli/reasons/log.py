"""The log read for its reasons, in its order, with what was known where each stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.events.assessment import (
    Graded,
    PreliminaryGraded,
    WarningCancelled,
    WarningIssued,
    WarningUpdated,
)
from models.events.decisions import Countersigned
from models.events.disposal import (
    CommandAdopted,
    CommandEscalated,
    CommandHandedOn,
    CommandIssued,
    CommandRefused,
    CommandRetracted,
    PlanProposed,
    TaskWithdrawn,
)
from models.events.perception import (
    FusionScore,
    IncidentAbsorbed,
    IncidentMerged,
    MergeSuggested,
    ReportJoined,
    ReportsSplitOff,
    SensitivityFound,
    TwinsCompared,
)
from models.identifiers import CommandId, IncidentId
from models.messages.command import Command
from models.messages.event import Event
from models.messages.public_warning import PublicWarning
from models.understanding import SensitiveFound
from streams.cli.reasons import commands, decisions, fusion, levels, warnings
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
    memory = _Memory()
    for event in log:
        memory.take_in(event)
        for kind, reason in _of_event(event, memory.known(rulebooks.get(event.rulebook))):
            found[kind].append(reason)
    return Reasons(**{kind: tuple(reasons) for kind, reasons in found.items()})


@dataclass(slots=True)
class _Memory:
    """What the log has told so far, as far as a later reason asks for it."""

    plan_id: str | None = None
    orders: dict[CommandId, Command] = field(default_factory=dict)
    scores: dict[IncidentId, FusionScore] = field(default_factory=dict)
    sensitive: tuple[SensitiveFound, ...] = ()
    told_by: dict[SensitiveFound, str] = field(default_factory=dict)
    warned: tuple[PublicWarning, ...] = ()  # this one and the one before

    def known(self, rules: Rulebook | None) -> Known:
        """As it stands now."""
        return Known(
            rules,
            self.plan_id,
            MappingProxyType(self.orders),
            MappingProxyType(self.scores),
            self.sensitive,
            MappingProxyType(self.told_by),
            self.warned[0] if len(self.warned) > 1 else None,
        )

    def take_in(self, event: Event) -> None:
        """Remember what this event adds; it may explain itself by it."""
        match event.data:
            case PlanProposed() as proposed:
                self.plan_id = proposed.plan_id
            case CommandIssued() | CommandAdopted() as order:
                self.orders[order.command.command_id] = order.command
            case ReportJoined() as joined:
                self._compared(joined.candidates)
                report = f"{joined.source_id}/{joined.report_id}"
                self.told_by = dict.fromkeys(joined.understood.sensitive, report) | self.told_by
            case WarningIssued() | WarningUpdated() as warned:
                self.warned = (*self.warned[-1:], warned.warning)
            case TwinsCompared() as compared:
                self._compared(compared.candidates)
            case MergeSuggested() as suggested:
                self._compared((suggested.suggestion,))
            case SensitivityFound() | IncidentAbsorbed() | ReportsSplitOff() as weighed:
                self.sensitive = weighed.sensitive

    def _compared(self, candidates: Iterable[FusionScore]) -> None:
        self.scores |= {score.incident_id: score for score in candidates}


def _of_event(event: Event, known: Known) -> Iterator[tuple[str, Reason]]:
    match event.data:
        case Graded() | PreliminaryGraded() as graded:
            yield "levels", levels.of_grade(event, graded, known)
        case WarningIssued() | WarningUpdated() | WarningCancelled() as warned:
            yield "warnings", warnings.of_warning(event, warned, known)
        case _:
            yield from (("fusion", reason) for reason in _of_fusion(event, known))
            yield from (("commands", reason) for reason in _of_commands(event, known))


def _of_fusion(event: Event, known: Known) -> Iterator[Reason]:
    match event.data:
        case ReportJoined() as joined:
            yield fusion.of_join(event, joined, known)
        case TwinsCompared() as compared:
            yield fusion.of_twins(event, compared, known)
        case MergeSuggested() as suggested:
            yield fusion.of_suggestion(event, suggested, known)
        case IncidentMerged() | IncidentAbsorbed() as merged:
            yield fusion.of_merge(event, merged, known)
        case ReportsSplitOff() as split:
            yield fusion.of_split(event, split)


def _of_commands(event: Event, known: Known) -> Iterator[Reason]:
    match event.data:
        case Countersigned() as signed:
            yield decisions.of_countersignature(event, signed)
        case PlanProposed() as proposed:
            yield commands.of_plan(event, proposed, known)
        case CommandIssued() as issued:
            yield commands.of_order(event, issued, known)
        case TaskWithdrawn() as withdrawn:
            yield commands.of_withdrawal(event, withdrawn)
        case (
            CommandRefused() | CommandEscalated() | CommandRetracted() | CommandAdopted() | CommandHandedOn()
        ) as changed:
            yield commands.of_change(event, changed, known)
