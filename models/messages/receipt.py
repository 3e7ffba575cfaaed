"""Receipt: what became of a report (`report-receipts`, key source_id)."""

from pydantic import Field

from models.messages.fields import (
    IdText,
    IncidentIdField,
    Moment,
    Outbound,
    ReportIdField,
    SourceIdField,
    Text,
)
from models.vocabulary import ReceiptOutcome


class Receipt(Outbound):
    """Told to the sender at once, and again when the incident is closed."""

    report_id: ReportIdField
    """of the report that this answers"""
    source_id: SourceIdField
    """of the report that this answers"""
    outcome: ReceiptOutcome
    """`duplicate`: it counted before; `id_conflict`: the id had other content; `closed`: its incident ended"""
    incident_id: IncidentIdField | None = None
    """where it belongs, a duplicate where it was counted; absent when it reached no incident"""
    reason: Text | None = None
    """why it was not accepted, or how the incident ended"""
    missing: tuple[IdText, ...] = Field(default=(), description="required report elements still to come")
    unknown_fields: tuple[str, ...] = ()
    """fields that the contract does not have; kept, not acted upon"""
    recorded_at: Moment
    """when the engine decided so"""
