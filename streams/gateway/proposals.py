"""Proposals: a decision that takes two persons waits here for the second, who countersigns or declines it.

It is kept apart from the intake until then, and goes in with both names in the very transaction that settles it. The
core is asked beforehand, and refuses all the same what comes without a second. Must never enter: what takes two
persons (`workflows.two_person`).
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act, Someone
from models.messages.decision import Decision
from models.messages.fields import SecondOfficer, Text, Value
from models.tables import INCIDENTS, INTAKE
from models.vocabulary import ProposalState
from streams.access import audit
from streams.gateway.auditing import Refusal, allowed, declined
from streams.gateway.callers import Caller, CallerOf
from streams.gateway.intake import IntakeOf
from streams.gateway.known import IdInPath
from streams.gateway.offers import Offer, read_decision
from streams.gateway.openapi import problems
from streams.gateway.outcomes import awaited
from streams.gateway.problems import Problem, ProblemCode, forbidden, id_conflict, not_found
from streams.gateway.proposal_views import view_of
from streams.gateway.reading import reading_for
from streams.gateway.services import Services, ServicesOf
from streams.gateway.views import OutcomeView, ProposalList, ProposalView
from streams.store import inbox, proposals
from streams.store.proposals import Listed, Proposal
from workflows.answer import RefusalCode
from workflows.handling import handle
from workflows.incident import Incident
from workflows.message import DecisionTaken, Envelope
from workflows.two_person import orders_of

router = APIRouter(prefix="/api/proposals", tags=["decisions"])

_STATE = select(INCIDENTS.c.state, INCIDENTS.c.area_code).where(INCIDENTS.c.incident_id == bindparam("named"))
_TAKEN_IN = select(INTAKE.c.message_id).where(INTAKE.c.message_id == bindparam("named"))
_MUTATING = problems(401, 403, 404, 408, 409, 413, 415, 503)


class Declining(Value):
    """Why a proposal is declined; its proposer reads it."""

    reason: Annotated[Text, Field(min_length=1, max_length=2_000)]


@router.get("", responses=problems(401, 503))
async def get_proposals(caller: CallerOf, services: ServicesOf) -> ProposalList:
    """What waits for a second person and is this caller's to countersign, and what they proposed lately themselves."""
    now = services.clock.now()
    since = now - timedelta(seconds=services.rules().two_person.proposal_waits_seconds)
    async with reading_for(caller, services) as connection:
        found = await proposals.listed(connection, since)
    views = (view_of(one, caller, services) for one in found)
    return ProposalList(proposals=tuple(view for view in views if view.mine or view.may_countersign))


@router.post(
    "/{message_id}/countersign",
    responses={HTTPStatus.ACCEPTED: {"model": OutcomeView, "description": "in; ask at Location later"}}
    | _MUTATING,
)
async def post_countersign(
    message_id: IdInPath, response: Response, caller: CallerOf, services: ServicesOf, intake: IntakeOf
) -> OutcomeView:
    """Stand behind another's decision: it goes in with both names, and the answer is the decision's.

    409: it waits no more, with the reason `declined`, `expired` or `countersigned` (by somebody else), or the rules
    refused it. The same person again is answered with the same outcome.
    """
    proposal, someone = await _answerable(message_id, caller, services)
    value = _with_second(proposal.body, someone)
    _, offer = read_decision(value, proposal.incident_id, services)
    entry = allowed(caller, Act.COUNTERSIGN, proposal.area_code, message_id, services)
    person = someone.person_id, someone.name
    async with services.database.write() as connection:
        is_settled = await proposals.countersign(
            connection, message_id, person, offer.value, services.clock.now()
        )
        if is_settled:
            await intake.keep(connection, offer, entry)
    if is_settled:
        services.nudge()
    else:
        _refuse_unless_theirs(await _found(message_id, caller, services), someone, services)
    return marked(await standing_of(await _found(message_id, caller, services), services), response)


@router.post("/{message_id}/decline", responses=_MUTATING | problems(400, 422))
async def post_decline(
    message_id: IdInPath, declining: Declining, caller: CallerOf, services: ServicesOf
) -> ProposalView:
    """Decline another's decision, with the reason why. 409: it waits no more."""
    proposal, someone = await _answerable(message_id, caller, services)
    entry = declined(allowed(caller, Act.COUNTERSIGN, proposal.area_code, message_id, services))
    person = someone.person_id, someone.name
    async with services.database.write() as connection:
        if is_settled := await proposals.decline(
            connection, message_id, person, declining.reason, services.clock.now()
        ):
            await audit.append(connection, entry)
    after = await _found(message_id, caller, services)
    if not is_settled and (after.state, after.second_id) != (ProposalState.DECLINED, someone.person_id):
        raise _over(after, services)
    async with reading_for(caller, services) as connection:
        row = (await connection.execute(_STATE, {"named": after.incident_id})).one()
    incident = Incident.model_validate_json(row.state)
    return view_of(Listed(after, incident.title, incident.level.value, row.state), caller, services)


async def proposed(
    decision: Decision, offer: Offer, entry: audit.Entry, services: Services
) -> Proposal | None:
    """The proposal that this decision is already, or becomes now; None when one officer is enough for it.

    Raises Problem (409) when another decision was proposed under this id.
    """
    async with services.database.read() as connection:
        known = await proposals.proposal_of(connection, offer.message_id)
        fresh = await _proposal(connection, decision, offer, services) if known is None else None
    if fresh is not None:
        async with services.database.write() as connection:
            if await proposals.propose(connection, fresh):
                await audit.append(connection, entry)
            known = await proposals.proposal_of(connection, offer.message_id)
    if known is not None and known.digest != offer.digest:
        raise id_conflict(offer.id_field)
    return known


