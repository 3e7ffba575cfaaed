"""Laws of ratings, over any tallies."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.messages.rating import Rating
from models.vocabulary import RatingColour, SubjectKind, Tier
from workflows.appraisal.outcomes import Measure
from workflows.appraisal.rating import Subject, Tally, Window, colour_of, rate
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
END = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = Window(END - timedelta(days=7), END)
SUBJECT = Subject("500108", SubjectKind.AREA, Tier.DISTRICT)
_BEST_FIRST = list(RatingColour)


@st.composite
def _tally(draw: st.DrawFn) -> Tally:
    total = draw(st.integers(0, 10_000))
    return Tally(draw(st.integers(0, total)), total)


_tallies = st.dictionaries(st.sampled_from([measure.value for measure in Measure]), _tally())


def _rated(tallies: dict[str, Tally]) -> Rating:
    return rate(SUBJECT, tallies, WINDOW, RULES, END)


@given(_tallies)
def test_a_score_lies_between_0_and_100_and_in_its_colours_band(tallies: dict[str, Tally]) -> None:
    """A score comes with a colour, both or neither, and the shown figure is never in a better band."""
    found = _rated(tallies)
    assert (found.score is None) == (found.colour is None) == (found.sample == 0)
    if found.score is not None and found.colour is not None:
        assert 0 <= found.score <= 100
        assert colour_of(Fraction(str(found.score)), RULES.rating.bands) is found.colour
        assert min(one.ratio for one in found.components) * 100 <= found.score + 0.01
        assert found.score <= max(one.ratio for one in found.components) * 100


@given(_tallies, st.sampled_from([measure.value for measure in Measure]), st.integers(1, 1_000))
def test_more_good_never_lowers(tallies: dict[str, Tally], measure: str, more: int) -> None:
    """Further good outcomes of a measure that has some never lower the score or worsen the colour."""
    known = tallies.get(measure, Tally(0, 0))
    if not known.total:
        return
    before = _rated(tallies)
    after = _rated({**tallies, measure: Tally(known.good + more, known.total + more)})
    assert before.score is not None
    assert after.score is not None
    assert after.score >= before.score
    assert before.colour is not None
    assert after.colour is not None
    assert _BEST_FIRST.index(after.colour) <= _BEST_FIRST.index(before.colour)


@given(st.fractions(0, 100))
def test_every_score_has_the_colour_of_its_band(score: Fraction) -> None:
    """The band is that of the greatest edge not above the score; edges belong to the better colour."""
    bands = RULES.rating.bands
    edges = {
        RatingColour.GREEN: bands.green,
        RatingColour.BLUE: bands.blue,
        RatingColour.YELLOW: bands.yellow,
        RatingColour.ORANGE: bands.orange,
    }
    reached = [colour for colour, edge in edges.items() if score >= Fraction(str(edge))]
    assert colour_of(score, bands) is (reached[0] if reached else RatingColour.RED)


@given(_tallies)
def test_components_add_up_to_the_sample(tallies: dict[str, Tally]) -> None:
    """Nothing is counted that no component shows."""
    found = _rated(tallies)
    assert sum(one.denominator for one in found.components) == found.sample
    assert {one.id for one in found.components} == {name for name, tally in tallies.items() if tally.total}
