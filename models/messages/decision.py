"""Decision: what an officer decides about an incident (`decisions`, `POST /api/incidents/{id}/decisions`)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from models.identifiers import MessageId, decision_message_id
from models.messages.fields import (
    AreaCodeField,
    CommandIdField,
    DeadlineIdField,
    DecisionIdField,
    Inbound,
    IncidentIdField,
    Moment,
    Officer,
    Part,
    ReportIdField,
    SecondOfficer,
    SourceIdField,
    Text,
)
from models.vocabulary import Action, Level, Tier, Verdict


class ReportRef(Part):
    """One report, by its identity."""

    source_id: SourceIdField
    report_id: ReportIdField


# What each action cannot do without; what it does not name is ignored for it.
REQUIRED_BY_ACTION: dict[Action, tuple[str, ...]] = {
    Action.ACKNOWLEDGE: (),
    Action.RELEASE: (),
    Action.VERIFY: ("reason", "verdict"),
    Action.REGRADE: ("reason", "level"),
    Action.RETRACT: ("reason",),
    Action.MERGE: ("reason", "other_incident_id"),
    Action.SPLIT: ("reason", "reports"),
    Action.ESCALATE: ("reason", "to_tier"),
    Action.SUPERVISE: ("reason",),
    Action.EXTEND: ("reason", "deadline_id", "until"),
    Action.CLOSE: ("reason",),
    Action.REOPEN: ("reason",),
}


class Decision(Inbound):
    """One act of one officer. Its identity is (incident_id, decision_id)."""

    decision_id: DecisionIdField
    incident_id: IncidentIdField
    action: Action
    officer: Officer
    area_code: AreaCodeField
    decided_at: Moment
    expected_seq: Annotated[int, Field(ge=0, le=2**31)] | None = None
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    verdict: Verdict | None = None
    level: Level | None = None
    command_ids: Annotated[tuple[CommandIdField, ...], Field(max_length=200)] | None = None
    other_incident_id: IncidentIdField | None = None
    reports: Annotated[tuple[ReportRef, ...], Field(max_length=1_000)] | None = None
    to_tier: Tier | None = None
    deadline_id: DeadlineIdField | None = None
    until: Moment | None = None
    second_officer: SecondOfficer | None = None

    @model_validator(mode="after")
    def _has_what_its_action_needs(self) -> Self:
        for name in REQUIRED_BY_ACTION[self.action]:
            if not getattr(self, name):
                raise ValueError(f"{name} is required for action {self.action}")
        return self

    @property
    def message_id(self) -> MessageId:
        """The decision's identity as the inbox knows it."""
        return decision_message_id(self.incident_id, self.decision_id)
