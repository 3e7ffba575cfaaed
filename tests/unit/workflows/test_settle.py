"""Settling: whichever of the joint rules runs first, they come to the same."""

import pytest

from models.messages.report import Facts
from models.vocabulary import Action, Channel, FeedbackKind, Verdict
from tests.core_world import CoreWorld, make_report
from workflows import settle
from workflows.incident import Incident

RULES = settle._JOINT_RULES


def told(world: CoreWorld, name: str, deaths: int) -> Incident:
    """The fire brigade tells how many died; how the one incident stands afterwards."""
    world.report(make_report(name, source=f"119-{name}", channel=Channel.FIRE, facts=Facts(deaths=deaths)))
    world.deliver()
    (incident,) = world.incidents.values()
    return incident


def story() -> dict[str, object]:
    """An incident that grows, is held false, is affirmed, grows again and is dealt with; what it came to."""
    world = CoreWorld()
    incident = told(world, "r-1", 0)
    told(world, "r-2", 4)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    world.advance(600)
    told(world, "r-3", 12)
    for held in told(world, "r-4", 35).owed_commands:
        world.feedback(held.command.command_id, FeedbackKind.DONE)
        world.deliver()
    world.advance(3_600)
    ended = world.incidents[incident.incident_id]
    facts = sorted(event.type for event in world.log[incident.incident_id])
    return {"state": ended.model_dump(exclude={"steps"}), "steps": dict(ended.steps), "facts": facts}


@pytest.mark.parametrize(
    "order",
    [
        RULES[::-1],
        *((*(rule for rule in RULES if rule is not last), last) for last in RULES),
        *((first, *(rule for rule in RULES if rule is not first)) for first in RULES),
    ],
    ids=lambda order: f"{order[0].__name__}-to-{order[-1].__name__}",
)
def test_the_order_of_the_joint_rules_changes_no_outcome(
    monkeypatch: pytest.MonkeyPatch, order: tuple[object, ...]
) -> None:
    """Backwards, or with any one of them first or last: the same facts and the same state."""
    expected = story()
    monkeypatch.setattr(settle, "_JOINT_RULES", order)
    assert story() == expected
