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
from streams.processing.codec import MAX_MESSAGE_BYTES, SHAPE_OF_TOPIC, Readable, Unreadable, read

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


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (None, Reason.UNREADABLE, None),
        (b"", Reason.UNREADABLE, None),
        (b"\x00", Reason.UNREADABLE, None),
        (b"garbage", Reason.UNREADABLE, None),
        (b"[]", Reason.UNREADABLE, None),
        (b'"report"', Reason.UNREADABLE, None),
        (b"null", Reason.UNREADABLE, None),
        (b"7", Reason.UNREADABLE, None),
        (b"\xef\xbb\xbf" + bytes_of(), Reason.UNREADABLE, None),
        (bytes_of().decode().encode("utf-16"), Reason.UNREADABLE, None),
        (bytes_of().replace("燃".encode(), b"\xff"), Reason.UNREADABLE, None),
        (bytes_of(title="X").replace(b"X", b"\\ud800"), Reason.UNREADABLE, None),
        (bytes_of(extra="X").replace(b"X", b"\\ud800"), Reason.UNREADABLE, None),
        (bytes_of(title="X").replace(b"X", b"\x01"), Reason.UNREADABLE, None),
        (bytes_of(title="X").replace(b"X", b"\\u0001"), Reason.INVALID, "title"),
        (bytes_of(title="a\0b"), Reason.INVALID, "title"),
        (bytes_of(extra={"deep": ["a", "b\0"]}), Reason.INVALID, "extra.deep.1"),
        (bytes_of(extra={"a\0": 1}), Reason.INVALID, "extra"),
        (bytes_of(facts={"deaths": float("nan")}), Reason.UNREADABLE, None),
        (bytes_of(facts={"magnitude": float("inf")}), Reason.UNREADABLE, None),
        (bytes_of(extra="X").replace(b'"X"', b"1e999"), Reason.UNREADABLE, None),
        (bytes_of(extra="X").replace(b'"X"', b"9" * 5_000), Reason.UNREADABLE, None),
        (bytes_of(extra=2**63), Reason.INVALID, "extra"),
        (bytes_of(extra=[-(2**63) - 1]), Reason.INVALID, "extra.0"),
        (bytes_of(facts={"deaths": 2**63}), Reason.INVALID, "facts.deaths"),
        (bytes_of(facts={"deaths": -1}), Reason.INVALID, "facts.deaths"),
        (bytes_of(facts={"deaths": "1"}), Reason.INVALID, "facts.deaths"),
        (bytes_of(facts={"deaths": 1.5}), Reason.INVALID, "facts.deaths"),
        (bytes_of(facts={"deaths": True}), Reason.INVALID, "facts.deaths"),
        (b"[" * 100_000 + b"]" * 100_000, Reason.UNREADABLE, None),
        (b'{"a":' * 500 + b"1" + b"}" * 500, Reason.UNREADABLE, None),
        (bytes_of(extra=json.loads("[" * 20 + "]" * 20)), Reason.UNREADABLE, None),
        (bytes_of(text="字" * MAX_MESSAGE_BYTES), Reason.OVERSIZED, None),
        (bytes_of(text="字" * 20_001), Reason.INVALID, "text"),
        (bytes_of(schema_version=2), Reason.UNSUPPORTED_VERSION, "schema_version"),
        (bytes_of(schema_version=2, channel="pigeon"), Reason.UNSUPPORTED_VERSION, "schema_version"),
        (bytes_of(schema_version=0), Reason.INVALID, "schema_version"),
        (bytes_of(schema_version="2"), Reason.INVALID, "schema_version"),
        (bytes_of(schema_version=True), Reason.INVALID, "schema_version"),
        (bytes_of(channel="pigeon"), Reason.INVALID, "channel"),
        (bytes_of(area_code="５００１０８"), Reason.INVALID, "area_code"),
        (bytes_of(area_code="5001080"), Reason.INVALID, "area_code"),
        (bytes_of(report_id="r 1"), Reason.INVALID, "report_id"),
        (bytes_of(report_id="r-1\n"), Reason.INVALID, "report_id"),
        (bytes_of(title=None), Reason.INVALID, "category"),
        (bytes_of(kind="follow_up"), Reason.INVALID, "refers_to"),
        (bytes_of(position={"lon": 200, "lat": 29, "crs": "WGS84"}), Reason.INVALID, "position.lon"),
        (bytes_of(attachments=[{"digest": "x"}]), Reason.INVALID, "attachments.0.digest"),
        (bytes_of(reported_at="2026-11-22T12:00:00"), Reason.INVALID, "reported_at"),
        (bytes_of(reported_at=1_800_000_000), Reason.INVALID, "reported_at"),
        (bytes_of(reported_at="0001-01-01T00:00:00+10:00"), Reason.OUT_OF_WINDOW, "reported_at"),
        (bytes_of(reported_at="9999-12-31T23:59:59-10:00"), Reason.OUT_OF_WINDOW, "reported_at"),
        (bytes_of(reported_at="2026-11-23T12:00:01Z"), Reason.OUT_OF_WINDOW, "reported_at"),
        (bytes_of(occurred_at="2027-01-01T00:00:00Z"), Reason.OUT_OF_WINDOW, "occurred_at"),
        (bytes_of(known_at="2027-01-01T00:00:00Z"), Reason.OUT_OF_WINDOW, "known_at"),
    ],
)
def test_what_is_no_report_is_refused(value: bytes | None, reason: Reason, field: str | None) -> None:
    """Each kind of bad input has its reason, and its field where one is to blame."""
    found = read_report(value)
    assert isinstance(found, Unreadable), found
    assert (found.reason, found.field) == (reason, field)
    assert found.detail


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


def test_what_a_report_says_is_not_in_the_refusal() -> None:
    """The detail goes to logs and answers: a phone number that is refused does not travel with it."""
    found = read_report(bytes_of(contact={"phone": "call me at 13800000000"}))
    assert isinstance(found, Unreadable)
    assert found.field == "contact.phone"
    assert "138" not in found.detail
