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
    source_id: SourceIdField
    outcome: ReceiptOutcome
    incident_id: IncidentIdField | None = None
    reason: Text | None = None
    missing: tuple[IdText, ...] = Field(default=(), description="required report elements still to come")
    unknown_fields: tuple[str, ...] = ()
    recorded_at: Moment
