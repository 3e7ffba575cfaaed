"""Which messages the contract has, on which topics they travel, and one example of each.

An example is JSON as it stands on the topic; a test reads each of them with its model and with its schema. Never in
here: a field or a limit, those are the models'.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from models.messages.command import Command
from models.messages.dead_letter import DeadLetter
from models.messages.decision import Decision
from models.messages.event import Event
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.heat_ranking import HeatRanking
from models.messages.public_warning import PublicWarning
from models.messages.rating import Rating
from models.messages.receipt import Receipt
from models.messages.report import Report
from models.topics import STAGE_OF_HAND_OVER, Topic

Json = Mapping[str, object]

_INCIDENT = "3b0d9c1e-54a7-5c1e-8f0e-0d2a7b0c9a11"
_COMMAND = "9d7f20aa-6c1b-5b7e-a1c2-5f1f0e6f2b10"
_CAUSE = "0e2c7f31-8f43-5d62-b7a5-4a7e61f0c3d2"
_DIGEST = "sha256:" + "5e" * 32


@dataclass(frozen=True, slots=True)
class Documented:
    """One message of the contract: its model, its topics with their key, and an example."""

    shape: type[BaseModel]
    topics: tuple[Topic, ...]
    key: str
    example: Json

    @property
    def name(self) -> str:
        """What it is called everywhere: the model's name."""
        return self.shape.__name__


# What carries the headers of `streams.access.signing`.
SIGNED: tuple[type[BaseModel], ...] = (Decision, Feedback)

