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
    """of the report"""
    report_id: ReportIdField
    """the source's own"""


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
    """the sender's own within the incident; sent again with the same content it counts once"""
    incident_id: IncidentIdField
    """what is decided about; a merged one is refused: name the incident that it lives on in"""
    action: Action
    """what is decided; each needs fields of its own, and what belongs to another action is ignored"""
    officer: Officer
    """who decides"""
    area_code: AreaCodeField
    """where the officer sits: bounds what may be decided"""
    decided_at: Moment
    """when the officer decided, at most a day ahead of now; kept, not acted upon"""
    expected_seq: Annotated[int, Field(ge=0, le=2**31)] | None = None
    """the incident's `seq` that the officer saw: refused as stale when it is another; absent: whatever came"""
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    """why, in words; needed but for acknowledge and release"""
    verdict: Verdict | None = None
    """action verify"""
    level: Level | None = None
    """action regrade"""
    command_ids: Annotated[tuple[CommandIdField, ...], Field(max_length=200)] | None = None
    """actions release, retract: which; absent: all that waits for release, or all that is owed"""
    other_incident_id: IncidentIdField | None = None
    """action merge: the other of the two; the older one lives on"""
    reports: Annotated[tuple[ReportRef, ...], Field(max_length=1_000)] | None = None
    """action split: these leave for an incident of their own"""
    to_tier: Tier | None = None
    """action escalate"""
    deadline_id: DeadlineIdField | None = None
    """action extend: which clock"""
    until: Moment | None = None
    """action extend: when it passes instead"""
    second_officer: SecondOfficer | None = None
    """who countersigns, where two persons are needed; over HTTP the gateway asks for them"""

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
