"""Account: a report's fields and its words side by side; fields win, and what cannot both be right is shown."""

from datetime import timedelta

import pytest

from models.categories import Category
from models.identifiers import AreaCode
from models.messages.report import Facts
from models.understanding import CategoryFound, FactFound, Part, PlaceFound, Span, TimeFound, Understanding
from models.vocabulary import Tier
from tests.core_world import START, make_report, place_of
from workflows.judgement.account import Account, account_of

DISTRICT = "500108"


def span(words: str) -> Span:
    return Span(part=Part.TEXT, start=0, end=len(words), words=words)


def found(fact: str, value: int, *, approximate: bool = False) -> FactFound:
    return FactFound(fact=fact, value=value, approximate=approximate, spans=(span(f"{value}人"),))


def told(
    understanding: Understanding,
    *,
    facts: Facts | None = None,
    category: Category | None = None,
    area: str = DISTRICT,
) -> Account:
    report = make_report(category=category, facts=facts, area=area)
    return account_of(report, place_of(area), understanding)


def test_words_fill_what_fields_leave_open() -> None:
    """A fact, a category and a time that only the words state count, and each fact keeps its words."""
    account = told(
        Understanding(
            category=CategoryFound(category=Category.GAS, spans=(span("燃气爆炸"),)),
            facts=(found("deaths", 3, approximate=True),),
            time=TimeFound(moment=START - timedelta(hours=1), span=span("一小时前")),
        )
    )
    assert (account.category, account.facts.deaths, account.approximate) == (Category.GAS, 3, ("deaths",))
    assert account.occurred_at == START - timedelta(hours=1)
    assert account.spans("deaths") == (span("3人"),)


def test_fields_win_over_words() -> None:
    """A field that is given counts, its words are no source of it, and the difference is shown with the words."""
    account = told(Understanding(facts=(found("deaths", 3),)), facts=Facts(deaths=2))
    assert account.facts.deaths == 2
    assert account.spans("deaths") == ()
    [shown] = account.contradictions
    assert (shown.field, shown.given, shown.read, shown.span) == ("deaths", "2", "3", span("3人"))


@pytest.mark.parametrize(
    ("understanding", "facts", "category"),
    [
        (Understanding(facts=(found("deaths", 2),)), Facts(deaths=2), None),
        (Understanding(facts=(found("injured", 30, approximate=True),)), Facts(injured=34), None),
        (Understanding(facts=(found("injured", 4),)), Facts(deaths=2), None),
        (
            Understanding(category=CategoryFound(category=Category.GAS, spans=(span("燃气"),))),
            None,
            Category.FIRE,
        ),
    ],
    ids=["the same number", "a rounded number", "another fact", "a category of the same family"],
)
def test_what_can_both_be_right_is_no_contradiction(
    understanding: Understanding, facts: Facts | None, category: Category | None
) -> None:
    """Equal, rounded, unrelated and easily confused statements are not held against the field."""
    assert told(understanding, facts=facts, category=category).contradictions == ()


def test_words_of_another_family_contradict_the_category() -> None:
    """Food poisoning is not a fire, whatever the field says; the field still counts."""
    poisoned = CategoryFound(category=Category.FOOD_POISONING, spans=(span("食物中毒"),))
    account = told(Understanding(category=poisoned), category=Category.FIRE)
    assert account.category is Category.FIRE
    assert [one.field for one in account.contradictions] == ["category"]


def named(*codes: str, is_clear: bool = True) -> Understanding:
    place = PlaceFound(
        area_codes=tuple(map(AreaCode, codes)), matched="name", is_clear=is_clear, span=span("涂山镇")
    )
    return Understanding(places=(place,))


def test_words_narrow_a_district_to_its_township() -> None:
    """A district was given and one township in it is named: the account lies in the township."""
    account = told(named("500108002"))
    assert (account.place.area_code, account.place.tier) == ("500108002", Tier.TOWNSHIP)
    assert (account.place.township_code, account.place.given_code) == ("500108002", DISTRICT)
    assert account.contradictions == ()


def test_an_ambiguous_name_narrows_nothing() -> None:
    """Two townships of that name leave the report where its field put it."""
    assert told(named("500108002", "500108001")).place.area_code == DISTRICT


def test_another_district_in_the_words_is_shown_and_changes_nothing() -> None:
    """The field's district counts; the officer sees that the words name another."""
    account = told(named("500101001"))
    assert account.place.area_code == DISTRICT
    assert [one.field for one in account.contradictions] == ["area_code"]


def test_a_short_name_in_another_district_is_held_against_nothing() -> None:
    """What is hardly a place name may be a person's or a firm's."""
    assert told(named("500101001", is_clear=False)).contradictions == ()


def test_of_townships_of_one_name_the_given_district_decides() -> None:
    """A name that several districts share is the one inside the district that the field gives."""
    assert told(named("500108002", "500101001")).place.area_code == "500108002"


def test_a_township_that_was_given_is_never_moved() -> None:
    """Words about a neighbour township of the same district neither move the report nor contradict it."""
    account = told(named("500108002"), area="500108001")
    assert account.place.area_code == "500108001"
    assert account.contradictions == ()
