"""Floods: what one reporter tells beyond the rulebook's figure is kept, shown and believed less."""

from datetime import timedelta

import pytest

from models.categories import Category
from models.events.disposal import CommandIssued
from models.events.perception import LowTrust, ReportJoined
from models.identifiers import IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.messages.report import Facts, Report
from models.vocabulary import (
    Action,
    Channel,
    Claim,
    DeadlineKind,
    Level,
    ReportKind,
    Stage,
    Status,
    Step,
    Verdict,
)
from tests.appraised import heats
from tests.core_world import CoreWorld, make_report
from workflows.incident import Incident
from workflows.judgement.flood import low_trust, most_of
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
OF_FLOOD = LowTrust(reports=11, most=10, within_seconds=60)


def told(world: CoreWorld, report: Report, low: LowTrust | None = OF_FLOOD) -> Incident:
    """The incident that a report goes to, with everything handled that follows at once."""
    answer = world.report(report, low)
    assert answer.state is not None
    world.deliver()
    return world.incidents[answer.state.incident_id]


def orders(world: CoreWorld, incident_id: IncidentId) -> int:
    return sum(isinstance(event.data, CommandIssued) for event in world.log[incident_id])


@pytest.mark.parametrize(("told_before", "is_flood"), [(0, False), (9, False), (10, True), (500, True)])
def test_the_first_ten_of_a_named_reporter_are_believed(told_before: int, is_flood: bool) -> None:
    """The eleventh within a minute is of low trust, and says how many there were and how many may be."""
    found = low_trust(make_report(reporter="phone-1"), told_before, RULES)
    expected = LowTrust(reports=told_before + 1, most=10, within_seconds=60)
    assert found == (expected if is_flood else None)


@pytest.mark.parametrize("channel", Channel)
def test_a_line_of_many_callers_is_no_reporter(channel: Channel) -> None:
    """A hotline or sensor feed that names no reporters is never a flood; other sources are, later than a person."""
    spared = {Channel.POLICE, Channel.FIRE, Channel.MEDICAL, Channel.HOTLINE, Channel.SENSOR}
    assert most_of(make_report(channel=channel), RULES) == (None if channel in spared else 60)
    assert most_of(make_report(channel=channel, reporter="phone-1"), RULES) == 10


def test_a_flood_does_not_outvote_what_others_say_that_it_is() -> None:
    """However often one reporter says another kind: the category and what fusion compares stay."""
    world = CoreWorld()
    fire = told(world, make_report("r-0", source="a"), None)
    for number in range(3):
        name = f"f-{number}"
        gas = make_report(name, source="a", refers_to="r-0", category=Category.GAS, at=world.now)
        assert told(world, gas).incident_id == fire.incident_id
    known = world.incidents[fire.incident_id]
    assert known.category is Category.FIRE
    assert known.sketch.categories == {Category.FIRE: 1}


def test_a_flood_alone_starts_no_orders_and_waits_for_an_officer() -> None:
    """Urgent and of the worst level, it stays in verification, on the clocks of that level."""
    world = CoreWorld()
    incident = told(world, make_report(urgent=True, facts=Facts(deaths=30)))
    assert (incident.stage, incident.urgent, incident.is_doubtful) == (Stage.VERIFICATION, True, True)
    assert orders(world, incident.incident_id) == 0
    assert incident.deadline_of(DeadlineKind.STEP, step=Step.CHECK) is not None
    world.advance(61)
    waiting = world.incidents[incident.incident_id]
    assert waiting.deadline_of(DeadlineKind.STEP, step=Step.CONFIRM) is not None


def test_an_officer_who_says_it_is_true_sends_them_out() -> None:
    """What a flood spoke of may be real: verified, it goes on like any other."""
    world = CoreWorld()
    incident = told(world, make_report(urgent=True))
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    assert world.incidents[incident.incident_id].stage is Stage.DISPOSAL
    assert orders(world, incident.incident_id) > 0


