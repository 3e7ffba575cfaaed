"""Receipts tell a sender what is still missing, and nothing that is there."""

import pytest

from models.messages.report import Facts, Report
from models.vocabulary import Nature
from streams.store.receipts import missing_elements
from tests.core_world import START, CoreWorld, make_report
from workflows.incident import Incident


def told(report: Report, **changes: object) -> list[str]:
    """What is missing after this report opened an incident that then was changed like this."""
    answer = CoreWorld().report(report)
    assert answer.state is not None
    return list(missing_elements(report, answer.state.model_copy(update=changes)))


def test_everything_that_nobody_said_is_missing() -> None:
    """A report with only a title lacks category, time, place and casualties."""
    bare = make_report(category=None)
    assert told(bare) == ["category", "occurred_at", "place", "deaths", "injured"]


def test_a_stated_zero_is_known() -> None:
    """No deaths is an answer; only silence is missing."""
    assert "deaths" not in told(make_report(facts=Facts(deaths=0)))


def test_what_another_report_said_is_not_asked_again() -> None:
    """The incident's facts count, not the single report's."""
    assert told(make_report(), facts=Facts(deaths=0, injured=1), occurred_at=START) == ["place"]


def test_a_hazard_has_no_casualties_to_tell() -> None:
    """For what could happen nobody is asked who was hurt."""
    assert told(make_report(nature=Nature.HAZARD)) == ["occurred_at", "place"]


@pytest.mark.parametrize("field", ["community_code", "words"])
def test_any_closer_word_on_the_place_will_do(field: str) -> None:
    """A community or an address in words is place enough."""
    state: Incident | None = CoreWorld().report(make_report()).state
    assert state is not None
    place = state.place.model_copy(update={field: "500108001001"})
    assert "place" not in missing_elements(make_report(), state.model_copy(update={"place": place}))
