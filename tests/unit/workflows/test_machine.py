"""The table of legal moves is total: every pair is either a rule or a refusal."""

import itertools

import pytest

from models.events import EVENT_TYPES
from models.identifiers import DeadlineId, IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.vocabulary import Action, Level, Stage, Status, Tier, Verdict
from tests.core_world import CoreWorld, make_report
from workflows.answer import RefusalCode
from workflows.fold import FOLDED_TYPES
from workflows.machine import MOVES, STATUS_GUARD, Move
from workflows.message import MessageKind

ALL_MOVES: tuple[Move, ...] = (*(kind for kind in MessageKind if kind is not MessageKind.DECISION), *Action)

# What a stage does not know; anything else has a rule.
REFUSED = {
    *itertools.product(
        [Stage.PERCEPTION],
        [Action.VERIFY, Action.REGRADE, Action.ESCALATE, Action.SUPERVISE, Action.EXTEND],
    ),
    *itertools.product(
        [Stage.PERCEPTION, Stage.VERIFICATION, Stage.ASSESSMENT], [Action.RELEASE, Action.RETRACT]
    ),
    *itertools.product(
        [Stage.PERCEPTION, Stage.VERIFICATION, Stage.ASSESSMENT, Stage.DISPOSAL], [Action.CLOSE]
    ),
}


def test_every_pair_of_stage_and_move_is_decided() -> None:
    """Stage times move is covered without gap or overlap by the table and the list of refusals."""
    assert set(MOVES) | REFUSED == set(itertools.product(Stage, ALL_MOVES))
    assert not set(MOVES) & REFUSED


def test_every_move_has_a_status_guard() -> None:
    """No move is possible in every status by having been forgotten."""
    assert set(STATUS_GUARD) == set(ALL_MOVES)


def test_every_event_type_can_be_folded() -> None:
    """A fact that the fold does not know would make a log unreadable."""
    assert set(EVENT_TYPES.values()) == FOLDED_TYPES


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.REOPEN])
def test_a_merged_incident_absorbs_every_decision(action: Action) -> None:
    """What lives on elsewhere is decided there."""
    world = CoreWorld()
    opened = world.report(make_report()).state
    assert opened is not None
    world.incidents[opened.incident_id] = opened.model_copy(update={"status": Status.MERGED})
    before = world.incidents[opened.incident_id]
    answer = world.decide(
        opened.incident_id,
        action,
        verdict=Verdict.TRUE,
        level=Level.II,
        other=IncidentId("other"),
        reports=(ReportRef(source_id=SourceId("s"), report_id=ReportId("r")),),
        to_tier=Tier.CITY,
        deadline_id=DeadlineId("d"),
        until=world.now,
    )
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.NOT_OPEN
    assert world.incidents[opened.incident_id] == before