MESSAGES: tuple[Documented, ...] = (
    Documented(
        Report,
        (Topic.REPORTS, Topic.REPORTS_URGENT),
        "area_code",
        {
            "schema_version": 1,
            "report_id": "r-20261122-0001",
            "source_id": "grid-nanan",
            "channel": "grid",
            "reporter_id": "grid-worker-17",
            "kind": "initial",
            "number": 1,
            "category": "accident.fire",
            "title": "涂山镇居民楼起火",
            "text": "三楼厨房起火，有浓烟，一人受伤。",
            "area_code": "500108102",
            "place": "涂山镇涂山路5号",
            "position": {"lon": 106.586, "lat": 29.553, "crs": "CGCS2000"},
            "known_at": "2026-11-22T08:01:00+08:00",
            "reported_at": "2026-11-22T08:03:00+08:00",
            "facts": {"injured": 1},
            "approximate": ["injured"],
        },
    ),
    Documented(
        Receipt,
        (Topic.REPORT_RECEIPTS,),
        "source_id",
        {
            "schema_version": 1,
            "report_id": "r-20261122-0001",
            "source_id": "grid-nanan",
            "outcome": "accepted",
            "incident_id": _INCIDENT,
            "missing": ["occurred_at", "deaths"],
            "recorded_at": "2026-11-22T00:03:01Z",
        },
    ),
    Documented(
        Decision,
        (Topic.DECISIONS,),
        "incident_id",
        {
            "schema_version": 1,
            "decision_id": "d-1",
            "incident_id": _INCIDENT,
            "action": "verify",
            "officer": {"id": "duty-500108", "name": "李明", "role": "duty_officer"},
            "area_code": "500108",
            "decided_at": "2026-11-22T08:05:00+08:00",
            "expected_seq": 14,
            "reason": "现场视频已核实",
            "verdict": "true",
        },
    ),
    Documented(
        Feedback,
        (Topic.DISPOSAL_FEEDBACK,),
        "incident_id",
        {
            "schema_version": 1,
            "feedback_id": "f-1",
            "command_id": _COMMAND,
            "incident_id": _INCIDENT,
            "unit_code": "500108:fire",
            "kind": "acknowledged",
            "person": {"name": "王强"},
            "occurred_at": "2026-11-22T08:06:00+08:00",
        },
    ),
    Documented(
        Command,
        (Topic.DISPOSAL_COMMANDS,),
        "unit_code",
        {
            "schema_version": 1,
            "command_id": _COMMAND,
            "incident_id": _INCIDENT,
            "kind": "order",
            "unit_code": "500108:fire",
            "role": "lead",
            "task_id": "fire-turn-out",
            "text_zh": "立即出动，控制火势，搜救人员。",
            "text_en": "Turn out at once, contain the fire, search for people.",
            "level": "IV",
            "category": "accident.fire",
            "area_code": "500108102",
            "place": "涂山镇涂山路5号",
            "verified": False,
            "attempt": 1,
            "released_by": "rule",
            "issued_at": "2026-11-22T00:03:02Z",
            "acknowledge_by": "2026-11-22T00:04:02Z",
            "complete_by": "2026-11-22T02:03:02Z",
            "exercise": False,
            "rulebook": _DIGEST,
        },
    ),
    Documented(
        PublicWarning,
        (Topic.PUBLIC_WARNINGS,),
        "area_code",
        {
            "schema_version": 1,
            "warning_id": "50010800010017_20261122080302_0",
            "incident_id": _INCIDENT,
            "message_type": "alert",
            "status": "actual",
            "colour": "orange",
            "category": "nature.flood",
            "headline_zh": "重庆市南岸区涂山镇洪涝灾害橙色预警（重大）",
            "description_zh": "涂山镇发生洪涝，级别II级。",
            "instruction_zh": "请远离河道，听从现场人员指挥。",
            "area_codes": ["500108102"],
            "effective": "2026-11-22T00:03:02Z",
            "expires": "2026-11-22T12:03:02Z",
            "sender_code": "50010800010017",
        },
    ),
    Documented(
        Rating,
        (Topic.RATINGS,),
        "subject_code",
        {
            "schema_version": 1,
            "subject_code": "500108",
            "subject_kind": "area",
            "tier": "district",
            "window_start": "2026-10-23T00:00:00Z",
            "window_end": "2026-11-22T00:00:00Z",
            "colour": "blue",
            "score": 86.5,
            "few_data": False,
            "sample": 40,
            "components": [
                {
                    "id": "acknowledgement",
                    "ratio": 0.9,
                    "weight": 2,
                    "numerator": 36,
                    "denominator": 40,
                    "incident_ids": [_INCIDENT],
                    "omitted": 3,
                }
            ],
            "rulebook": _DIGEST,
            "as_of": "2026-11-22T00:00:00Z",
        },
    ),
    Documented(
        HeatRanking,
        (Topic.HEAT_RANKINGS,),
        "scope_code",
        {
            "schema_version": 1,
            "scope_code": "500108",
            "epoch": 1,
            "half_life_seconds": 7200,
            "as_of": "2026-11-22T00:05:00Z",
            "entries": [
                {
                    "rank": 1,
                    "incident_id": _INCIDENT,
                    "title": "涂山镇居民楼起火",
                    "category": "accident.fire",
                    "level": "IV",
                    "area_code": "500108102",
                    "score": 151230.25,
                    "heat": 1.7,
                    "reports": 2,
                    "sources": 2,
                }
            ],
        },
    ),
    Documented(
        Event,
        (Topic.INCIDENT_EVENTS,),
        "incident_id",
        {
            "schema_version": 1,
            "event_id": "7a1d7a52-0a54-5a0e-8b0a-2f43d0b8f0c1",
            "incident_id": _INCIDENT,
            "seq": 15,
            "type": "verdict_reached",
            "recorded_at": "2026-11-22T00:05:00.120000Z",
            "cause_id": _CAUSE,
            "actor": {"kind": "officer", "id": "duty-500108"},
            "rulebook": _DIGEST,
            "data": {"verdict": "true", "reason": "现场视频已核实"},
        },
    ),
    Documented(
        DeadLetter,
        (Topic.DEAD_LETTERS,),
        "the original's key",
        {
            "schema_version": 1,
            "topic": "reports",
            "partition": 2,
            "offset": 1041,
            "key": "500108102",
            "value_base64": "eyJyZXBvcnRfaWQiOiAxfQ==",
            "reason": "invalid",
            "field": "report_id",
            "detail": "Input should be a valid string (and 5 more)",
            "recorded_at": "2026-11-22T00:05:00Z",
        },
    ),
    Documented(
        HandOver,
        tuple(STAGE_OF_HAND_OVER),
        "incident_id",
        {
            "schema_version": 1,
            "message_id": _CAUSE,
            "incident_id": _INCIDENT,
            "type": "entered",
            "cause_id": "2f6d7a52-0a54-5a0e-8b0a-2f43d0b8f0c2",
        },
    ),
)
