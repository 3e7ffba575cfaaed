"""Comparison: which things seen speak for one event, which against it, and which say nothing."""

import pytest

from models.categories import Category
from models.events.perception import FusionFeature, FusionOutcome
from models.vocabulary import CoordinateSystem
from tests.unit.workflows.fusion.telling import ELSEWHERE, NEXT_DOOR, compared, told
from workflows.judgement.account import Account

SAME, ASK, DIFFERENT = FusionOutcome.SAME, FusionOutcome.ASK, FusionOutcome.DIFFERENT
FLAT = "通安大桥旁边居民楼三楼起火，浓烟滚滚"
SITE = (106.55, 29.52)


def outcome(one: Account, other: Account, spread: float = 0) -> FusionOutcome | None:
    found = compared(one, other, spread=spread)
    return None if found is None else found.outcome


def points(one: Account, other: Account, feature: FusionFeature) -> float | None:
    found = compared(one, other)
    assert found is not None
    return {name: seen.points for name, seen in found.seen}.get(feature)


def test_one_kind_place_and_time_are_one_event() -> None:
    """Without a word of text, reports of one category from one township at one time are joined."""
    assert outcome(told(), told("r-2", minutes=5)) is SAME


def test_what_cannot_be_one_event_is_not_compared() -> None:
    """Another district, or a time past the window, leaves nothing to weigh."""
    assert compared(told(), told("r-2", area=ELSEWHERE)) is None
    assert compared(told(), told("r-2", minutes=181)) is None
    assert compared(told(), told("r-2", minutes=180)) is not None


def test_the_township_next_door_needs_words() -> None:
    """A code that may be a slip joins by the landmark and the words that both have, and not by itself."""
    assert outcome(told(), told("r-2", area=NEXT_DOOR)) is DIFFERENT
    assert outcome(told("r-1", FLAT), told("r-2", FLAT, area=NEXT_DOOR)) is SAME


def test_two_landmarks_of_one_township_are_two_events() -> None:
    """Both name where it is, not the same, and tell of other things."""
    assert outcome(told("r-1", FLAT), told("r-2", "古桥幼儿园仓库烧起来了，风很大")) is not SAME


def test_positions_say_more_than_codes() -> None:
    """Near each other under two codes is one event, kilometres apart under one code is not."""
    here = told("r-1", at=SITE)
    assert outcome(here, told("r-2", area=NEXT_DOOR, at=(106.551, 29.521))) is SAME
    assert outcome(here, told("r-2", at=(106.65, 29.60))) is DIFFERENT


def test_another_datum_is_no_distance() -> None:
    """Half a kilometre between two datums is one point; within one datum it is not."""
    beside = (106.561, 29.52)
    shifted = told("r-2", at=beside, crs=CoordinateSystem.GCJ02)
    assert points(told(at=SITE), shifted, FusionFeature.PLACE) == pytest.approx(3.0)
    assert points(told(at=SITE), told("r-2", at=beside), FusionFeature.PLACE) < 3.0  # type: ignore[operator]  # both have positions


def test_a_category_that_was_not_read_says_nothing() -> None:
    """Of one township at one time it joins; another family asks at most, whatever the time."""
    assert outcome(told(), told("r-2", category=None)) is SAME
    assert outcome(told(), told("r-2", category=Category.ROAD_TRAFFIC)) is not SAME
    assert outcome(told(), told("r-2", category=Category.GAS)) is not SAME


def test_numbers_agree_contradict_or_have_grown() -> None:
    """Three and three agree, thirty and two contradict, and thirty an hour later may have grown from two."""
    three = told("r-1", deaths=3)
    assert points(three, told("r-2", deaths=3), FusionFeature.NUMBERS) > 0  # type: ignore[operator]  # both state it
    two = told("r-1", deaths=2)
    assert points(two, told("r-2", deaths=30), FusionFeature.NUMBERS) < 0  # type: ignore[operator]  # both state it
    assert points(two, told("r-2", deaths=30, minutes=60), FusionFeature.NUMBERS) is None
    assert points(told("r-1", deaths=30), told("r-2", deaths=2, minutes=60), FusionFeature.NUMBERS) < 0  # type: ignore[operator]  # both state it


def test_silence_and_zero_contradict_nothing() -> None:
    """Who says nothing, or that nobody died so far, speaks neither for nor against."""
    assert points(told("r-1", deaths=3), told("r-2"), FusionFeature.NUMBERS) is None
    assert points(told("r-1", deaths=3), told("r-2", deaths=0), FusionFeature.NUMBERS) is None


def test_a_named_reporter_is_remembered_and_a_source_is_not() -> None:
    """Somebody who reports again likely means the same; a hotline means nobody in particular."""
    one = told("r-1", reporter="w-7")
    assert points(one, told("r-2", reporter="w-7"), FusionFeature.REPORTER) == pytest.approx(1.5)
    assert points(told(), told("r-2"), FusionFeature.REPORTER) is None


def test_what_is_wide_spreads_over_its_district() -> None:
    """A flood in the next township is another one until so many report it that it is everywhere."""
    one = told("r-1", category=Category.FLOOD)
    other = told("r-2", category=Category.FLOOD, area=NEXT_DOOR)
    assert outcome(one, other) is DIFFERENT
    assert outcome(one, other, spread=1) is SAME
    fire = told("r-3", area=NEXT_DOOR)
    assert outcome(told(), fire, spread=1) is DIFFERENT


def test_every_reason_can_be_read() -> None:
    """Each feature seen is told with its points and what was seen."""
    found = compared(told("r-1", FLAT, deaths=3), told("r-2", FLAT, deaths=3, minutes=6))
    assert found is not None
    told_of = {part.feature: part.reason for part in found.features()}
    assert told_of[FusionFeature.TIME] == "6 min apart"
    assert told_of[FusionFeature.NUMBERS] == "deaths agree"
    assert "both name 通安大桥" in told_of[FusionFeature.PLACE]
    assert told_of[FusionFeature.WORDS].startswith("100%")
