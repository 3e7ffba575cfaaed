"""Views: what the API answers with where no public message says it already.

They are made for readers and closed: a field stands here because somebody outside needs it. Never in here: contact
data, table models, and the state of the core as it is kept.
"""

from typing import Literal

from pydantic import ConfigDict, Field

from models.categories import Category
from models.events.assessment import ExpertQuestion, FactQuestion, FiredRule, NextLine
from models.events.disposal import PlannedTask
from models.events.perception import Contradiction, FactOrigin, FusionScore, LowTrust, ReportTrust
from models.identifiers import CommandId, DeadlineId, IncidentId, MessageId, ReportId, SourceId
from models.messages.command import Command
from models.messages.decision import ReportRef
from models.messages.event import Event
from models.messages.fields import Moment, Officer, Person, Ratio, Value
from models.messages.public_warning import PublicWarning
from models.messages.rating import Rating
from models.messages.report import Facts, Position
from models.places import Place
from models.understanding import SensitiveFound
from models.vocabulary import (
    Action,
    Channel,
    Claim,
    CommandStatus,
    DeadlineKind,
    Level,
    Nature,
    ProposalState,
    ReportKind,
    Stage,
    Status,
    Step,
    Tier,
    Verdict,
)
from workflows.undo import Obstacle


class View(Value):
    """A closed answer, filled from something that has the same names."""

    model_config = ConfigDict(from_attributes=True, strict=False)


class AliveView(View):
    """The process answers."""

    status: Literal["alive"]


class ReadinessView(View):
    """Each component with `ready`, or the reason why it is not."""

    status: Literal["ready", "waiting"]
    components: dict[str, str]


class VersionView(View):
    """What runs here."""

    version: str
    schema_version: int
    rulebook: str
    rulebook_version: str


class ReportAccepted(View):
    """The gateway has the report for good. What becomes of it, the receipts on `report-receipts` tell."""

    message_id: MessageId
    source_id: SourceId
    report_id: ReportId
    outcome: Literal["accepted"] = "accepted"
    topic: str = Field(description="the lane: `reports` or `reports-urgent`")
    unknown_fields: tuple[str, ...] = Field(
        description="names that the contract does not have; they are kept"
    )
    accepted_at: Moment


class OutcomeView(View):
    """What became of a decision or feedback: waiting for the engine, applied, or refused and why.

    A decision that takes two persons waits for the second first, who may decline it; it may expire.
    """

    message_id: MessageId
    incident_id: IncidentId | None = None
    outcome: Literal["pending", "applied", "refused", "awaiting_second", "declined", "expired"]
    incident_seq: int | None = Field(None, description="the incident's version now: the next `expected_seq`")
    reason: str | None = Field(None, description="why the rules refused")
    detail: str | None = None
    recorded_at: Moment | None = Field(None, description="when the engine handled it")


class OrderAtStakeView(View):
    """An order that a decision sends out or takes back."""

    command_id: CommandId
    unit_code: str
    text_zh: str
    status: CommandStatus | None = Field(description="null: not out yet")


class ProlongedView(View):
    """The clock that an extension is about, with the order if it is an order's."""

    kind: DeadlineKind
    step: Step | None
    due_at: Moment
    unit_code: str | None
    text_zh: str | None


class ProposalView(View):
    """A decision that takes two persons, and how it stands. `mine`: the caller has proposed it."""

    message_id: MessageId
    incident_id: IncidentId
    title: str
    level: Level
    area_code: str
    action: Action
    verdict: Verdict | None
    to_level: Level | None = Field(description="of a regrade")
    until: Moment | None = Field(description="of an extension")
    orders: int = Field(description="how many orders it sends out or takes back, as it was proposed")
    at_stake: tuple[OrderAtStakeView, ...] = Field(
        (), description="those orders as the incident stands now; none once it waits no more"
    )
    prolonged: ProlongedView | None = Field(None, description="the clock of an extension, while it waits")
    officer: Officer
    officer_area_code: str
    reason: str | None
    proposed_at: Moment
    expires_at: Moment
    state: ProposalState
    second_name: str | None = Field(description="who countersigned or declined it")
    declined_because: str | None
    mine: bool
    may_countersign: bool


class ProposalList(View):
    """Proposals, soonest to expire first."""

    proposals: tuple[ProposalView, ...]


class IncidentSummary(View):
    """One line of the list."""

    incident_id: IncidentId
    seq: int
    status: Status
    stage: Stage
    verdict: Verdict
    level: Level
    graded: bool = Field(description="false: the level is preliminary")
    nature: Nature
    category: Category | None
    title: str
    exercise: bool
    urgent: bool
    red_alarm: bool
    area_code: str
    district_code: str | None
    township_code: str | None
    merged_into: IncidentId | None
    opened_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    reports: int
    sources: int
    open_commands: int
    acknowledged: bool = Field(description="a named officer has it")
    community_code: str | None
    grid_code: str | None
    step: Step | None = Field(description="the open step whose clock ends first, else the last that began")
    step_tier: Tier | None = Field(description="the tier that owns that step")
    next_due_at: Moment | None = Field(description="when the next clock of a step or command ends")


class IncidentPage(View):
    """Some lines of the list; `next_cursor` null: there are no more."""

    incidents: tuple[IncidentSummary, ...]
    next_cursor: str | None = None


