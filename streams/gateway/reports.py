"""Reports in: `POST /api/reports`, the way in for those without Kafka, with the same fields and the same checks."""

from dataclasses import replace
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from models.access import Act
from models.topics import Topic
from streams.gateway.auditing import Refusal, allowed, lowered
from streams.gateway.callers import CallerOf
from streams.gateway.intake import IntakeOf
from streams.gateway.offers import read_report
from streams.gateway.openapi import REPORT_BODY, problems
from streams.gateway.problems import forbidden
from streams.gateway.rates import RatesOf
from streams.gateway.services import ServicesOf
from streams.gateway.views import ReportAccepted

router = APIRouter(tags=["reports"])


@router.post(
    "/api/reports",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=REPORT_BODY,
    responses={HTTPStatus.OK: {"model": ReportAccepted, "description": "the same report again"}}
    | problems(400, 401, 403, 408, 409, 413, 415, 422, 503),
)
async def post_report(
    request: Request,
    response: Response,
    caller: CallerOf,
    services: ServicesOf,
    intake: IntakeOf,
    rates: RatesOf,
) -> ReportAccepted:
    """Hand in a report. 202: it is on disk here and goes on by itself; what becomes of it comes as receipts,
    and `GET /api/reports/{source_id}/{report_id}` tells.

    The same report again (same source_id, report_id and content) is answered alike, with 200; other content under the
    same ids is refused with 409. After a 5xx or a broken connection send the very same again: it counts once. Nobody is
    refused for sending many; those of a flood wait behind the urgent reports of others.
    """
    report, offer = read_report(await request.body(), services)
    if (field := caller.oversteps(report)) is not None:
        no = forbidden("this key is not for reports with this", field)
        raise Refusal(no, caller, Act.REPORT, report.area_code, offer.message_id)
    if not caller.may(Act.REPORT, report.area_code):
        no = forbidden("this role does not report")
        raise Refusal(no, caller, Act.REPORT, report.area_code, offer.message_id)
    entry = allowed(caller, Act.REPORT, report.area_code, offer.message_id, services)
    flood = rates.flood_of(caller.producer, report)
    is_lowered = flood is not None and offer.topic is Topic.REPORTS_URGENT
    if is_lowered:
        offer, entry = replace(offer, topic=Topic.REPORTS), lowered(entry)
    accepted = await intake.accept(offer, entry)
    if not accepted.is_new:
        response.status_code = HTTPStatus.OK
    elif is_lowered and flood is not None:
        services.count_lowered(flood)
    return ReportAccepted(
        message_id=offer.message_id,
        source_id=report.source_id,
        report_id=report.report_id,
        topic=accepted.topic,
        unknown_fields=report.unknown_fields,
        accepted_at=accepted.accepted_at,
    )
