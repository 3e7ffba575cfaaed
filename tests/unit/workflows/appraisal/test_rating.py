"""Rating: scores, bands with exact edges, few data, and the incidents behind them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from models.identifiers import AreaCode, IncidentId, UnitCode
from models.messages.rating import Rating
from models.vocabulary import RatingColour, SubjectKind, Tier
from workflows.appraisal.outcomes import Measure
from workflows.appraisal.rating import (
    Subject,
    Tally,
    Window,
    area_subject,
    colour_of,
    gist_of,
    has_changed,
    rate,
    rests_on,
    unit_subject,
)
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
END = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = Window(END - timedelta(seconds=RULES.rating.window_seconds), END)
TOWNSHIP = Subject("500108001", SubjectKind.AREA, Tier.TOWNSHIP)


def rated(**tallies: Tally) -> Rating:
    return rate(TOWNSHIP, tallies, WINDOW, RULES, END)


def test_the_rulebook_weighs_exactly_what_is_measured() -> None:
    """No measure without a weight, no weight without a measure."""
    assert set(RULES.rating.weights) == {measure.value for measure in Measure}


@pytest.mark.parametrize(
    ("good", "colour"),
    [
        (1000, RatingColour.GREEN),
        (900, RatingColour.GREEN),
        (899, RatingColour.BLUE),
        (800, RatingColour.BLUE),
        (799, RatingColour.YELLOW),
        (700, RatingColour.YELLOW),
        (699, RatingColour.ORANGE),
        (600, RatingColour.ORANGE),
        (599, RatingColour.RED),
        (0, RatingColour.RED),
    ],
)
def test_a_band_begins_exactly_at_its_figure(good: int, colour: RatingColour) -> None:
    """90, 80, 70 and 60 belong to the better colour, a thousandth less to the worse."""
    found = rated(closure=Tally(good, 1000))
    assert (found.colour, found.score) == (colour, good / 10)


def test_an_edge_is_exact_through_weights_too() -> None:
    """Shares that floating point would add up to 89.99999999999999 are ninety."""
    found = rated(
        direct_report=Tally(9, 10),
        verification=Tally(27, 30),
        false_report=Tally(63, 70),
        closure=Tally(9, 10),
    )
    assert (found.colour, found.score) == (RatingColour.GREEN, 90.0)


def test_an_edge_is_the_decimal_that_the_rulebook_writes() -> None:
    """No double is 89.9; a score of 89.9 reaches that edge all the same."""
    bands = RULES.rating.bands.model_copy(update={"green": 89.9})
    assert colour_of(Fraction("89.9"), bands) is RatingColour.GREEN
    assert colour_of(Fraction("89.8999999999999999999"), bands) is RatingColour.BLUE


def test_what_is_shown_never_belongs_to_a_better_band() -> None:
    """89.998 is shown as 89.99 and blue, not as 90 and blue."""
    found = rated(closure=Tally(89_998, 100_000))
    assert (found.colour, found.score) == (RatingColour.BLUE, 89.99)
    assert colour_of(Fraction("89.99"), RULES.rating.bands) is RatingColour.BLUE


def test_measures_without_outcomes_are_not_held_against_anybody() -> None:
    """The weights of what was measured are shared out; the rest is absent, not zero."""
    found = rated(acknowledgement=Tally(1, 1), completion=Tally(1, 2), closure=Tally(0, 0))
    assert [one.id for one in found.components] == ["acknowledgement", "completion"]
    weights = RULES.rating.weights
    both = weights["acknowledgement"] + weights["completion"]
    assert found.score == 100 * (weights["acknowledgement"] + weights["completion"] / 2) / both


def test_nothing_to_rate_has_no_colour() -> None:
    """No outcomes: no colour, no score, and few data."""
    found = rated()
    assert (found.colour, found.score, found.few_data, found.sample) == (None, None, True, 0)
    assert found.components == ()


def test_few_data_are_said_to_be_few() -> None:
    """Below the rulebook's smallest sample the colour stands under a mark."""
    least = RULES.rating.minimum_sample
    assert rated(closure=Tally(1, least - 1)).few_data
    assert not rated(closure=Tally(1, least)).few_data
    assert not rated(closure=Tally(1, least - 1), verification=Tally(0, 1)).few_data


def test_a_component_names_at_most_fifty_incidents_and_counts_the_rest() -> None:
    """Who looks for the reason finds the bad ones first, and how many are not listed."""
    ids = tuple(IncidentId(f"i-{n}") for n in range(60))
    (component,) = rated(closure=Tally(10, 80, ids, omitted=7)).components
    assert component.incident_ids == ids[:50]
    assert component.omitted == 17
    assert (component.numerator, component.denominator, component.ratio) == (10, 80, 0.125)


def test_the_rating_says_whom_when_and_under_which_rules() -> None:
    """Enough to read it without asking."""
    found = rated(closure=Tally(1, 1))
    assert (found.subject_code, found.subject_kind, found.tier) == (
        "500108001",
        SubjectKind.AREA,
        Tier.TOWNSHIP,
    )
    assert (found.window_start, found.window_end, found.as_of) == (WINDOW.start, WINDOW.end, END)
    assert found.rulebook == RULES.digest


def test_departments_of_city_district_and_township_are_apart() -> None:
    """The same department at three tiers is three subjects."""
    tiers = [unit_subject(UnitCode(f"{area}:emergency")).tier for area in ("500000", "500108", "500108001")]
    assert tiers == [Tier.CITY, Tier.DISTRICT, Tier.TOWNSHIP]
    assert area_subject(AreaCode("500108")).tier is Tier.DISTRICT
    assert area_subject(AreaCode("500108001")).tier is Tier.TOWNSHIP


def test_only_figures_and_rules_make_news() -> None:
    """A window that moved on does not; one more outcome, or another share of the same score, does."""
    before = rated(closure=Tally(8, 10, (IncidentId("i-1"),)), completion=Tally(8, 10))
    later = Window(WINDOW.start + timedelta(hours=1), WINDOW.end + timedelta(hours=1))
    same = {"closure": Tally(8, 10, (IncidentId("i-2"),)), "completion": Tally(8, 10)}
    assert not has_changed(gist_of(before), rate(TOWNSHIP, same, later, RULES, later.end))
    assert rests_on(gist_of(before), same, RULES)
    more = {**same, "closure": Tally(9, 11)}
    assert has_changed(gist_of(before), rate(TOWNSHIP, more, later, RULES, later.end))
    assert not rests_on(gist_of(before), more, RULES)
    other_rules = RULES.model_copy(update={"digest": "sha256:" + "0" * 64})
    assert has_changed(gist_of(before), rate(TOWNSHIP, same, later, other_rules, later.end))
    assert not rests_on(gist_of(before), same, other_rules)
    assert has_changed(None, before)
