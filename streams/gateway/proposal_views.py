"""Proposal views: what a second person is shown of the decision that they are to sign.

What is at stake is worked out from the incident as it stands when it is asked for, and kept nowhere: "all" means all at
the moment when the decision goes in. Must never enter: which orders those are (`workflows.two_person`).
"""

from models.access import Act
from models.messages.decision import Decision
from models.vocabulary import ProposalState
from streams.gateway.callers import Caller
from streams.gateway.services import Services
from streams.gateway.views import OrderAtStakeView, ProlongedView, ProposalView
from streams.store.proposals import Listed
from workflows.incident import Incident
from workflows.two_person import orders_at_stake

_FROM_DECISION = ("action", "officer", "verdict", "until", "reason")
_FROM_PROPOSAL = (
    "message_id",
    "incident_id",
    "area_code",
    "officer_area_code",
    "orders",
    "proposed_at",
    "expires_at",
    "second_name",
    "declined_because",
)


def view_of(found: Listed, caller: Caller, services: Services) -> ProposalView:
    """The proposal as this caller sees it; what is at stake only while it waits and concerns them."""
    proposal, someone = found.proposal, caller.someone
    decision = Decision.model_validate_json(proposal.body)
    state = proposal.state_at(services.clock.now())
    is_waiting = state is ProposalState.WAITING
    is_mine = someone is not None and someone.person_id == proposal.officer_id
    is_theirs = someone is not None and not is_mine and caller.may(Act.COUNTERSIGN, proposal.area_code)
    is_asked = is_waiting and (is_mine or is_theirs)
    return ProposalView.model_validate(
        {name: getattr(decision, name) for name in _FROM_DECISION}
        | {name: getattr(proposal, name) for name in _FROM_PROPOSAL}
        | {"title": found.title, "level": found.level, "to_level": decision.level, "state": state}
        | {"mine": is_mine, "may_countersign": is_waiting and is_theirs}
        | (_at_stake(found, decision, services) if is_asked else {})
    )


def _at_stake(found: Listed, decision: Decision, services: Services) -> dict[str, object]:
    incident = Incident.model_validate_json(found.incident)
    orders = orders_at_stake(incident, decision, services.rules())
    return {
        "at_stake": [OrderAtStakeView.model_validate(order, from_attributes=True) for order in orders],
        "prolonged": _prolonged(incident, decision),
    }


def _prolonged(incident: Incident, decision: Decision) -> ProlongedView | None:
    """The clock of an extension; None for another decision, and when it runs no more."""
    clock = incident.deadlines.get(decision.deadline_id) if decision.deadline_id is not None else None
    if clock is None:
        return None
    held = incident.commands.get(clock.command_id) if clock.command_id is not None else None
    return ProlongedView(
        kind=clock.kind,
        step=clock.step,
        due_at=clock.due_at,
        unit_code=None if held is None else held.command.unit_code,
        text_zh=None if held is None else held.command.text_zh,
    )
