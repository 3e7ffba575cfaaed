"""Changes: what one batch has found out and wants kept, gathered before a single row is written.

The working memory of one transaction: incidents as they stand after each message, their new facts in order, and what
became of every record. It never leaves the transaction that made it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.events.follow_up import IncidentClosed, IncidentRejected
from models.events.perception import IncidentAbsorbed, ReportJoined
from models.identifiers import DeadlineId, IncidentId, MessageId
from models.messages.event import Event
from models.messages.feedback import Feedback
from models.messages.receipt import Receipt
from models.vocabulary import HandOverType, Status
from streams.store import receipts
from streams.store.dead_letters import Dead
from streams.store.inbox import InboxEntry
from streams.store.incidents import Standing
from streams.store.progress import Partition, PartitionCounts
from streams.store.publications import Outgoing, hand_over, of_hand_over
from streams.store.reports import StoredReport
from streams.tracing import TraceContext
from workflows.answer import Answer
from workflows.appraisal.heat import heat_after, needs_log
from workflows.appraisal.outcomes import Outcome, outcomes_of
from workflows.incident import Incident
from workflows.rulebook import Rulebook

_ENDED = (Status.CLOSED, Status.REJECTED)


@dataclass(slots=True)
class Changes:
    """Everything that one transaction will write. `standings` also holds what was locked and left as it was."""

    standings: dict[IncidentId, Standing] = field(default_factory=dict)
    touched: dict[IncidentId, None] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    reports: list[StoredReport] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    entries: list[InboxEntry] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    moot: list[DeadlineId] = field(default_factory=list)
    hand_overs: list[Outgoing] = field(default_factory=list)
    counts: dict[Partition, PartitionCounts] = field(default_factory=dict)
    to_refold: set[IncidentId] = field(default_factory=set)  # their heat only the whole log can tell
    traces: dict[MessageId, TraceContext] = field(
        default_factory=dict
    )  # under which goes what a message causes

    def state_of(self, incident_id: IncidentId) -> Incident | None:
        """The incident as it stands after what this batch did so far."""
        standing = self.standings.get(incident_id)
        return None if standing is None else standing.incident

    def take(self, answer: Answer, cause_id: MessageId, rules: Rulebook) -> None:
        """Take in what the core said under these rules, about every incident that it touched."""
        for one in _each(answer):
            state = one.state
            if state is None or not (one.events or one.hand_overs):
                continue
            self.standings[state.incident_id] = self._after(state, one.events, rules)
            self.touched[state.incident_id] = None
            self.events.extend(one.events)
            self.outcomes.extend(outcomes_of(state, one.events))
            self.hand_overs.extend(
                of_hand_over(stage, hand_over(stage, state.incident_id, HandOverType.ENTERED, cause_id))
                for stage in one.hand_overs
            )

    def _after(self, state: Incident, events: Sequence[Event], rules: Rulebook) -> Standing:
        before = self.standings.get(state.incident_id)
        absorbed = [e.data.incident_id for e in events if isinstance(e.data, IncidentAbsorbed)]
        gone = {one: self.standings[one] for one in absorbed}
        times = [state.reported_at if before is None else before.last_reported_at]
        times += [event.data.reported_at for event in events if isinstance(event.data, ReportJoined)]
        times += [standing.last_reported_at for standing in gone.values()]
        epochs = {None if before is None else before.heat_epoch, *(one.heat_epoch for one in gone.values())}
        if any(needs_log(events, epoch, rules) for epoch in epochs):
            self.to_refold.add(state.incident_id)
        log_heat = heat_after(
            None if before is None else before.log_heat,
            None if before is None else before.incident,
            events,
            rules,
            {one: standing.log_heat for one, standing in gone.items()},
        )
        return Standing(state, max(times), rules.heat.epoch, log_heat)

    @property
    def ended(self) -> set[IncidentId]:
        """Incidents that this batch brought to their end and that did not wake again in it."""
        told = {e.incident_id for e in self.events if isinstance(e.data, IncidentClosed | IncidentRejected)}
        return {one for one in told if self.standings[one].incident.status in _ENDED}

    def late_receipts(self) -> Iterator[Receipt]:
        """For reports that joined an incident after its end: their sender is told of the end at once."""
        ended = self.ended
        for stored in self.reports:
            incident = self.standings[stored.incident_id].incident
            if incident.status in _ENDED and incident.incident_id not in ended:
                report = stored.report
                yield receipts.closed(report.source_id, report.report_id, incident, stored.recorded_at)


def _each(answer: Answer) -> Iterator[Answer]:
    one: Answer | None = answer
    while one is not None:
        yield one
        one = one.also
