"""What became of a report, for whoever handed it in over HTTP and reads no Kafka: `GET /api/reports/{source}/{id}`.

A producer asks after its own sources, the installation after any. People see reports on the screen, where they are
masked and lie in their area: for them nothing is here.
"""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import bindparam, select

from models.access import Act
from models.identifiers import IncidentId, MessageId, ReportId, SourceId, report_message_id
from models.messages.fields import Moment
from models.tables import INCIDENTS
from models.topics import Topic
from models.vocabulary import Status
from streams.gateway.auditing import Refusal
from streams.gateway.callers import Caller, CallerOf
from streams.gateway.known import IdInPath
from streams.gateway.openapi import problems
from streams.gateway.outcomes import outcome_of
from streams.gateway.parameters import KnownParametersOnly
from streams.gateway.problems import not_found
from streams.gateway.services import ServicesOf
from streams.gateway.views import OutcomeView, View
from streams.store import incidents
from streams.store.database import Database

router = APIRouter(tags=["reports"], dependencies=[KnownParametersOnly])

_LANES = (Topic.REPORTS, Topic.REPORTS_URGENT)
_SAID: dict[str, Literal["pending", "accepted"]] = {"pending": "pending", "applied": "accepted"}
_STATUS = select(INCIDENTS.c.status).where(INCIDENTS.c.incident_id == bindparam("named"))


class ReportOutcomeView(View):
    """What became of a report: waiting for the engine, part of an incident, or refused and why."""

    message_id: MessageId
    source_id: SourceId
    report_id: ReportId
    outcome: Literal["pending", "accepted", "refused"]
    incident_id: IncidentId | None = Field(None, description="the incident that it is part of now")
    incident_status: Status | None = Field(None, description="how that stands now")
    reason: str | None = Field(None, description="why it was refused, as in the receipt")
    detail: str | None = None
    recorded_at: Moment | None = Field(None, description="when the engine handled it")


@router.get("/api/reports/{source_id}/{report_id}", responses=problems(400, 401, 404, 503))
async def get_report_outcome(
    source_id: IdInPath, report_id: IdInPath, caller: CallerOf, services: ServicesOf
) -> ReportOutcomeView:
    """What became of a report that was handed in, over HTTP or Kafka: `pending`, `accepted` or `refused`.

    What a receipt says besides (elements still to come, that the incident has ended) comes on `report-receipts`.
    """
    ids = SourceId(source_id), ReportId(report_id)
    message_id = report_message_id(*ids)
    outcome = await _outcome(message_id, services.database) if _may_ask(caller, source_id) else None
    if outcome is None:
        raise Refusal(not_found("report", report_id), caller, Act.REPORT, None, message_id)
    incident_id, status = await _incident_now(outcome.incident_id, services.database)
    return ReportOutcomeView(
        message_id=message_id,
        source_id=ids[0],
        report_id=ids[1],
        outcome=_SAID.get(outcome.outcome, "refused"),
        incident_id=incident_id,
        incident_status=status,
        reason=outcome.reason,
        detail=outcome.detail,
        recorded_at=outcome.recorded_at,
    )


def _may_ask(caller: Caller, source_id: str) -> bool:
    if caller.producer is not None:
        return source_id in caller.producer.source_ids
    return caller.is_installation


async def _outcome(message_id: MessageId, database: Database) -> OutcomeView | None:
    """On whichever lane it came: that of a flood was lowered on the way."""
    for lane in _LANES:
        if (found := await outcome_of(message_id, lane, database)) is not None:
            return found
    return None


async def _incident_now(
    incident_id: IncidentId | None, database: Database
) -> tuple[IncidentId | None, Status | None]:
    """Where it lives on, if it was merged, and how that stands; a report that waits is part of none yet."""
    if incident_id is None:
        return None, None
    async with database.read() as connection:
        ends = await incidents.follow_merges(connection, [incident_id])
        if incident_id not in ends:
            return None, None
        status = (await connection.execute(_STATUS, {"named": ends[incident_id]})).scalar_one()
    return ends[incident_id], Status(status)
