"""What is no message is refused with its reason and its field; what is one has a digest of its content."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.topics import ENGINE_READ
from models.vocabulary import DeadLetterReason as Reason
from streams.processing.codec import SHAPE_OF_TOPIC, Readable, Unreadable, read
from tests.corpus.rows import Row, rows

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT: dict[str, Any] = {
    "report_id": "r-1",
    "source_id": "grid-500108",
    "channel": "grid",
    "kind": "initial",
    "title": "燃气泄漏",
    "area_code": "500108001",
    "reported_at": "2026-11-22T19:30:00+08:00",
    "facts": {"injured": 3},
}
OFFICER = {"id": "o-1", "name": "李四"}


def bytes_of(**changes: object) -> bytes:
    return json.dumps({**REPORT, **changes}, ensure_ascii=False).encode()


def read_report(value: bytes | None) -> Readable | Unreadable:
    return read(Report, value, NOW)


def digest(value: bytes) -> str:
    found = read_report(value)
    assert isinstance(found, Readable), found
    return found.digest


def test_a_valid_report_is_read() -> None:
    """The message carries what the bytes say, with times in UTC."""
    found = read_report(bytes_of())
    assert isinstance(found, Readable)
    assert isinstance(found.message, Report)
    assert found.message.reported_at == datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
    assert found.message.facts.injured == 3


def test_every_topic_that_the_engine_reads_has_a_shape() -> None:
    """No topic can be read without a validator, and none is listed that nobody reads."""
    assert SHAPE_OF_TOPIC.keys() == ENGINE_READ


@pytest.mark.parametrize("row", rows(NOW), ids=lambda row: row.name)
def test_the_corpus_is_read_as_it_says(row: Row) -> None:
    """Each row is refused with its reason and its field, or read; whether its area exists is for others to say."""
    found = read_report(row.value)
    if row.reason in (None, Reason.UNKNOWN_AREA):
        assert isinstance(found, Readable), found
        assert found.message.unknown_fields == row.unknown_fields
    else:
        assert isinstance(found, Unreadable), found
        assert (found.reason, found.field) == (row.reason, row.field)
        assert found.detail


def test_a_tombstone_is_refused() -> None:
    """A record without a value is no message."""
    found = read_report(None)
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (bytes_of().replace(b"{", b'{"urgent": true, "urgent": false,', 1), "urgent"),
        (bytes_of().replace(b'"injured": 3', b'"injured": 3, "injured": 0'), "facts.injured"),
        (bytes_of().replace(b"{", b'{"x" : [{"a":1, "a":2}],', 1), "x.0.a"),
        (bytes_of().replace(b"{", b'{"note":"10\\u003a30","urgent":true,"urgent":false,', 1), "urgent"),
        (bytes_of().replace(b"{", b'{"urgen\\u0074":true,"urgent":false,', 1), "urgent"),
    ],
)
def test_a_repeated_key_is_refused(value: bytes, field: str) -> None:
    """Two values under one name are refused, however the name or a colon elsewhere is spelled."""
    assert read_report(value) == Unreadable(Reason.INVALID, field, "the field stands there more than once")


@pytest.mark.parametrize(
    "text", ["10:30", 'says "a":1', "{[{[", "\\u0000", "1" * 40, "line\nline\ttab", "\x7f", "🔥"]
)
def test_a_harmless_suspicion_is_cleared(text: str) -> None:
    """Colons, brackets, digits and a written-out backslash in a text are only text."""
    found = read_report(bytes_of(text=text, extra=text))
    assert isinstance(found, Readable)
    assert isinstance(found.message, Report)
    assert (found.message.text, found.message.unknown_fields) == (text, ("extra",))


def test_the_edge_of_the_window_is_inside() -> None:
    """A day ahead to the second is still believed: clocks differ, and so do days."""
    assert isinstance(read_report(bytes_of(reported_at="2026-11-23T12:00:00Z")), Readable)
    assert isinstance(read_report(bytes_of(reported_at="2026-11-23T12:00:01Z")), Unreadable)


@pytest.mark.parametrize(
    "other",
    [
        json.dumps(REPORT, indent=4, ensure_ascii=True).encode(),
        json.dumps(dict(reversed(REPORT.items()))).encode(),
        bytes_of(reported_at="2026-11-22T11:30:00.000Z"),
        bytes_of(urgent=False, nature="emergency", schema_version=1, text=None),
        bytes_of(facts={"injured": 3, "deaths": None}),
    ],
)
def test_the_same_content_has_the_same_digest(other: bytes) -> None:
    """Spacing, order, zone and stated defaults are spelling: the report is a duplicate, not a conflict."""
    assert digest(other) == digest(bytes_of())


@pytest.mark.parametrize(
    "other",
    [bytes_of(title="火灾"), bytes_of(urgent=True), bytes_of(facts={"injured": 0}), bytes_of(extra="new")],
)
def test_other_content_has_another_digest(other: bytes) -> None:
    """Any difference in meaning shows, a stated zero and an unknown field too."""
    assert digest(other) != digest(bytes_of())


@pytest.mark.parametrize(
    ("shape", "message", "field"),
    [
        (
            Decision,
            {
                "decision_id": "d-1",
                "incident_id": "i-1",
                "action": "close",
                "officer": OFFICER,
                "area_code": "500108",
                "decided_at": "2026-11-22T12:00:00Z",
            },
            "reason",
        ),
        (
            Feedback,
            {
                "feedback_id": "f-1",
                "command_id": "c-1",
                "incident_id": "i-1",
                "unit_code": "500108:fire",
                "kind": "acknowledged",
                "occurred_at": "2026-11-22T12:00:00Z",
            },
            "person",
        ),
        (
            HandOver,
            {"message_id": "m-1", "incident_id": "i-1", "type": "deadline_passed", "cause_id": "m-0"},
            "deadline_id",
        ),
    ],
)
def test_a_rule_over_fields_names_the_missing_one(
    shape: type[Inbound], message: dict[str, object], field: str
) -> None:
    """Decision, feedback and hand-over are held to their own rules, and the answer names what is missing."""
    found = read(shape, json.dumps(message).encode(), NOW)
    assert isinstance(found, Unreadable)
    assert (found.reason, found.field) == (Reason.INVALID, field)


def test_every_wrong_field_is_named() -> None:
    """The first with what is wrong about it, the others by name, so that one answer mends them all."""
    found = read_report(bytes_of(channel="pigeon", reported_at="soon", facts={"injured": -3}))
    assert isinstance(found, Unreadable)
    assert found.field == "channel"
    assert found.detail.endswith("; wrong too: reported_at, facts.injured")


def test_what_a_report_says_is_not_in_the_refusal() -> None:
    """The detail goes to logs and answers: a phone number that is refused does not travel with it."""
    found = read_report(bytes_of(contact={"phone": "call me at 13800000000"}))
    assert isinstance(found, Unreadable)
    assert found.field == "contact.phone"
    assert "138" not in found.detail
