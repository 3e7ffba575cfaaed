"""Offer: a body that was read and found valid, with its identity and its place on Kafka.

Bodies go through the same validator as Kafka's values, and on to Kafka byte for byte: what the contract does not know
is kept. Never in here: the database, so that what is wrong with a body is said without it.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from models.access import Someone
from models.areas import area_tree
from models.identifiers import MessageId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.report import Report
from models.topics import Topic
from models.units import UnknownUnit, parse_unit
from streams.access.signing import Speaker, speakers_of
from streams.gateway.filling import with_field, with_inner_field
from streams.gateway.problems import Problem, ProblemCode, of_unreadable
from streams.gateway.services import Services
from streams.processing import codec
from streams.processing.placing import place_of
from streams.store.publications import HEADERS, Headers
from streams.tracing import TraceContext
from workflows.judgement.account import Account, hear
from workflows.judgement.case import case_of_account
from workflows.judgement.grading import level_of
from workflows.permission import act_of, least_role
from workflows.rulebook import Rulebook

M = TypeVar("M", Report, Decision, Feedback)


@dataclass(frozen=True, slots=True)
class Offer:
    """A valid message that asks to be let in: who it is, its topic, key and value on Kafka, and who speaks in it."""

    id_field: str
    message_id: MessageId
    digest: str
    topic: Topic
    key: str
    value: bytes
    speakers: tuple[Speaker, ...] = ()
    headers: Headers = HEADERS
    trace: TraceContext | None = None


def read_report(body: bytes, services: Services) -> tuple[Report, Offer]:
    """The report in a body. Raises Problem (4xx) that names the field."""
    report, digest = _read(Report, body, services)
    place = place_of(report, area_tree())
    if place is None:
        raise _unknown_area(report.area_code)
    topic = lane_of(hear(report, place), services.rules())
    return report, Offer("report_id", report.message_id, digest, topic, report.area_code, body)


def read_decision(
    body: bytes, incident_id: str, services: Services, someone: Someone | None = None
) -> tuple[Decision, Offer]:
    """The decision in a body that was sent to this incident. Raises Problem (4xx) that names the field.

    An officer's role that is left out is that of `someone`, and without one the least that is meant for the action.
    """
    value = with_field(body, "incident_id", incident_id)
    decision, digest = _read(Decision, value, services)
    if decision.officer.role is None and "role" not in decision.officer.model_fields_set:
        role = least_role(act_of(decision.action)) if someone is None else someone.role
        value = with_inner_field(value, "officer", "role", role.value)
        decision, digest = _read(Decision, value, services)
    if decision.officer.role is None:
        detail = "say in whose role it is decided, or leave the field out"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail, field="officer.role")
    _refuse_other("incident_id", decision.incident_id, incident_id)
    _refuse_unknown_area(decision.area_code)
    topic, key, speakers = Topic.DECISIONS, decision.incident_id, speakers_of(decision)
    return decision, Offer("decision_id", decision.message_id, digest, topic, key, value, speakers)


def read_feedback(body: bytes, command_id: str, services: Services) -> tuple[Feedback, Offer]:
    """The feedback in a body that was sent to this command. Raises Problem (4xx) that names the field."""
    value = with_field(body, "command_id", command_id)
    feedback, digest = _read(Feedback, value, services)
    _refuse_other("command_id", feedback.command_id, command_id)
    _refuse_unknown_unit(feedback.unit_code)
    topic, key, speakers = Topic.DISPOSAL_FEEDBACK, feedback.incident_id, speakers_of(feedback)
    return feedback, Offer("feedback_id", feedback.message_id, digest, topic, key, value, speakers)


def lane_of(account: Account, rules: Rulebook) -> Topic:
    """Emergency calls, danger to life and what is graded as severe by its own facts pass a flood of the rest."""
    is_urgent = (
        account.report.channel.is_emergency_call
        or account.report.urgent
        or level_of(case_of_account(account), rules) in rules.severe_levels
    )
    return Topic.REPORTS_URGENT if is_urgent else Topic.REPORTS


def _read(shape: type[M], value: bytes, services: Services) -> tuple[M, str]:
    read = codec.read(shape, value, services.clock.now(), services.max_body_bytes)
    if isinstance(read, codec.Unreadable):
        raise of_unreadable(read)
    if not isinstance(read.message, shape):
        raise TypeError(f"the codec was asked for {shape.__name__} and read {type(read.message).__name__}")
    return read.message, read.digest


def _refuse_other(field: str, given: str, asked: str) -> None:
    if given != asked:
        detail = f"the path says {asked!r}; leave the field out or say the same"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail, field=field)


def _refuse_unknown_unit(code: str) -> None:
    try:
        parse_unit(code)
    except UnknownUnit as unknown:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, str(unknown), field="unit_code"
        ) from None


def _refuse_unknown_area(code: str) -> None:
    # Retired codes are in the tree and pass: the engine maps them to their successor and keeps both.
    if code not in area_tree():
        raise _unknown_area(code)


def _unknown_area(code: str) -> Problem:
    detail = f"no area ever had the code {code}"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.UNKNOWN_AREA, detail, field="area_code")
