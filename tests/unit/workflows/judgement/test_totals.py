"""Totals: the highest that was stated counts, and only a stated correction lowers a number."""

from models.messages.report import Facts
from models.understanding import Part, Span, Understanding
from models.vocabulary import Channel
from tests.core_world import make_report, place_of
from workflows.judgement.account import Account, account_of
from workflows.judgement.totals import Totals, casualties_rose, combine, corrected, taken_in


def stated(
    *,
    deaths: int | None = None,
    injured: int | None = None,
    source: str = "grid-1",
    channel: Channel = Channel.GRID,
) -> Account:
    facts = Facts(**{k: v for k, v in {"deaths": deaths, "injured": injured}.items() if v is not None})
    report = make_report(f"r-{source}-{deaths}-{injured}", source=source, channel=channel, facts=facts)
    fixed = Span(part=Part.TEXT, start=0, end=2, words="更正")
    return account_of(report, place_of(), Understanding(correction=fixed))


def test_the_highest_stated_counts_whatever_the_order() -> None:
    """Silence changes nothing, a lower number changes nothing, and the order of reports changes nothing."""
    one, two = stated(deaths=2, injured=9), stated(deaths=3, source="grid-2")
    forward, backward = (taken_in(taken_in(Totals(), a), b) for a, b in ((one, two), (two, one)))
    assert forward.facts == backward.facts == Facts(deaths=3, injured=9)
    assert {name: origin.source_id for name, origin in forward.origins.items()} == {
        "deaths": "grid-2",
        "injured": "grid-1",
    }


def test_the_first_to_state_a_number_stays_its_origin() -> None:
    """A second report with the same number changes nothing, so a storm of equal reports records nothing."""
    known = taken_in(Totals(), stated(deaths=2))
    assert taken_in(known, stated(deaths=2, source="grid-2")) is known


def test_a_source_corrects_its_own_number_downwards() -> None:
    """What it gave itself becomes what it says now; the corrected number names the correcting report."""
    known = taken_in(Totals(), stated(deaths=5))
    right = corrected(known, stated(deaths=3))
    assert right.facts.deaths == 3
    assert right.origins["deaths"].report_id == "r-grid-1-3-None"


def test_another_source_cannot_correct_it_downwards() -> None:
    """A stranger's lower number stands beside, not instead."""
    known = taken_in(Totals(), stated(deaths=5))
    assert corrected(known, stated(deaths=3, source="media-1", channel=Channel.MEDIA)).facts.deaths == 5


def test_a_department_corrects_anybodys_number() -> None:
    """The authority in charge has checked; its correction counts for what others said."""
    known = taken_in(Totals(), stated(deaths=5))
    right = corrected(known, stated(deaths=3, source="health", channel=Channel.DEPARTMENT))
    assert right.facts.deaths == 3


def test_two_incidents_that_are_one_know_the_higher_of_each() -> None:
    """Merging adds nothing up: both spoke of the same people."""
    one, two = (
        taken_in(Totals(), stated(deaths=2, injured=4)),
        taken_in(Totals(), stated(deaths=1, injured=7)),
    )
    assert combine(one, two).facts == Facts(deaths=2, injured=7)


def test_more_casualties_of_any_kind_are_a_rise() -> None:
    """A first number is a rise from nothing known; fewer are none."""
    assert casualties_rose(Facts(deaths=1), Facts(missing=1))
    assert not casualties_rose(Facts(deaths=2), Facts(deaths=1))
