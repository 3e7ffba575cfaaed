"""Receipts: what a sender is told about a report. Pure."""

from collections.abc import Iterator
from datetime import datetime

from models.messages.receipt import Receipt
from models.messages.report import Report
from models.vocabulary import Nature, ReceiptOutcome
from workflows.incident import Incident
from workflows.judgement.case import case_of
from workflows.judgement.grading import grade
from workflows.rulebook import Rulebook

_CASUALTIES = ("deaths", "injured")


def accepted(report: Report, incident: Incident, rules: Rulebook, recorded_at: datetime) -> Receipt:
    """The report counts; `missing` says what the incident still lacks and what could raise its level."""
    return Receipt(
        report_id=report.report_id,
        source_id=report.source_id,
        outcome=ReceiptOutcome.ACCEPTED,
        incident_id=incident.incident_id,
        missing=tuple(dict.fromkeys(missing_elements(report, incident, rules))),
        unknown_fields=report.unknown_fields,
        recorded_at=recorded_at,
    )


def other(
    report: Report,
    outcome: ReceiptOutcome,
    reason: str | None,
    incident_id: str | None,
    recorded_at: datetime,
) -> Receipt:
    """The report was a duplicate, refused, or in conflict with another of its id."""
    return Receipt.model_validate(
        {
            "report_id": report.report_id,
            "source_id": report.source_id,
            "outcome": outcome,
            "incident_id": incident_id,
            "reason": reason,
            "recorded_at": recorded_at,
        }
    )


def closed(source_id: str, report_id: str, incident: Incident, recorded_at: datetime) -> Receipt:
    """The incident of this report came to its end, which `reason` names."""
    return Receipt.model_validate(
        {
            "report_id": report_id,
            "source_id": source_id,
            "outcome": ReceiptOutcome.CLOSED,
            "incident_id": incident.incident_id,
            "reason": incident.status.value,
            "recorded_at": recorded_at,
        }
    )


def missing_elements(report: Report, incident: Incident, rules: Rulebook) -> Iterator[str]:
    """Elements that a complete report has and nobody has given yet, then totals that could raise the level.

    A hazard has no casualties, but what could happen is graded too. A total may be named twice.
    """
    if incident.category is None:
        yield "category"
    if incident.occurred_at is None and report.occurred_at is None:
        yield "occurred_at"
    place = incident.place
    if place.community_code is None and place.words is None and place.position is None:
        yield "place"
    if incident.nature is Nature.EMERGENCY:
        yield from (name for name in _CASUALTIES if getattr(incident.facts, name) is None)
    yield from (question.fact for question in grade(case_of(incident), rules).questions)