async def standing_of(proposal: Proposal, services: Services) -> OutcomeView:
    """What its proposer is answered: it waits, or the decision's own outcome.

    Raises Problem (409) when it was declined or has expired, or the engine refused it.
    """
    match proposal.state_at(services.clock.now()):
        case ProposalState.WAITING:
            return _outcome(proposal, services)
        case ProposalState.COUNTERSIGNED:
            _, offer = read_decision(proposal.body, proposal.incident_id, services)
            return await awaited(offer, services)
        case _:
            raise _over(proposal, services)


async def outcome_before(message_id: str, services: Services) -> OutcomeView | None:
    """The outcome of a decision that has not gone in; None when nobody ever proposed it."""
    async with services.database.read() as connection:
        proposal = await proposals.proposal_of(connection, message_id)
    return None if proposal is None else _outcome(proposal, services)


def _outcome(proposal: Proposal, services: Services) -> OutcomeView:
    state = proposal.state_at(services.clock.now())
    return OutcomeView.model_validate(
        {
            "message_id": proposal.message_id,
            "incident_id": proposal.incident_id,
            "outcome": "awaiting_second" if state is ProposalState.WAITING else state.value,
            "detail": proposal.declined_because,
            "recorded_at": proposal.settled_at,
        }
    )


def marked(outcome: OutcomeView, response: Response) -> OutcomeView:
    """The same, with 202 and where to ask again while it is open."""
    if outcome.outcome in ("pending", "awaiting_second"):
        response.status_code = HTTPStatus.ACCEPTED
        response.headers["Location"] = f"/api/decisions/{outcome.message_id}"
    return outcome


async def _proposal(
    connection: AsyncConnection, decision: Decision, offer: Offer, services: Services
) -> Proposal | None:
    """What the decision would be as a proposal; None when it is in already, or the core asks for no second officer."""
    is_in = (await connection.execute(_TAKEN_IN, {"named": offer.message_id})).first()
    row = (await connection.execute(_STATE, {"named": decision.incident_id})).first()
    if is_in is not None or row is None or await inbox.handled(connection, [offer.message_id]):
        return None
    incident, rules, now = Incident.model_validate_json(row.state), services.rules(), services.clock.now()
    envelope = Envelope(decision.message_id, decision.incident_id, max(now, incident.last_recorded_at))
    refusal = handle(incident, DecisionTaken(envelope, decision), rules).refusal
    if refusal is None or refusal.code is not RefusalCode.SECOND_OFFICER_NEEDED:
        return None
    return Proposal(
        message_id=offer.message_id,
        incident_id=decision.incident_id,
        area_code=row.area_code,
        officer_id=decision.officer.id,
        officer_area_code=decision.area_code,
        action=decision.action,
        orders=orders_of(incident, decision, rules),
        digest=offer.digest,
        body=offer.value,
        proposed_at=now,
        expires_at=now + timedelta(seconds=rules.two_person.proposal_waits_seconds),
    )


async def _found(message_id: str, caller: Caller, services: Services) -> Proposal:
    async with services.database.read() as connection:
        proposal = await proposals.proposal_of(connection, message_id)
    if proposal is None or not caller.may(Act.READ_INCIDENTS, proposal.area_code):
        area_code = None if proposal is None else proposal.area_code
        raise Refusal(not_found("proposal", message_id), caller, Act.COUNTERSIGN, area_code, message_id)
    return proposal


async def _answerable(message_id: str, caller: Caller, services: Services) -> tuple[Proposal, Someone]:
    """A proposal that this caller, who is a person, may answer; it may be settled by now. Raises Refusal."""
    proposal = await _found(message_id, caller, services)
    asked = caller, Act.COUNTERSIGN, proposal.area_code, message_id
    if caller.someone is None or not caller.may(Act.COUNTERSIGN, proposal.area_code):
        raise Refusal(forbidden("a second officer countersigns in person, whose role allows it here"), *asked)
    if caller.someone.person_id == proposal.officer_id:
        raise Refusal(forbidden("nobody answers their own proposal"), *asked)
    return proposal, caller.someone


def _with_second(body: bytes, someone: Someone) -> bytes:
    second = SecondOfficer(
        id=someone.person_id, name=someone.name[:64], role=someone.role, area_code=someone.area_code
    )
    return orjson.dumps(orjson.loads(body) | {"second_officer": second.model_dump(mode="json")})


def _refuse_unless_theirs(proposal: Proposal, someone: Someone, services: Services) -> None:
    is_theirs = (proposal.state, proposal.second_id) == (ProposalState.COUNTERSIGNED, someone.person_id)
    if not is_theirs:
        raise _over(proposal, services)


def _over(proposal: Proposal, services: Services) -> Problem:
    state = proposal.state_at(services.clock.now())
    who = "nobody answered in time" if proposal.second_name is None else f"by {proposal.second_name}"
    because = "" if proposal.declined_because is None else f": {proposal.declined_because}"
    return Problem(HTTPStatus.CONFLICT, ProblemCode.REFUSED, f"{state} {who}{because}", reason=state.value)
