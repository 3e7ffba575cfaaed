"""A world for the pure core: incidents in a dictionary, a clock that the test moves, and every hand-over delivered.

It does what streams do around `handle` (fuse, look up, redeliver, fire deadlines), with nothing but memory.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.areas import area_tree
from models.categories import Category
from models.events.perception import LowTrust
from models.identifiers import (
    AreaCode,
    CommandId,
    DeadlineId,
    DecisionId,
    FeedbackId,
    IncidentId,
    MessageId,
    ReportId,
    SourceId,
    UnitCode,
    deadline_passed_id,
)
from models.messages.decision import Decision, ReportRef
from models.messages.event import Event
from models.messages.feedback import Feedback
from models.messages.fields import Officer, Person, SecondOfficer
from models.messages.report import Facts, Report
from models.places import Place
from models.vocabulary import (
    Action,
    Channel,
    Claim,
    FeedbackKind,
    Level,
    Nature,
    ReportKind,
    Role,
    Stage,
    Status,
    Tier,
    Verdict,
)
from workflows.answer import Answer
from workflows.feedback import holds
from workflows.handling import handle
from workflows.incident import Incident
from workflows.judgement.account import hear
from workflows.judgement.fusion import Bond, Candidate, fuse
from workflows.judgement.likeness import of_incident
from workflows.message import (
    DeadlinePassed,
    DecisionTaken,
    Envelope,
    FeedbackGiven,
    Message,
    ReportArrived,
    StageCalled,
)
from workflows.rulebook_file import default_rulebook

START = datetime(2025, 10, 1, 3, tzinfo=UTC)
TOWNSHIP = "500108001"
OFFICER = Officer(id="officer-1", name="王值班")
SECOND = SecondOfficer(id="officer-2", name="李指挥", area_code=AreaCode("500000"))
PERSON = Person(id="p-1", name="李队长")


def place_of(code: str = TOWNSHIP) -> Place:
    """The place of an area code on the day the tests play."""
    found = area_tree().resolve(code, START.date())
    assert found is not None
    return Place(
        given_code=AreaCode(code),
        area_code=AreaCode(found.code),
        tier=found.tier,
        city_code=AreaCode("500000"),
        district_code=None if found.district_code is None else AreaCode(found.district_code),
        township_code=None if found.township_code is None else AreaCode(found.township_code),
    )


def make_report(
    name: str = "r-1",
    *,
    source: str = "grid-1",
    reporter: str | None = None,
    channel: Channel = Channel.GRID,
    category: Category | None = Category.FIRE,
    area: str = TOWNSHIP,
    at: datetime = START,
    claim: Claim = Claim.AFFIRM,
    urgent: bool = False,
    exercise: bool = False,
    nature: Nature = Nature.EMERGENCY,
    known_at: datetime | None = None,
    kind: ReportKind = ReportKind.INITIAL,
    refers_to: str | None = None,
    facts: Facts | None = None,
) -> Report:
    """A valid report; say only what the test is about."""
    return Report(
        report_id=ReportId(name),
        source_id=SourceId(source),
        channel=channel,
        reporter_id=reporter,
        kind=kind,
        refers_to=refers_to,
        claim=claim,
        nature=nature,
        urgent=urgent,
        exercise=exercise,
        category=category,
        title="某处起火",
        area_code=AreaCode(area),
        known_at=known_at,
        reported_at=at,
        facts=facts or Facts(),
    )


class CoreWorld:
    """Everything the core sees of the world, in memory."""

    def __init__(self) -> None:
        self.rules = default_rulebook()
        self.now = START
        self.incidents: dict[IncidentId, Incident] = {}
        self.log: dict[IncidentId, list[Event]] = {}
        self.reports: dict[IncidentId, list[ReportArrived]] = {}
        self.calls: deque[tuple[IncidentId, Stage]] = deque()
        self.answers: list[tuple[Incident | None, Message, Answer]] = []
        self._messages = 0

    # --- what the outside does

    def report(self, report: Report, low_trust: LowTrust | None = None) -> Answer:
        """A report arrives and is fused with what is known."""
        account = hear(report, place_of(report.area_code))
        choice = fuse(account, self._candidates(report), self.rules, awaits=self._awaits(report))
        into = self._survivor(choice.incident_id)
        envelope = Envelope(report.message_id, into, self.now)
        message = ReportArrived(envelope, account, replace(choice, incident_id=into), self.now, low_trust)
        answer = self._handle(message)
        if answer.refusal is None:
            self.reports.setdefault(into, []).append(message)
        return answer

    def decide(
        self,
        incident_id: IncidentId,
        action: Action,
        *,
        verdict: Verdict | None = None,
        level: Level | None = None,
        command_ids: tuple[CommandId, ...] | None = None,
        other: IncidentId | None = None,
        reports: tuple[ReportRef, ...] | None = None,
        to_tier: Tier | None = None,
        deadline_id: DeadlineId | None = None,
        until: datetime | None = None,
        area: str = TOWNSHIP,
        role: Role | None = None,
        second: SecondOfficer | None = None,
        expected_seq: int | None = None,
    ) -> Answer:
        """An officer decides."""
        self._messages += 1
        decision = Decision(
            decision_id=DecisionId(f"d-{self._messages}"),
            incident_id=incident_id,
            action=action,
            officer=OFFICER if role is None else OFFICER.model_copy(update={"role": role}),
            area_code=AreaCode(area),
            decided_at=self.now,
            expected_seq=expected_seq,
            reason="the test says so",
            verdict=verdict,
            level=level,
            command_ids=command_ids,
            other_incident_id=other,
            reports=reports,
            to_tier=to_tier,
            deadline_id=deadline_id,
            until=until,
            second_officer=second,
        )
        held = self.reports.get(incident_id, [])
        wanted = {(ref.source_id, ref.report_id) for ref in reports or ()}
        moved = tuple(m for m in held if (m.report.source_id, m.report.report_id) in wanted)
        answer = self._handle(
            DecisionTaken(
                Envelope(decision.message_id, incident_id, self.now),
                decision,
                other=None if other is None else self.incidents.get(other),
                moved=moved,
                kept=tuple(m for m in held if m not in moved),
            )
        )
        self._follow_reports(incident_id, answer, moved)
        return answer

    def _follow_reports(
        self, incident_id: IncidentId, answer: Answer, moved: Sequence[ReportArrived]
    ) -> None:
        if answer.also is None or answer.also.state is None:
            return
        if answer.also.state.split_from == incident_id and moved:
            self.reports[answer.also.state.incident_id] = list(moved)
            self.reports[incident_id] = [m for m in self.reports[incident_id] if m not in moved]
        for state in (answer.state, answer.also.state):
            if state is not None and state.merged_into is not None:
                gone = self.reports.pop(state.incident_id, [])
                self.reports.setdefault(state.merged_into, []).extend(gone)

    def feedback(
        self,
        command_id: CommandId,
        kind: FeedbackKind,
        *,
        unit_code: str | None = None,
        late: bool = False,
        note: str | None = None,
    ) -> Answer:
        """A unit says something about a command, or its retraction, wherever that is held now."""
        held = next(i for i in self.incidents.values() if holds(i, command_id))
        self._messages += 1
        feedback = Feedback(
            feedback_id=FeedbackId(f"f-{self._messages}"),
            command_id=command_id,
            incident_id=held.incident_id,
            unit_code=UnitCode(unit_code or held.commands[command_id].command.unit_code),
            kind=kind,
            person=PERSON,
            occurred_at=self.now - timedelta(hours=1) if late else self.now,
            reason="no vehicle" if kind is FeedbackKind.REFUSED else None,
            note=note,
        )
        return self._handle(
            FeedbackGiven(Envelope(feedback.message_id, held.incident_id, self.now), feedback)
        )

    def advance(self, seconds: float) -> None:
        """Time passes; every deadline that is due fires in its order, and stages are called on the way."""
        until = self.now + timedelta(seconds=seconds)
        self.deliver()
        while (due := self._next_due(until)) is not None:
            incident_id, deadline_id, at = due
            self.now = max(self.now, at)
            envelope = Envelope(deadline_passed_id(deadline_id), incident_id, self.now)
            twins = tuple(i for i in self.incidents.values() if i.incident_id != incident_id)
            answer = self._handle(DeadlinePassed(envelope, deadline_id, twins))
            self._follow_reports(incident_id, answer, ())
            self.deliver()
        self.now = until

    def deliver(self) -> None:
        """Deliver every hand-over until none is left."""
        while self.calls:
            self.deliver_one()

    def deliver_one(self) -> None:
        """Deliver the oldest hand-over."""
        incident_id, stage = self.calls.popleft()
        self._messages += 1
        envelope = Envelope(MessageId(f"h-{self._messages}"), incident_id, self.now)
        self._handle(StageCalled(envelope, stage, entered=True))

    # --- what streams do around the core

    def _handle(self, message: Message) -> Answer:
        before = self.incidents.get(message.envelope.incident_id)
        answer = handle(before, message, self.rules)
        self.answers.append((before, message, answer))
        for part in (answer, answer.also):
            if part is not None and part.state is not None and part.refusal is None:
                self._keep(part)
        return answer

    def _keep(self, answer: Answer) -> None:
        assert answer.state is not None
        incident_id = answer.state.incident_id
        self.incidents[incident_id] = answer.state
        self.log.setdefault(incident_id, []).extend(answer.events)
        self.calls.extend((incident_id, stage) for stage in answer.hand_overs)

    def _candidates(self, report: Report) -> list[Candidate]:
        return [
            Candidate(i.incident_id, i.opened_at, of_incident(i), self._bond(report, i))
            for i in self.incidents.values()
            if i.status is not Status.MERGED
        ]

    def _bond(self, report: Report, incident: Incident) -> Bond | None:
        held = [m.report for m in self.reports.get(incident.incident_id, ())]
        known = {r.report_id for r in held if r.source_id == report.source_id}
        if report.refers_to is not None and report.refers_to in {*known, incident.incident_id}:
            return Bond.REFERS_TO
        longest = timedelta(seconds=self.rules.fusion.reference_waits_seconds)
        waiting = [r for r in held if (r.source_id, r.refers_to) == (report.source_id, report.report_id)]
        waits = any(abs(r.reported_at - report.reported_at) <= longest for r in waiting)
        return Bond.AWAITED if waits else None

    def _awaits(self, report: Report) -> ReportId | None:
        bonds = (self._bond(report, incident) for incident in self.incidents.values())
        is_pending = report.refers_to is not None and Bond.REFERS_TO not in bonds
        return ReportId(report.refers_to) if report.refers_to is not None and is_pending else None

    def _survivor(self, incident_id: IncidentId) -> IncidentId:
        incident = self.incidents.get(incident_id)
        while incident is not None and incident.merged_into is not None:
            incident = self.incidents[incident.merged_into]
        return incident_id if incident is None else incident.incident_id

    def _next_due(self, until: datetime) -> tuple[IncidentId, DeadlineId, datetime] | None:
        due = [
            (deadline.due_at, deadline_id, incident.incident_id)
            for incident in self.incidents.values()
            for deadline_id, deadline in incident.deadlines.items()
            if deadline.due_at <= until
        ]
        if not due:
            return None
        at, deadline_id, incident_id = min(due)
        return incident_id, deadline_id, at
