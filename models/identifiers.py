"""Names of things, and the one way of making new ones: by derivation, so that doing it again gives the same id.

Nothing random and no sequence may enter: a retried message, a second worker and a replay must all arrive at the same
bytes.
"""

from hashlib import sha1
from typing import NewType
from uuid import UUID

IncidentId = NewType("IncidentId", str)
ReportId = NewType("ReportId", str)
SourceId = NewType("SourceId", str)
DecisionId = NewType("DecisionId", str)
FeedbackId = NewType("FeedbackId", str)
CommandId = NewType("CommandId", str)
DeadlineId = NewType("DeadlineId", str)
EventId = NewType("EventId", str)
MessageId = NewType("MessageId", str)
WarningId = NewType("WarningId", str)
AreaCode = NewType("AreaCode", str)
UnitCode = NewType("UnitCode", str)

ID_PATTERN = r"^[A-Za-z0-9._:-]{1,64}$"
AREA_CODE_PATTERN = r"^(?:[0-9]{6}|[0-9]{9}|[0-9]{12})$"
UNIT_CODE_PATTERN = r"^(?:[0-9]{6}|[0-9]{9}):[a-z_]{1,40}$"

NAMESPACE = UUID("6d0f4c1e-5b0e-5c52-9d55-0f0a5f7b1c11")
_NAMESPACE = NAMESPACE.bytes
_SEPARATOR = "\x1f"  # cannot occur in an id, so that parts never run into one another


def derive(kind: str, *parts: str | int) -> str:
    """Name a thing by what it is and what it comes from (uuid5). The same parts give the same id for ever.

    Written out, because `uuid.uuid5` takes seven times as long and every event needs one; a test compares the two.
    """
    name = _SEPARATOR.join((kind, *map(str, parts))).encode()
    digest = bytearray(sha1(_NAMESPACE + name, usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50  # version 5
    digest[8] = digest[8] & 0x3F | 0x80  # variant of RFC 9562
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def incident_id_of(source_id: SourceId, report_id: ReportId) -> IncidentId:
    """The incident that this report opens, if it opens one."""
    return IncidentId(derive("incident", source_id, report_id))


def report_message_id(source_id: SourceId, report_id: ReportId) -> MessageId:
    """A report's identity is (source_id, report_id), whatever topic or offset carried it."""
    return MessageId(derive("report", source_id, report_id))


def decision_message_id(incident_id: IncidentId, decision_id: DecisionId) -> MessageId:
    """A decision's identity is (incident_id, decision_id)."""
    return MessageId(derive("decision", incident_id, decision_id))


def feedback_message_id(unit_code: UnitCode, feedback_id: FeedbackId) -> MessageId:
    """A feedback's identity is (unit_code, feedback_id)."""
    return MessageId(derive("feedback", unit_code, feedback_id))


def command_id_of(
    kind: str, incident_id: IncidentId, task_id: str, unit_code: UnitCode, attempt: int
) -> CommandId:
    """One id per kind, incident, task, unit and attempt (invariant I2)."""
    return CommandId(derive("command", kind, incident_id, task_id, unit_code, attempt))


def deadline_passed_id(deadline_id: DeadlineId) -> MessageId:
    """The one message that says this deadline passed, however many sweepers send it."""
    return MessageId(derive("passed", deadline_id))
