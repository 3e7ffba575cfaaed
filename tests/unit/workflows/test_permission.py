"""Permission: who may do what where, cell by cell, and denied where nobody thought of it."""

from itertools import product

import pytest

from models.access import Act, Relation, Role, Someone
from models.identifiers import AreaCode, UnitCode
from models.vocabulary import Action
from workflows.permission import act_of, may, relation

DISTRICT = "500108"
AREAS = {
    Relation.OWN: DISTRICT,
    Relation.BELOW: "500108001",
    Relation.ABOVE: "500000",
    Relation.ACROSS: "500101",
}
READING = {Act.READ_INCIDENTS, Act.READ_COMMANDS, Act.READ_APPRAISAL, Act.EXPORT}
OFFICER = READING | {Act.REPORT, Act.READ_PERSONAL_DATA, Act.HANDLE, Act.SUPERVISE}
AT_HOME: dict[Role, set[Act]] = {
    Role.GRID_WORKER: {Act.REPORT},
    Role.UNIT: {Act.REPORT, Act.READ_COMMANDS, Act.ANSWER_COMMANDS},
    Role.DUTY_OFFICER: OFFICER,
    Role.COMMANDER: OFFICER | {Act.COMMAND, Act.COUNTERSIGN},
    Role.SUPERVISOR: READING | {Act.SUPERVISE},
    Role.AUDITOR: {Act.READ_AUDIT},
    Role.ADMINISTRATOR: {Act.MANAGE_ACCOUNTS},
}
STAYS_AT_ITS_NODE = {(Role.UNIT, Act.READ_COMMANDS), (Role.UNIT, Act.ANSWER_COMMANDS)}


def someone(role: Role, area: str = DISTRICT) -> Someone:
    unit = UnitCode(f"{area}:fire") if role is Role.UNIT else None
    return Someone(person_id="p-1", name="王", role=role, area_code=AreaCode(area), unit_code=unit)


@pytest.mark.parametrize(("role", "act", "where"), list(product(Role, Act, Relation)))
def test_every_cell_has_its_verdict(role: Role, act: Act, where: Relation) -> None:
    """Its own area and below for what the role is for; anywhere for a report; nothing else."""
    is_its_work = act in AT_HOME[role]
    below = where is Relation.BELOW and (role, act) not in STAYS_AT_ITS_NODE
    expected = is_its_work and (act is Act.REPORT or where is Relation.OWN or below)
    assert may(someone(role), act, AREAS[where]) is expected


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.REPORT}))
@pytest.mark.parametrize("area", ["", "999999", "500108999", "500108:fire"])
def test_an_area_that_never_existed_is_denied(act: Act, area: str) -> None:
    """Not even who may do everything in the city may do it nowhere."""
    assert not any(may(someone(role, "500000"), act, area) for role in Role)


def test_nobody_holds_two_of_the_keys_that_are_held_apart() -> None:
    """Accounts, the audit, supervision and handling: no role has two of these, save that a desk also chases."""
    apart = ({Act.MANAGE_ACCOUNTS}, {Act.READ_AUDIT}, {Act.HANDLE, Act.SUPERVISE})
    for held in AT_HOME.values():
        assert sum(bool(held & keys) for keys in apart) <= 1


def test_a_retired_area_belongs_to_whom_it_was_given() -> None:
    """渝北区 went into 两江新区: the new district's desk has what lies under the old code, not the other way."""
    assert relation("500157", "500112") is Relation.BELOW
    assert relation("500112", "500157") is Relation.ABOVE


def test_every_decision_asks_for_an_act() -> None:
    """Regrading and more time are a commander's; chasing is also a supervisor's; the rest is the desk's."""
    assert {action for action in Action if act_of(action) is Act.COMMAND} == {Action.REGRADE, Action.EXTEND}
    assert act_of(Action.SUPERVISE) is Act.SUPERVISE
    assert all(act_of(action) in OFFICER | {Act.COMMAND} for action in Action)
