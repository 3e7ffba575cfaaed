"""Messages come up to five times each, in any order: what commutes ends the same, what came too early waits or is told.

Held is what names an incident that nobody has opened yet: a dead letter, applied once it is retried. Expired is what
answers an order that does not stand (yet): refused and recorded, it changes nothing.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from models.categories import Category
from models.identifiers import AreaCode, CommandId, DecisionId, FeedbackId, IncidentId, UnitCode
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import Action, DeadLetterReason, FeedbackKind, Role, Verdict
from streams.store import dead_letters, outbox
from tests.core_world import OFFICER, PERSON, make_report
from tests.fakes.clock import NOON
from tests.stored import laws
from tests.stored.people import written
from tests.stored.replayed import everything_kept
from tests.stored.world import StoreWorld
from workflows.answer import RefusalCode

_AREAS = ("500108001", "500108002", "500157", "500101001", "500153", "500102")
EVERYTHING_AT_ONCE = 1_000
_EXAMPLES = max(4, settings().max_examples // 20)


@pytest.fixture(autouse=True, scope="module")
def _without_log() -> Iterator[None]:
    """Thousands of log lines would hide what fails."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def reports() -> list[Report]:
    """Six events in six places, told by six sources."""
    kinds = (Category.FIRE, Category.ROAD_TRAFFIC, Category.GAS)
    return [
        make_report(f"r-{n}", source=f"s-{n}", area=area, category=kinds[n % 3], at=NOON, urgent=n % 2 == 0)
        for n, area in enumerate(_AREAS)
    ]


def tell(world: StoreWorld, said: Inbound) -> None:
    match said:
        case Report():
            lane = Topic.REPORTS_URGENT if said.urgent else Topic.REPORTS
            world.tell(lane, said.area_code.encode(), written(said))
        case Decision():
            world.tell(Topic.DECISIONS, said.incident_id.encode(), written(said))
        case Feedback():
            world.tell(Topic.DISPOSAL_FEEDBACK, said.incident_id.encode(), written(said))


def decision(incident_id: IncidentId, action: Action) -> Decision:
    return Decision(
        decision_id=DecisionId(f"d-{action.value}"),
        incident_id=incident_id,
        action=action,
        officer=OFFICER.model_copy(update={"role": Role.COMMANDER}),
        area_code=AreaCode("500000"),
        decided_at=NOON,
        reason="the test says so",
        verdict=Verdict.TRUE if action is Action.VERIFY else None,
    )


def acknowledged(incident_id: IncidentId, command_id: str, unit_code: str) -> Feedback:
    return Feedback(
        feedback_id=FeedbackId("f-1"),
        command_id=CommandId(command_id),
        incident_id=incident_id,
        unit_code=UnitCode(unit_code),
        kind=FeedbackKind.ACKNOWLEDGED,
        person=PERSON,
        occurred_at=NOON,
    )


def played(said: Sequence[Inbound], at_once: int) -> StoreWorld:
    """A world to which these were told in this order, so many at once."""
    world = StoreWorld()
    for first in range(0, len(said), at_once):
        for one in said[first : first + at_once]:
            tell(world, one)
        world.settle()
    return world


@settings(max_examples=_EXAMPLES)
@given(
    copies=st.lists(st.integers(1, 5), min_size=len(_AREAS), max_size=len(_AREAS)),
    shuffle=st.randoms(use_true_random=False),
    at_once=st.integers(1, 30),
)
def test_copies_in_any_order_end_the_same(copies: list[int], shuffle: Random, at_once: int) -> None:
    """Reports of different events commute: each one to five times, shuffled, they leave the rows of a clean run."""
    told = [one for one, count in zip(reports(), copies, strict=True) for _ in range(count)]
    shuffle.shuffle(told)
    clean, disorderly = played(reports(), EVERYTHING_AT_ONCE), played(told, at_once)
    try:
        assert everything_kept(disorderly) == everything_kept(clean)
        assert list(laws.at_rest(disorderly)) == []
    finally:
        clean.close()
        disorderly.close()


def opened_by(report: Report) -> StoreWorld:
    """A world in which this report alone was told, to learn how things are called."""
    return played([report], 1)


@pytest.mark.parametrize("action", [Action.VERIFY, Action.CLOSE])
def test_a_decision_before_its_report_is_held_and_then_applied(action: Action) -> None:
    """A close before the open is a dead letter of its own reason; retried after the report it ends as in order."""
    (report, *_) = reports()
    known = opened_by(report)
    incident_id = IncidentId(known.rows("SELECT incident_id FROM incidents")[0][0])
    known.close()
    orderly, early = played([report, decision(incident_id, action)], 1), StoreWorld()
    try:
        tell(early, decision(incident_id, action))
        early.settle()
        reasons = [row["reason"] for row in early.rows("SELECT reason FROM dead_letters")]
        assert reasons == [DeadLetterReason.UNKNOWN_INCIDENT]
        tell(early, report)
        early.settle()
        early.run(retry_all(early))
        early.settle()
        # Only that it once was dead is left of it.
        assert everything_kept(early)[:-1] == everything_kept(orderly)[:-1]
    finally:
        orderly.close()
        early.close()


def test_an_acknowledgement_before_its_order_expires() -> None:
    """It is refused and recorded under its code, and the order, when it comes, waits for a word of its own."""
    (report, *_) = reports()
    urgent = report.model_copy(update={"urgent": True})
    known = opened_by(urgent)
    command = known.rows("SELECT command_id, incident_id, unit_code FROM commands ORDER BY command_id")[0]
    known.close()
    incident_id = IncidentId(command["incident_id"])
    early = StoreWorld()
    try:
        # As one batch of another topic that overtook the call upon disposal: the incident stands, its order does not.
        tell(early, urgent)
        early.deliver(Topic.REPORTS_URGENT)
        assert early.rows("SELECT * FROM commands") == []
        tell(early, acknowledged(incident_id, command["command_id"], command["unit_code"]))
        early.deliver(Topic.DISPOSAL_FEEDBACK)
        early.settle()
        refused = early.rows("SELECT refusal_code FROM inbox WHERE refusal_code IS NOT NULL")
        assert [row["refusal_code"] for row in refused] == [RefusalCode.UNKNOWN_COMMAND]
        statuses = early.rows("SELECT status FROM commands WHERE command_id = ?", command["command_id"])
        assert [row["status"] for row in statuses] == ["issued"]
        assert list(laws.at_rest(early)) == []
    finally:
        early.close()


async def retry_all(world: StoreWorld) -> None:
    """As `fenghuo dead-letters retry --all`."""
    rows = world.rows(
        "SELECT cluster_id, topic, partition, offset FROM dead_letters WHERE retried_at IS NULL"
    )
    async with world.database.write() as connection:
        for row in rows:
            where = (row["cluster_id"], row["topic"], row["partition"], row["offset"])
            outgoing = await dead_letters.retry(connection, where, world.clock.now())
            assert outgoing is not None
            await outbox.add(connection, [outgoing], datetime.now(UTC))