def test_one_trusted_report_restores_everything() -> None:
    """The urgency that the flood flagged counts at once, and the source that was not believed heats in full."""
    world = CoreWorld()
    incident = told(world, make_report("r-1", urgent=True, facts=Facts(deaths=10)))
    assert heats(world)[incident.incident_id] is None
    again = told(world, make_report("r-2"), None)
    assert again.incident_id == incident.incident_id
    assert (again.is_doubtful, again.sources, again.reports) == (False, ("grid-1",), 2)
    assert orders(world, incident.incident_id) > 0
    alone = CoreWorld()
    believed = told(alone, make_report("r-2"), None)
    assert heats(world)[incident.incident_id] == heats(alone)[believed.incident_id]


def test_a_trusted_denial_restores_nothing() -> None:
    """Somebody who says that it is not so does not vouch for it."""
    world = CoreWorld()
    told(world, make_report("r-1", urgent=True))
    incident = told(world, make_report("r-2", source="grid-2", claim=Claim.DENY), None)
    assert (incident.is_doubtful, orders(world, incident.incident_id)) == (True, 0)


def test_low_trust_is_no_independent_source() -> None:
    """Two phones on two channels verify; when one of them floods, its word is not weighed."""
    for second, verdict in ((None, Verdict.TRUE), (OF_FLOOD, Verdict.UNVERIFIED)):
        world = CoreWorld()
        told(world, make_report("r-1", source="a", reporter="1"), None)
        incident = told(
            world, make_report("r-2", source="b", reporter="2", channel=Channel.DEPARTMENT), second
        )
        assert incident.reports == 2
        assert incident.verdict is verdict


def test_a_denial_in_a_flood_doubts_nothing() -> None:
    """Nor may a flood of denials talk a real event away."""
    world = CoreWorld()
    before = told(world, make_report("r-1"), None)
    after = told(world, make_report("r-2", source="b", claim=Claim.DENY))
    assert after.confidence_ratio == before.confidence_ratio > 0


def test_a_flood_does_not_wake_what_was_rejected_but_is_kept() -> None:
    """It joins and is counted; the next trusted voice opens the incident again."""
    world = CoreWorld()
    incident = told(world, make_report("r-1", source="a"), None)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    asleep = told(world, make_report("r-2", source="b"))
    assert (asleep.status, asleep.reports) == (Status.REJECTED, 2)
    awake = told(world, make_report("r-3", source="b"), None)
    assert (awake.status, awake.reports) == (Status.OPEN, 3)


def test_a_merge_with_what_somebody_vouches_for_restores_everything() -> None:
    """Both spoke of one event, so that the flood was right."""
    world = CoreWorld()
    flood = told(world, make_report("r-1", source="a", area="500108002", urgent=True))
    world.now += timedelta(seconds=1)
    vouched = told(
        world, make_report("r-2", source="b", category=Category.ROAD_TRAFFIC, area="500101001"), None
    )
    world.decide(vouched.incident_id, Action.MERGE, other=flood.incident_id, area="500000")
    world.deliver()
    assert not world.incidents[flood.incident_id].is_doubtful
    assert orders(world, flood.incident_id) > 0


def test_a_flood_left_alone_by_a_split_sends_nobody_more() -> None:
    """What a trusted report had sent stays sent; when that report is taken out, the rest starts nothing by rule."""
    world = CoreWorld()
    incident = told(world, make_report("r-1", source="a", urgent=True), None)
    told(world, make_report("r-2", source="b"))
    ref = ReportRef(source_id=SourceId("a"), report_id=ReportId("r-1"))
    world.decide(incident.incident_id, Action.SPLIT, reports=(ref,))
    sent = orders(world, incident.incident_id)
    left = told(
        world,
        make_report("r-3", source="b", facts=Facts(deaths=40), kind=ReportKind.FOLLOW_UP, refers_to="r-2"),
    )
    assert (left.incident_id, left.level, left.is_doubtful) == (incident.incident_id, Level.I, True)
    assert any(task.immediate for task in left.unreleased)
    assert orders(world, incident.incident_id) == sent > 0


def test_the_log_says_why() -> None:
    """The event that takes the report in has the count, the figure and the window."""
    world = CoreWorld()
    incident = told(world, make_report())
    [joined] = [e.data for e in world.log[incident.incident_id] if isinstance(e.data, ReportJoined)]
    assert joined.low_trust == OF_FLOOD
