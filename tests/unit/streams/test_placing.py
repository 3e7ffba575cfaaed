"""A report lies where its area code pointed on the Beijing day that it was known."""

from datetime import UTC, datetime

from models.areas import area_tree
from streams.processing.placing import place_of
from tests.core_world import make_report


def test_the_code_is_read_on_the_beijing_day_it_was_known() -> None:
    """An hour before midnight in Beijing and an hour after can mean two different trees."""
    before = make_report(area="500105", at=datetime(2025, 11, 5, 15, tzinfo=UTC))
    after = make_report(area="500105", at=datetime(2025, 11, 5, 17, tzinfo=UTC))
    codes = [place.area_code for one in (before, after) if (place := place_of(one, area_tree())) is not None]
    assert codes == ["500105", "500157"]


def test_known_at_comes_before_reported_at() -> None:
    """What was known before a district was merged lies in the old one, whenever it was reported."""
    report = make_report(
        area="500105",
        known_at=datetime(2025, 11, 1, tzinfo=UTC),
        at=datetime(2025, 11, 20, tzinfo=UTC),
    )
    place = place_of(report, area_tree())
    assert place is not None
    assert place.district_code == "500105"


def test_a_code_that_never_existed_has_no_place() -> None:
    """There is nothing to guess."""
    assert place_of(make_report(area="999999"), area_tree()) is None
