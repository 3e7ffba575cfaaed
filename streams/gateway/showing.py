"""Showing: from rows, and the state inside them, to views. Here it is decided what leaves the house.

Contact data and fields that the contract does not know never do: nobody has said what stands in them. Words of reports
leave masked, and so does who reported; what they were, `streams.gateway.personal` tells those who may know.
"""

from collections.abc import Container, Iterable

import orjson

from models.events.perception import LowTrust
from models.identifiers import IncidentId
from models.messages.command import Command
from models.messages.fields import Attachment, Part, Person
from models.messages.report import Report
from models.places import Place
from streams.gateway.listing import Found
from streams.gateway.views import (
    AttachmentView,
    CommandView,
    IncidentSummary,
    IncidentView,
    ReportView,
    UndoView,
)
from streams.store.attachments import Named
from workflows.disclosure import masked_body, masked_reporter, masked_words
from workflows.incident import Incident
from workflows.judgement.case import case_of
from workflows.judgement.grading import grade
from workflows.rulebook import Rulebook
from workflows.two_person import choices_for_two

_FROM_STATE = (
    "place",
    "occurred_at",
    "facts",
    "approximate",
    "origins",
    "sensitive",
    "contradictions",
    "confidence_ratio",
    "trust",
    "is_doubtful",
    "acknowledged_by",
    "absorbed",
    "split_from",
    "steps",
    "deadlines",
    "warning",
)
_FROM_GRADE = ("fired", "next_lines", "questions", "expert_questions")
_WORDS = ("title", "text", "place")
_FROM_REPORT = tuple(name for name in Report.model_fields if name in ReportView.model_fields)


def incident_view(
    summary: IncidentSummary,
    state: Incident,
    rules: Rulebook,
    open_now: Container[IncidentId],
    undo: UndoView | None,
) -> IncidentView:
    """One incident with everything that an officer decides by; why it has its level is found again as it stands.

    `open_now` are the open ones among its suggestions. Of two that have not both stayed open a merge is refused, so
    none is suggested any more; the log keeps what was.
    """
    suggested = [one for one in state.suggestions if state.is_open and one.incident_id in open_now]
    held = {name: getattr(state, name) for name in _FROM_STATE}
    found = grade(case_of(state), rules)
    shown = IncidentView.model_validate(
        held
        | {name: getattr(found, name) for name in _FROM_GRADE}
        | {"summary": summary, "waiting_tasks": state.unreleased, "suggestions": tuple(suggested)}
        | {"needs_second": choices_for_two(state, rules), "undo": undo}
    )
    return IncidentView.model_validate_json(orjson.dumps(masked_body(shown.model_dump(mode="json"))))


def command_view(row: Found, signed_by: Person | None, named: Iterable[Named] = ()) -> CommandView:
    """One command as sent, and how far its unit is; who signed stands in the incident's state."""
    return CommandView(
        command=Command.model_validate_json(row.body),
        tier=row.tier,
        status=row.status,
        deliveries=row.deliveries,
        acknowledged_by=signed_by,
        acknowledged_at=row.acknowledged_at,
        done_at=row.done_at,
        attachments=tuple(_attachment_view(one.attachment, is_kept=one.is_kept) for one in named),
    )


def report_view(row: Found, kept: Container[str]) -> ReportView:
    """One report, masked, less its contact and what the contract does not know; `kept` are digests of what is here."""
    report = Report.model_validate_json(row.body)
    shown = {name: _known_only(getattr(report, name)) for name in _FROM_REPORT}
    shown |= {name: masked_words(report, getattr(report, name)) for name in _WORDS}
    beside = {
        "reporter_id": report.reporter_id and masked_reporter(report.reporter_id),
        "has_contact": report.contact is not None,
        "low_trust": row.low_trust and LowTrust.model_validate_json(row.low_trust),
        "unknown_fields": report.unknown_fields,
        "resolved_place": Place.model_validate_json(row.place),
        "received_at": row.received_at,
        "recorded_at": row.recorded_at,
        "attachments": tuple(_attachment_view(one, is_kept=one.digest in kept) for one in report.attachments),
    }
    return ReportView.model_validate(shown | beside)


def _attachment_view(named: Attachment, *, is_kept: bool) -> AttachmentView:
    return AttachmentView(digest=named.digest, media_type=named.media_type, name=named.name, is_kept=is_kept)


def _known_only(value: object) -> object:
    if isinstance(value, Part):
        return {name: _known_only(getattr(value, name)) for name in type(value).model_fields}
    return tuple(map(_known_only, value)) if isinstance(value, tuple) else value
