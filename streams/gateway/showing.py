"""Showing: from rows, and the state inside them, to views. Here it is decided what leaves the house.

Contact data and fields that the contract does not know never do: nobody has said what stands in them.
"""

from models.messages.command import Command
from models.messages.fields import Part, Person
from models.messages.report import Report
from models.places import Place
from models.vocabulary import CommandStatus
from streams.gateway.listing import Found
from streams.gateway.views import CommandView, IncidentSummary, IncidentView, ReportView
from workflows.incident import Incident
from workflows.judgement.case import case_of
from workflows.judgement.grading import grade
from workflows.rulebook import Rulebook

_FROM_STATE = (
    "place",
    "occurred_at",
    "facts",
    "approximate",
    "origins",
    "sensitive",
    "contradictions",
    "confidence_ratio",
    "acknowledged_by",
    "absorbed",
    "split_from",
    "suggestions",
    "steps",
    "deadlines",
    "warning",
)
_FROM_GRADE = ("fired", "next_lines", "questions", "expert_questions")
_FROM_REPORT = tuple(name for name in Report.model_fields if name in ReportView.model_fields)


def incident_view(summary: IncidentSummary, state: Incident, rules: Rulebook) -> IncidentView:
    """One incident with everything that an officer decides by; why it has its level is found again as it stands."""
    held = {name: getattr(state, name) for name in _FROM_STATE}
    found = grade(case_of(state), rules)
    return IncidentView.model_validate(
        held
        | {name: getattr(found, name) for name in _FROM_GRADE}
        | {"summary": summary, "waiting_tasks": state.unreleased}
    )


def command_view(row: Found, signed_by: Person | None) -> CommandView:
    """One command as sent, and how far its unit is; who signed stands in the incident's state."""
    return CommandView(
        command=Command.model_validate_json(row.body),
        tier=row.tier,
        # Nobody signs for a retraction: that its unit has it is all there is to know.
        status=CommandStatus.RECEIVED if row.retraction_heard_at else row.status,
        deliveries=row.deliveries,
        acknowledged_by=signed_by,
        acknowledged_at=row.acknowledged_at,
        done_at=row.done_at,
    )


def report_view(row: Found) -> ReportView:
    """One report, less its contact and what the contract does not know of."""
    report = Report.model_validate_json(row.body)
    shown = {name: _known_only(getattr(report, name)) for name in _FROM_REPORT}
    beside = {
        "unknown_fields": report.unknown_fields,
        "resolved_place": Place.model_validate_json(row.place),
        "received_at": row.received_at,
        "recorded_at": row.recorded_at,
    }
    return ReportView.model_validate(shown | beside)


def _known_only(value: object) -> object:
    if isinstance(value, Part):
        return {name: _known_only(getattr(value, name)) for name in type(value).model_fields}
    return tuple(map(_known_only, value)) if isinstance(value, tuple) else value
