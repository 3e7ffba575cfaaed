"""Heartbeat: a report that nobody made, sent round the whole loop to see that it turns (decision 0022).

It takes the very way of a report: the outbox, its topic, the agents of all five stages with a transaction each, and at
the end a receipt. What it never meets are the rules: no incident comes of it, so that no officer, unit, ranking or
rating can see one. It is known by a header and by a source of its own; whoever sends such a report from outside over
HTTP has no such header, and it is a report like any other.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

from models.areas import area_tree
from models.identifiers import AreaCode, IncidentId, MessageId, ReportId, SourceId, derive
from models.messages.hand_over import HandOver
from models.messages.receipt import Receipt
from models.messages.report import Report
from models.topics import HAND_OVER_TOPIC, Topic
from models.vocabulary import Channel, HandOverType, ReceiptOutcome, ReportKind, Stage, Tier
from streams.broker.publishing import Publication
from streams.metric_labels import Hop
from streams.processing.arrivals import Decoded, Heartbeat
from streams.store.publications import HEADERS, Outgoing
from workflows.answer import Refusal, RefusalCode

SOURCE = SourceId("fenghuo-heartbeat")
HEADER = "heartbeat"
NOT_A_REPORT = Refusal(RefusalCode.NOTHING_TO_DO, "a heartbeat: nobody has reported anything")
_INCIDENT = IncidentId(derive("heartbeat"))


class _Leg(NamedTuple):
    hop: Hop
    then: Stage | None


_LEGS: Mapping[Topic, _Leg] = MappingProxyType(
    {
        Topic.REPORTS: _Leg(Hop.FUSED, Stage.VERIFICATION),
        Topic.STAGE_VERIFICATION: _Leg(Hop.VERIFIED, Stage.ASSESSMENT),
        Topic.STAGE_ASSESSMENT: _Leg(Hop.GRADED, Stage.DISPOSAL),
        Topic.STAGE_DISPOSAL: _Leg(Hop.COMMANDED, Stage.FOLLOW_UP),
        Topic.STAGE_FOLLOW_UP: _Leg(Hop.PUBLISHED, None),
    }
)


def first(now: datetime, wall: datetime) -> Outgoing:
    """A heartbeat's report. `now` is the program's time, `wall` real time, from which its hops are measured."""
    since = wall.timestamp()
    report = Report(
        schema_version=1,
        report_id=ReportId(f"{since:.6f}"),
        source_id=SOURCE,
        channel=Channel.OTHER,
        kind=ReportKind.INITIAL,
        exercise=True,
        text="【演练】系统心跳：无人上报，无需处置",
        area_code=_city(),
        reported_at=now,
    )
    value = report.model_dump_json(exclude_none=True).encode()
    # Another key each time: in the long run every partition, and so every worker, is passed through.
    publication = Publication(Topic.REPORTS, report.report_id.encode(), value, _headers(since))
    return Outgoing(publication, message_id=report.message_id)


def heartbeat_in(decoded: Decoded) -> Heartbeat | None:
    """What this message is as a heartbeat; None for everything else."""
    since = _since(dict(decoded.record.headers).get(HEADER))
    leg = _LEGS.get(decoded.record.topic)
    if since is None or leg is None:
        return None
    message = decoded.message
    is_one = (
        message.source_id == SOURCE and message.exercise
        if isinstance(message, Report)
        else isinstance(message, HandOver) and message.incident_id == _INCIDENT
    )
    return Heartbeat(leg.hop, since) if is_one else None


def passed_on(decoded: Decoded, heartbeat: Heartbeat, now: datetime) -> Outgoing:
    """What follows from this hop: the next stage is called, and at the end its sender is told."""
    then = _LEGS[decoded.record.topic].then
    if then is None:
        return _receipt(heartbeat, now)
    call = HandOver(
        schema_version=1,
        message_id=MessageId(derive("heartbeat", decoded.message_id, then)),
        incident_id=_INCIDENT,
        type=HandOverType.NOTIFIED,
        cause_id=decoded.message_id,
    )
    body = call.model_dump_json(exclude_none=True).encode()
    publication = Publication(
        HAND_OVER_TOPIC[then], call.message_id.encode(), body, _headers(heartbeat.since)
    )
    return Outgoing(publication, message_id=call.message_id)


def _receipt(heartbeat: Heartbeat, now: datetime) -> Outgoing:
    receipt = Receipt(
        report_id=ReportId(f"{heartbeat.since:.6f}"),
        source_id=SOURCE,
        outcome=ReceiptOutcome.REFUSED,
        reason=NOT_A_REPORT.detail,
        recorded_at=now,
    )
    key = SOURCE.encode()
    return Outgoing(Publication(Topic.REPORT_RECEIPTS, key, receipt.model_dump_json().encode(), HEADERS))


def _headers(since: float) -> tuple[tuple[str, bytes], ...]:
    return (*HEADERS, (HEADER, b"%.6f" % since))


def _since(header: bytes | None) -> float | None:
    try:
        since = float(header or b"")
    except ValueError:
        return None
    return since if isfinite(since) else None


def _city() -> AreaCode:
    tree = area_tree()
    return next(area.code for area in tree if tree.tier_of(area.code) is Tier.CITY)
