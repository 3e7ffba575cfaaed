"""Offer: a body that was read and found valid, with its identity and its place on Kafka.

Bodies go through the same validator as Kafka's values, and on to Kafka byte for byte: what the contract does not know
is kept. Never in here: the database, so that what is wrong with a body is said without it.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import orjson

from models.areas import area_tree
from models.identifiers import MessageId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.report import Report
from models.topics import Topic
from streams.gateway.problems import Problem, ProblemCode, of_unreadable
from streams.gateway.services import Services
from streams.processing import codec
from streams.processing.placing import place_of
from workflows.judgement.account import Account, hear
from workflows.judgement.case import case_of_account
from workflows.judgement.grading import level_of
from workflows.rulebook import Rulebook

M = TypeVar("M", Report, Decision, Feedback)


@dataclass(frozen=True, slots=True)
class Offer:
    """A valid message that asks to be let in: who it is, and its topic, key and value on Kafka."""

    id_field: str
    message_id: MessageId
    digest: str
    topic: Topic
    key: str
    value: bytes


def read_report(body: bytes, services: Services) -> tuple[Report, Offer]:
    """The report in a body. Raises Problem (4xx) that names the field."""
    report, digest = _read(Report, body, services)
    place = place_of(report, area_tree())
    if place is None:
        raise _unknown_area(report.area_code)
    topic = lane_of(hear(report, place), services.rules())
    return report, Offer("report_id", report.message_id, digest, topic, report.area_code, body)


def read_decision(body: bytes, incident_id: str, services: Services) -> tuple[Decision, Offer]:
    """The decision in a body that was sent to this incident. Raises Problem (4xx) that names the field."""
    value = _filled(body, "incident_id", incident_id)
    decision, digest = _read(Decision, value, services)
    _refuse_other("incident_id", decision.incident_id, incident_id)
    _refuse_unknown_area(decision.area_code)
    return decision, Offer(
        "decision_id", decision.message_id, digest, Topic.DECISIONS, decision.incident_id, value
    )


def read_feedback(body: bytes, command_id: str, services: Services) -> tuple[Feedback, Offer]:
    """The feedback in a body that was sent to this command. Raises Problem (4xx) that names the field."""
    value = _filled(body, "command_id", command_id)
    feedback, digest = _read(Feedback, value, services)
    _refuse_other("command_id", feedback.command_id, command_id)
    return feedback, Offer(
        "feedback_id", feedback.message_id, digest, Topic.DISPOSAL_FEEDBACK, feedback.incident_id, value
    )


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


def _filled(body: bytes, name: str, value: str) -> bytes:
    """The body, with the id of the path where it says none. The rest stays as it was sent, repeated keys too."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body  # the codec says what is wrong with it
    if not isinstance(parsed, dict) or name in parsed:
        return body
    inside = body.strip()[1:]
    return b'{"%b":%b%b%b' % (name.encode(), orjson.dumps(value), b"," if parsed else b"", inside)


def _refuse_other(field: str, given: str, asked: str) -> None:
    if given != asked:
        detail = f"the path says {asked!r}; leave the field out or say the same"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail, field=field)


def _refuse_unknown_area(code: str) -> None:
    # Retired codes are in the tree and pass: the engine maps them to their successor and keeps both.
    if code not in area_tree():
        raise _unknown_area(code)


def _unknown_area(code: str) -> Problem:
    detail = f"no area ever had the code {code}"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.UNKNOWN_AREA, detail, field="area_code")
