"""Personal data: the one door through which it leaves, on purpose, to those who may have it, and never unnoticed.

Everything else that shows a report masks it. Who is told stands in the audit before they are told.
"""

from fastapi import APIRouter
from sqlalchemy import bindparam, select

from models.access import Act
from models.identifiers import ReportId, SourceId
from models.messages.report import Report
from models.tables import REPORTS
from streams.gateway.auditing import Refusal, allowed, record
from streams.gateway.callers import CallerOf
from streams.gateway.known import IdInPath, require_incident
from streams.gateway.openapi import problems
from streams.gateway.parameters import KnownParametersOnly
from streams.gateway.problems import forbidden, not_found
from streams.gateway.reading import reading_for
from streams.gateway.services import ServicesOf
from streams.gateway.views import View

router = APIRouter(prefix="/api/incidents", tags=["incidents"], dependencies=[KnownParametersOnly])

_REPORT = select(REPORTS.c.body).where(
    REPORTS.c.incident_id == bindparam("of_incident"),
    REPORTS.c.source_id == bindparam("of_source"),
    REPORTS.c.report_id == bindparam("named"),
)


class PersonalView(View):
    """What a report says of people, as it was sent; whoever is told stands in the audit."""

    source_id: SourceId
    report_id: ReportId
    reporter_id: str | None
    contact_name: str | None
    contact_phone: str | None
    title: str | None
    text: str | None
    place: str | None


@router.get(
    "/{incident_id}/reports/{source_id}/{report_id}/personal", responses=problems(400, 401, 403, 404, 503)
)
async def get_personal(
    incident_id: IdInPath, source_id: IdInPath, report_id: IdInPath, caller: CallerOf, services: ServicesOf
) -> PersonalView:
    """Who reported, whom to call, and the report's words unmasked. Each time it is asked is an entry of the audit."""
    area_code = await require_incident(incident_id, caller, services.database)
    act = Act.READ_PERSONAL_DATA
    if not caller.may(act, area_code):
        raise Refusal(forbidden("this role reads no personal data here"), caller, act, area_code, incident_id)
    async with reading_for(caller, services) as connection:
        asked = {"of_incident": incident_id, "of_source": source_id, "named": report_id}
        body = (await connection.execute(_REPORT, asked)).scalar()
    if body is None:
        raise Refusal(not_found("report", report_id), caller, act, area_code, incident_id)
    report = Report.model_validate_json(body)
    await record(allowed(caller, act, area_code, report.message_id, services), services)
    contact = report.contact
    return PersonalView(
        source_id=report.source_id,
        report_id=report.report_id,
        reporter_id=report.reporter_id,
        contact_name=None if contact is None else contact.name,
        contact_phone=None if contact is None else contact.phone,
        title=report.title,
        text=report.text,
        place=report.place,
    )