class StepView(View):
    """One of the twelve steps, as far as it has come."""

    tier: Tier
    started_at: Moment
    ended_at: Moment | None
    times_overdue: int
    red_alarm: bool


class DeadlineView(View):
    """A clock that runs."""

    kind: DeadlineKind
    stage: Stage
    due_at: Moment
    tier: Tier
    step: Step | None
    command_id: CommandId | None


class ChoiceView(View):
    """A decision that might be taken, about all that it can be about."""

    action: Action
    verdict: Verdict | None
    level: Level | None


class InverseView(View):
    """The decision that takes an act back, but for its id, its officer and its time."""

    incident_id: IncidentId
    action: Action
    reason: str
    verdict: Verdict | None = None
    level: Level | None = None
    command_ids: tuple[CommandId, ...] | None = None
    other_incident_id: IncidentId | None = None
    reports: tuple[ReportRef, ...] | None = None


class UndoView(View):
    """The caller's own last act: until when they may take it back and how, or why they cannot."""

    message_id: MessageId
    action: Action
    until: Moment
    decision: InverseView | None
    needs_second: bool
    obstacle: Obstacle | None


class IncidentView(View):
    """One incident, with everything that an officer decides by."""

    summary: IncidentSummary
    place: Place
    occurred_at: Moment | None
    facts: Facts
    approximate: tuple[str, ...]
    origins: dict[str, FactOrigin] = Field(
        description="which report gave each fact, and the words that say so"
    )
    sensitive: tuple[SensitiveFound, ...] = Field(description="words that make it reportable at any size")
    contradictions: tuple[Contradiction, ...] = Field(
        description="fields of reports that their own words contradict, latest last"
    )
    fired: tuple[FiredRule, ...] = Field(description="every line of the rule packs that its facts reach")
    next_lines: tuple[NextLine, ...] = Field(description="how much more of which fact makes it worse")
    questions: tuple[FactQuestion, ...] = Field(
        description="facts that nobody stated and that could make it worse"
    )
    expert_questions: tuple[ExpertQuestion, ...] = Field(description="what no number decides")
    confidence_ratio: Ratio
    trust: ReportTrust = Field(
        description="how many affirming reports count in full, and how many are of low trust"
    )
    is_doubtful: bool = Field(
        description="only a flood speaks of it: rules start nothing until an officer verifies"
    )
    acknowledged_by: Officer | None
    absorbed: tuple[IncidentId, ...] = Field(description="incidents that were merged into this one")
    split_from: IncidentId | None
    suggestions: tuple[FusionScore, ...] = Field(
        description="other open incidents that may be the same event, and why; none once this one has ended"
    )
    steps: dict[Step, StepView]
    waiting_tasks: tuple[PlannedTask, ...] = Field(description="tasks of the plan that wait for a click")
    deadlines: dict[DeadlineId, DeadlineView]
    warning: PublicWarning | None
    needs_second: tuple[ChoiceView, ...] = Field(description="decisions that take two persons as it stands")
    undo: UndoView | None = Field(description="null: the caller has not decided anything here lately")


class EventPage(View):
    """Some facts of the log in order; ask again with `after_seq` until `next_after_seq` is null.

    What was put away up to `archived_until_seq` is not among them: `fenghuo show` and `replay` read it.
    """

    events: tuple[Event, ...]
    next_after_seq: int | None = None
    archived_until_seq: int | None = None


class AttachmentView(View):
    """A photograph as its sender calls it, to be had from `/api/attachments/{digest}` if it was handed in."""

    digest: str
    media_type: str
    name: str
    is_kept: bool = False


class CommandView(View):
    """One command as it was sent, how far its unit is, and the photographs of its feedback."""

    command: Command
    tier: Tier
    status: CommandStatus
    deliveries: int
    acknowledged_by: Person | None = None
    acknowledged_at: Moment | None
    done_at: Moment | None
    attachments: tuple[AttachmentView, ...] = ()


class CommandList(View):
    """The commands of an incident or unit; `as_of` is the program's time, by which their clocks run."""

    as_of: Moment
    commands: tuple[CommandView, ...]


class ReportView(View):
    """One report of an incident, masked; contact data and fields that the contract does not know stay inside."""

    source_id: SourceId
    report_id: ReportId
    channel: Channel
    reporter_id: str | None
    kind: ReportKind
    number: int | None
    refers_to: str | None
    nature: Nature
    claim: Claim
    urgent: bool
    exercise: bool
    category: Category | None
    title: str | None
    text: str | None
    area_code: str
    grid_code: str | None
    place: str | None
    position: Position | None
    occurred_at: Moment | None
    known_at: Moment | None
    reported_at: Moment
    facts: Facts
    approximate: tuple[str, ...]
    attachments: tuple[AttachmentView, ...]
    unknown_fields: tuple[str, ...] = Field(
        description="names of fields that were sent and are left out here"
    )
    resolved_place: Place
    received_at: Moment
    recorded_at: Moment
    has_contact: bool = Field(description="whom to call was given; ask `personal` for it")
    low_trust: LowTrust | None = Field(
        description="one of a flood: its reporter told `reports` within `within_seconds`, where `most` are believed"
    )


class ReportPage(View):
    """Some reports of an incident, newest first."""

    reports: tuple[ReportView, ...]
    next_cursor: str | None = None


class RatingList(View):
    """The last published ratings of an area, its departments and the areas directly below."""

    area_code: str
    ratings: tuple[Rating, ...]
