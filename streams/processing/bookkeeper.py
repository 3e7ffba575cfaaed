"""Bookkeeper: counts what was committed, fact by fact, so that the rules need not count and nothing counts twice.

Never in here: a metric's definition (`streams.metrics`), and anything that could change what happens.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.events.disposal import (
    CommandAcknowledged,
    CommandDone,
    CommandEscalated,
    CommandIssued,
    CommandOverdue,
    CommandReceived,
    CommandRefused,
    CommandRetracted,
)
from models.events.follow_up import IncidentClosed, IncidentRejected, IncidentReopened
from models.events.perception import IncidentMerged, IncidentOpened
from models.events.registry import EventData
from models.events.steps import DeadlineFired, RedAlarmRaised, StageEntered, StepEscalated
from models.events.verification import VerdictReached
from models.identifiers import CommandId
from models.messages.event import Event
from models.messages.report import Report
from models.vocabulary import DeadLetterReason, ReceiptOutcome, Stage
from streams.metric_labels import BAD, GOOD, OF_SIGNATURES, Hop
from streams.metrics import Metrics
from streams.processing.arrivals import BatchResult, Fate, Handled

K = TypeVar("K")
V = TypeVar("V")

_MOST_REMEMBERED = 50_000
STATUS_OF_COMMAND: Mapping[type[EventData], str] = {
    CommandIssued: "issued",
    CommandReceived: "received",
    CommandAcknowledged: "acknowledged",
    CommandRefused: "refused",
    CommandEscalated: "escalated",
    CommandRetracted: "retracted",
    CommandOverdue: "overdue",
    CommandDone: "done",
}
ENDED_OTHERWISE: Mapping[type[EventData], str] = {
    IncidentRejected: "rejected",
    IncidentMerged: "merged",
    IncidentReopened: "reopened",
}


class Bookkeeper:
    """Counts the facts of one process. Durations are known only while both ends pass through this process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._issued_at: dict[CommandId, datetime] = {}
        self._entered: dict[str, tuple[Stage, datetime]] = {}
        self._reopened: set[str] = set()

    def count_batch(self, result: BatchResult) -> None:
        """This batch is committed: its records by fate, its reports by outcome, its facts."""
        for handled in result.handled:
            topic = str(handled.record.topic)
            outcome = "processed" if handled.fate in (Fate.APPLIED, Fate.REFUSED) else handled.fate.value
            self._metrics.messages.handled.labels(topic, outcome).inc()
            if handled.fate is Fate.DEAD:
                self._metrics.messages.dead_letters.labels(topic, handled.reason or "").inc()
                if handled.reason in OF_SIGNATURES:
                    self._metrics.messages.signatures_refused.labels(handled.reason).inc()
            if isinstance(handled.message, Report):
                channel = handled.message.channel.value
                self._metrics.incidents.reports.labels(channel, _outcome(handled).value).inc()
        for measured in result.outcomes:
            self._metrics.duties.outcomes.labels(measured.measure.value, GOOD if measured.good else BAD).inc()
        for order in result.first_orders:
            self._metrics.duties.report_to_command.labels(order.level.value).observe(order.after_seconds)
        self.count_events(result.events)

    def count_heartbeats(self, result: BatchResult, now: float) -> None:
        """What this batch sent on is on Kafka, at this real time in seconds."""
        for beat in (handled.heartbeat for handled in result.handled):
            if beat is None:
                continue
            self._metrics.heartbeat.hop.labels(beat.hop.value).observe(max(0.0, now - beat.since))
            if beat.hop is Hop.PUBLISHED:
                self._metrics.heartbeat.came_round.set(now)

    def count_events(self, events: Iterable[Event]) -> None:
        """These facts are in the log now."""
        for event in events:
            self._of_incident(event)
            self._of_command(event)
            self._of_clock(event)

    def show_open(self, by_stage: Mapping[Stage, int]) -> None:
        """Open incidents as the database has them; a stage that has none shows 0."""
        for stage in Stage:
            self._metrics.incidents.open.labels(stage.value).set(by_stage.get(stage, 0))

    def _of_incident(self, event: Event) -> None:
        metrics = self._metrics.incidents
        if how := ENDED_OTHERWISE.get(type(event.data)):
            metrics.ended_otherwise.labels(how).inc()
            self._left_stage(event)
        match event.data:
            case IncidentOpened(nature=nature):
                metrics.opened.labels(nature.value).inc()
                self._enter(event, Stage.PERCEPTION)
            case VerdictReached(verdict=verdict):
                metrics.verdicts.labels(verdict.value, event.actor.kind.value).inc()
            case IncidentReopened():
                self._reopened.add(event.incident_id)
            case StageEntered() if event.incident_id in self._reopened:
                # The fact after a reopening only puts it before the stage that takes it up: nobody works there.
                self._reopened.discard(event.incident_id)
            case StageEntered(stage=stage):
                self._enter(event, stage)
            case IncidentClosed(review=review):
                self._left_stage(event)
                metrics.closed.labels(review.level.value).inc()
                metrics.duration.observe(review.total_seconds)
                for step in review.steps:
                    metrics.step_duration.labels(step.step.value).observe(step.seconds)

    def _of_command(self, event: Event) -> None:
        metrics = self._metrics.commands
        if status := STATUS_OF_COMMAND.get(type(event.data)):
            metrics.statuses.labels(status).inc()
        match event.data:
            case CommandIssued(command=command):
                _remember(self._issued_at, command.command_id, command.issued_at)
            case CommandAcknowledged(command_id=command_id):
                issued_at = self._issued_at.pop(command_id, None)
                if issued_at is not None:
                    metrics.acknowledge.observe((event.recorded_at - issued_at).total_seconds())

    def _of_clock(self, event: Event) -> None:
        metrics = self._metrics.deadlines
        match event.data:
            case DeadlineFired(late_by_seconds=late):
                metrics.lateness.observe(late)
            case StepEscalated(step=step, to_tier=to_tier):
                metrics.overdue_steps.labels(step.value, to_tier.value).inc()
            case RedAlarmRaised():
                metrics.red_alarms.inc()
            case WarningIssued(warning=w) | WarningUpdated(warning=w) | WarningCancelled(warning=w):
                metrics.warnings.labels(w.message_type.value, w.colour.value).inc()

    def _enter(self, event: Event, stage: Stage) -> None:
        self._left_stage(event)
        self._metrics.incidents.stage_entries.labels(stage.value).inc()
        _remember(self._entered, event.incident_id, (stage, event.recorded_at))

    def _left_stage(self, event: Event) -> None:
        was_in = self._entered.pop(event.incident_id, None)
        if was_in is not None:
            stage, since = was_in
            seconds = (event.recorded_at - since).total_seconds()
            self._metrics.incidents.stage_duration.labels(stage.value).observe(seconds)


def _outcome(handled: Handled) -> ReceiptOutcome:
    if handled.fate is Fate.DEAD:
        is_conflict = handled.reason == DeadLetterReason.ID_CONFLICT
        return ReceiptOutcome.ID_CONFLICT if is_conflict else ReceiptOutcome.REFUSED
    return {
        Fate.APPLIED: ReceiptOutcome.ACCEPTED,
        Fate.REFUSED: ReceiptOutcome.REFUSED,
        Fate.DUPLICATE: ReceiptOutcome.DUPLICATE,
    }[handled.fate]


def _remember(kept: dict[K, V], key: K, value: V) -> None:
    """Keep it; of too many, the oldest go unmeasured."""
    if len(kept) >= _MOST_REMEMBERED:
        del kept[next(iter(kept))]
    kept[key] = value
