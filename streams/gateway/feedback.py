"""Feedback in: `POST /api/commands/{id}/feedback`, what a unit says about a command."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from models.access import Act
from models.units import parse_unit
from streams.gateway.auditing import Refusal, allowed
from streams.gateway.callers import CallerOf
from streams.gateway.intake import IntakeOf
from streams.gateway.known import IdInPath, require_command
from streams.gateway.offers import read_feedback
from streams.gateway.openapi import FEEDBACK_BODY, problems
from streams.gateway.outcomes import awaited
from streams.gateway.problems import forbidden
from streams.gateway.services import ServicesOf
from streams.gateway.views import OutcomeView

router = APIRouter(tags=["commands"])


@router.post(
    "/api/commands/{command_id}/feedback",
    openapi_extra=FEEDBACK_BODY,
    responses={HTTPStatus.ACCEPTED: {"model": OutcomeView, "description": "kept; send the same to ask again"}}
    | problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503),
)
async def post_feedback(
    command_id: IdInPath,
    request: Request,
    response: Response,
    caller: CallerOf,
    services: ServicesOf,
    intake: IntakeOf,
) -> OutcomeView:
    """Answer a command. 200: applied. 409: refused, with the reason; nothing changed. 202: not handled yet.

    `command_id` may be left out of the body. The same feedback again (same unit_code, feedback_id and content) is
    answered with the same outcome and counts once.
    """
    feedback, offer = read_feedback(await request.body(), command_id, services)
    unit_code = await require_command(command_id, caller, services.database)
    area_code = parse_unit(unit_code).area_code
    if not caller.answers_for(feedback.unit_code):
        no = forbidden("a command is answered by a person of its unit", "unit_code")
        raise Refusal(no, caller, Act.ANSWER_COMMANDS, area_code, command_id)
    await intake.accept(offer, allowed(caller, Act.ANSWER_COMMANDS, area_code, offer.message_id, services))
    outcome = await awaited(offer, services)
    if outcome.outcome == "pending":
        response.status_code = HTTPStatus.ACCEPTED
    return outcome
