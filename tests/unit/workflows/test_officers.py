"""Whose decision it is: the core asks the same table as every gateway, cell by cell, and before anything else."""

from datetime import timedelta
from itertools import product

import pytest

from models.access import Role, Someone
from models.identifiers import AreaCode, IncidentId, ReportId, SourceId, UnitCode
from models.messages.decision import ReportRef
from models.vocabulary import Action, Level, Status, Tier, Verdict
from tests.core_world import START, TOWNSHIP, CoreWorld, make_report
from workflows.answer import Answer, RefusalCode
from workflows.permission import act_of, may

# The township of the incident, one above the other, then one beside it and one elsewhere.
AREAS = (TOWNSHIP, "500108", "500000", "500108002", "500101")
DENIED = (RefusalCode.OUT_OF_AREA, RefusalCode.NOT_PERMITTED)


def decided(
    world: CoreWorld, incident_id: IncidentId, action: Action, role: Role | None, area: str
) -> Answer:
    """A decision that has all that its action could need."""
    return world.decide(
        incident_id,
        action,
        verdict=Verdict.TRUE,
        level=Level.III,
        reports=(ReportRef(source_id=SourceId("grid-1"), report_id=ReportId("r-1")),),
        to_tier=Tier.CITY,
        deadline_id=next(iter(world.incidents[incident_id].deadlines), None),
        until=START + timedelta(days=1),
        other=incident_id if action is Action.MERGE else None,
        role=role,
        area=area,
    )


def fire(world: CoreWorld, status: Status = Status.OPEN) -> IncidentId:
    state = world.report(make_report(urgent=True)).state
    assert state is not None
    world.deliver()
    world.incidents[state.incident_id] = world.incidents[state.incident_id].model_copy(
        update={"status": status}
    )
    return state.incident_id


@pytest.mark.parametrize("status", Status)
def test_every_cell_is_what_the_gateway_says(status: Status) -> None:
    """Roles x actions x areas: the engine denies what the gateway's question denies, in every status, and no more."""
    world, wrong = CoreWorld(), []
    incident_id = fire(world, status)
    before = world.incidents[incident_id]
    for role, action, area in product(Role, Action, AREAS):
        unit = UnitCode(f"{area}:fire") if role is Role.UNIT else None
        someone = Someone(person_id="p", name="王", role=role, area_code=AreaCode(area), unit_code=unit)
        world.incidents[incident_id] = before
        refusal = decided(world, incident_id, action, role, area).refusal
        is_denied = refusal is not None and refusal.code in DENIED
        if is_denied is may(someone, act_of(action), TOWNSHIP):
            wrong.append(f"{role} at {area}, {action}: {refusal}")
    assert wrong == []


@pytest.mark.parametrize("action", Action)
def test_without_a_role_the_area_alone_decides(action: Action) -> None:
    """Who names no role is denied beside the incident and below it, and nowhere else."""
    world = CoreWorld()
    incident_id = fire(world)
    before = world.incidents[incident_id]
    denied = []
    for area in AREAS:
        world.incidents[incident_id] = before
        refusal = decided(world, incident_id, action, None, area).refusal
        if refusal is not None and refusal.code in DENIED:
            assert refusal.code is RefusalCode.OUT_OF_AREA
            denied.append(area)
    assert denied == ["500108002", "500101"]


def test_a_denied_decision_changes_nothing() -> None:
    """It is told why, and the incident is the very one that it was."""
    world = CoreWorld()
    incident_id = fire(world)
    before = world.incidents[incident_id]
    answer = decided(world, incident_id, Action.REGRADE, Role.DUTY_OFFICER, TOWNSHIP)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.detail) == (
        RefusalCode.NOT_PERMITTED,
        "a duty_officer does not regrade",
    )
    assert (answer.events, world.incidents[incident_id]) == ((), before)


def test_a_merge_takes_nothing_from_anothers_desk() -> None:
    """The other incident of a merge lies in another district: only the city, above both, may join them."""
    world = CoreWorld()
    mine = fire(world)
    other = world.report(make_report("r-2", source="grid-2", area="500101")).state
    assert other is not None
    refused = world.decide(
        mine, Action.MERGE, other=other.incident_id, area="500108", role=Role.DUTY_OFFICER
    ).refusal
    assert refused is not None
    assert (refused.code, refused.detail) == (RefusalCode.OUT_OF_AREA, "500108 has no say in 500101")
    joined = world.decide(mine, Action.MERGE, other=other.incident_id, area="500000", role=Role.DUTY_OFFICER)
    assert joined.refusal is None
