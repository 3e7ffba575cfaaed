"""Category: an event is what by far most of its reports say that it is, whatever the first one said."""

from datetime import timedelta

import pytest

from models.categories import Category
from models.events.disposal import PlanProposed
from models.events.perception import CategorySettled
from models.identifiers import IncidentId, ReportId
from models.likeness import Sketch
from models.vocabulary import Channel
from tests.core_world import START, CoreWorld, make_report
from workflows.judgement.likeness import of_incident, settled_category
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook().fusion
FLOOD, POWER, VAGUE = Category.FLOOD, Category.PUBLIC_FACILITY, Category.OTHER


@pytest.mark.parametrize(
    ("known", "counts", "settled"),
    [
        (None, {}, None),
        (None, {FLOOD: 1}, FLOOD),
        (None, {VAGUE: 5}, VAGUE),
        (VAGUE, {VAGUE: 5, FLOOD: 1}, FLOOD),
        (POWER, {POWER: 1, FLOOD: 1}, POWER),
        (POWER, {POWER: 1, FLOOD: 2}, FLOOD),
        (POWER, {POWER: 2, FLOOD: 3}, POWER),
        (POWER, {POWER: 2, FLOOD: 4}, FLOOD),
        (FLOOD, {FLOOD: 1, VAGUE: 9}, FLOOD),
        (FLOOD, {}, FLOOD),
    ],
)
def test_one_of_twice_as_many_reports_is_what_it_is(
    known: Category | None, counts: dict[Category, int], settled: Category | None
) -> None:
    """What is known stands until another has twice its reports; what is vague outvotes nothing."""
    sketch = Sketch(categories=counts, reported_from=START, reported_to=START)
    assert settled_category(known, sketch, RULES) is settled


def test_a_flood_that_began_as_a_power_cut_becomes_a_flood() -> None:
    """Category, what it is compared by and the plan follow; what was ordered before stands."""
    world = CoreWorld()
    told = world.report(make_report("r-0", category=POWER, channel=Channel.POLICE, urgent=True)).state
    assert told is not None
    world.deliver()
    before = set(world.incidents[told.incident_id].commands)
    for number, category in enumerate((FLOOD, FLOOD)):
        _join(world, told.incident_id, f"f-{number}", category)
    flood = world.incidents[told.incident_id]
    assert flood.category is FLOOD
    assert of_incident(flood).category is FLOOD
    assert before <= set(flood.commands)
    log = [event.data for event in world.log[flood.incident_id]]
    assert [data.category for data in log if isinstance(data, CategorySettled)] == [FLOOD]
    wanted = world.rules.plan_for(FLOOD, flood.nature).plan_id
    proposed = [data.plan_id for data in log if isinstance(data, PlanProposed)]
    assert proposed[0] != proposed[-1] == wanted


def _join(world: CoreWorld, incident_id: IncidentId, name: str, category: Category) -> None:
    world.now += timedelta(seconds=1)
    report = make_report(name, category=category, refers_to="r-0", at=world.now)
    answer = world.report(report)
    assert answer.state is not None
    assert answer.state.incident_id == incident_id
    assert ReportId(name) in {m.report.report_id for m in world.reports[incident_id]}
