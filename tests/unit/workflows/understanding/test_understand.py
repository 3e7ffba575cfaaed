"""Understand: the rooms side by side on one report."""

from datetime import UTC, datetime

from models.categories import Category
from models.understanding import Sensitivity
from workflows.judgement.understanding.understand import understand

REPORTED_AT = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)


def test_one_report_is_read_by_every_room() -> None:
    """Category, totals, amounts, place, time and what is sensitive stand in one understanding."""
    found = understand(
        "渝北区龙溪街道一小学发生火灾",
        "今天上午9时许，渝北区龙溪街道一小学食堂发生火灾，造成2人死亡、5人受伤，直接经济损失约300万元。",
        REPORTED_AT,
    )
    assert found.category is not None
    assert found.category.category is Category.FIRE
    facts = {fact.fact: (fact.value, fact.approximate) for fact in found.facts}
    assert facts == {"deaths": (2, False), "injured": (5, False), "direct_loss_yuan": (3_000_000, True)}
    assert found.places
    assert found.outside is None
    assert found.time is not None
    assert found.time.moment == datetime(2026, 3, 12, 1, 0, tzinfo=UTC)
    assert {one.kind for one in found.sensitive} == {Sensitivity.PLACE}
    assert found.correction is None


def test_a_correction_is_kept_beside_the_lower_figure() -> None:
    """The figure and the words that let it replace a higher one."""
    found = understand(None, "更正：此前通报有误，死亡人数为3人。", REPORTED_AT)
    assert [(fact.fact, fact.value) for fact in found.facts] == [("deaths", 3)]
    assert found.correction is not None
    assert found.correction.words == "更正"


def test_an_event_elsewhere_has_no_place_here() -> None:
    """Words that put the event outside the city are shown instead of a place."""
    found = understand("印度孟买发生列车连环爆炸", "印度西部城市孟买发生七起爆炸。", REPORTED_AT)
    assert found.places == ()
    assert found.outside is not None


def test_silence_is_unknown() -> None:
    """Words about nothing give nothing, no zeros."""
    assert understand("工作简报", "街道组织大扫除。", REPORTED_AT).facts == ()
