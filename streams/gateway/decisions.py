"""Decisions in, and what became of them: `POST /api/incidents/{id}/decisions`, `GET /api/decisions/{id}`.

A decision's own id is unique within its incident only; the id in the second path is the message id, which is derived
from both and which the first answer tells.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from models.access import Act
from models.identifiers import MessageId
from models.topics import Topic
from models.vocabulary import Action
from streams.gateway.auditing import Refusal, allowed
from streams.gateway.callers import CallerOf
from streams.gateway.intake import IntakeOf
from streams.gateway.known import IdInPath, require_incident
from streams.gateway.offers import read_decision
from streams.gateway.openapi import DECISION_BODY, problems
from streams.gateway.outcomes import awaited, outcome_of
from streams.gateway.problems import forbidden, not_found
from streams.gateway.proposals import marked, outcome_before, proposed, standing_of
from streams.gateway.services import ServicesOf
from streams.gateway.views import OutcomeView
from workflows.permission import act_of

router = APIRouter(tags=["decisions"])


@router.post(
    "/api/incidents/{incident_id}/decisions",
    openapi_extra=DECISION_BODY,
    responses={HTTPStatus.ACCEPTED: {"model": OutcomeView, "description": "kept; ask at Location later"}}
    | problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503),
)
async def post_decision(
    incident_id: IdInPath,
    request: Request,
    response: Response,
    caller: CallerOf,
    services: ServicesOf,
    intake: IntakeOf,
) -> OutcomeView:
    """Decide about an incident. 200: applied. 409: refused, with the reason; nothing changed. 202: not decided yet.

    What is too much for one officer waits for a second one: 202 with the outcome `awaiting_second`.

    `incident_id` and `officer.role` may be left out of the body. The same decision again (same incident, decision_id
    and content) is answered with the same outcome and counts once.
    """
    decision, offer = read_decision(await request.body(), incident_id, services, caller.someone)
    area_code = await require_incident(incident_id, caller, services.database)
    if decision.action is Action.MERGE and decision.other_incident_id is not None:
        await require_incident(decision.other_incident_id, caller, services.database)
    act = act_of(decision.action)
    if not caller.may(act, area_code):
        no = forbidden(f"this role does not {decision.action} here", "action")
        raise Refusal(no, caller, act, area_code, incident_id)
    if not caller.signs_as(decision.officer, decision.area_code):
        no = forbidden("an officer decides in their own name and role and from their own desk", "officer.id")
        raise Refusal(no, caller, act, area_code, incident_id)
    if caller.someone is not None and decision.second_officer is not None:
        no = forbidden("a second officer countersigns in their own name", "second_officer")
        raise Refusal(no, caller, act, area_code, incident_id)
    entry = allowed(caller, act, area_code, offer.message_id, services)
    proposal = await proposed(decision, offer, entry, services)
    if proposal is not None:
        return marked(await standing_of(proposal, services), response)
    await intake.accept(offer, entry)
    return marked(await awaited(offer, services), response)


@router.get("/api/decisions/{message_id}", responses=problems(401, 404, 503))
async def get_decision(message_id: IdInPath, caller: CallerOf, services: ServicesOf) -> OutcomeView:
    """What became of a decision: `pending`, `applied`, or `refused` and why.

    One that takes two persons is `awaiting_second` first, and ends there when it was `declined` or has `expired`.
    """
    outcome = await outcome_of(MessageId(message_id), Topic.DECISIONS, services.database)
    if outcome is None:
        outcome = await outcome_before(message_id, services)
    absent = not_found("decision", message_id)
    if outcome is None:
        raise Refusal(absent, caller, Act.READ_INCIDENTS, None, message_id)
    if not caller.is_installation and outcome.incident_id is not None:
        await require_incident(outcome.incident_id, caller, services.database, absent)
    return outcome
