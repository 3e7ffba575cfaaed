"""Receipts tell a sender what is still missing, and nothing that is there."""

import pytest

from models.categories import Category
from models.messages.report import Facts, Report
from models.vocabulary import Nature
from streams.store.receipts import accepted, missing_elements
from tests.core_world import START, CoreWorld, make_report
from workflows.incident import Incident
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()


def told(report: Report, **changes: object) -> list[str]:
    """What is missing after this report opened an incident that then was changed like this."""
    answer = CoreWorld().report(report)
    assert answer.state is not None
    return list(accepted(report, answer.state.model_copy(update=changes), RULES, START).missing)


def test_everything_that_nobody_said_is_missing() -> None:
    """A report with only a title lacks category, time, place and casualties, and whatever else grades such an event."""
    bare = make_report(category=None).model_copy(update={"title": "有情况，请核实"})
    asked_by_grading = ["serious", "direct_loss_yuan"]
    assert told(bare) == ["category", "occurred_at", "place", "deaths", "injured", *asked_by_grading]


def test_a_stated_zero_is_known() -> None:
    """No deaths is an answer; only silence is missing."""
    assert "deaths" not in told(make_report(facts=Facts(deaths=0)))


def test_what_another_report_said_is_not_asked_again() -> None:
    """The incident's facts count, not the single report's."""
    known = Facts(deaths=0, injured=1, serious=0, direct_loss_yuan=0)
    assert told(make_report(), facts=known, occurred_at=START) == ["place"]


def test_what_could_raise_the_level_is_asked() -> None:
    """A forest fire's area is missing until it is stated; once nothing can make it worse nothing more is asked."""
    fire = make_report(category=Category.FOREST_FIRE)
    assert told(fire)[-2:] == ["serious", "burnt_hectares"]
    assert "burnt_hectares" not in told(fire, facts=Facts(burnt_hectares=0.5))
    assert told(fire, facts=Facts(deaths=30), occurred_at=START) == ["place", "injured"]


def test_a_hazard_has_no_casualties_to_tell() -> None:
    """For a slope that could give way nobody is asked who was hurt, but how many have to move and what is at stake."""
    slope = make_report(nature=Nature.HAZARD, category=Category.GEOLOGICAL)
    assert told(slope) == ["occurred_at", "place", "evacuated", "direct_loss_yuan"]


@pytest.mark.parametrize("field", ["community_code", "words"])
def test_any_closer_word_on_the_place_will_do(field: str) -> None:
    """A community or an address in words is place enough."""
    state: Incident | None = CoreWorld().report(make_report()).state
    assert state is not None
    place = state.place.model_copy(update={field: "500108001001"})
    assert "place" not in missing_elements(make_report(), state.model_copy(update={"place": place}), RULES)
