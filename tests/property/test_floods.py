"""Laws of floods: one phone sends nobody out by rule however much it says, and as many phones do."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.events.disposal import CommandIssued
from models.messages.report import Facts
from models.vocabulary import Channel, Status
from tests.core_world import START, CoreWorld, make_report
from workflows.judgement.flood import low_trust
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
_townships = st.sampled_from(["500108001", "500108002", "500101001", "500157"])
_floods = st.lists(st.tuples(_townships, st.integers(0, 30)), min_size=1, max_size=12)


def orders_of(flood: list[tuple[str, int]], phones: int, told_before: int) -> int:
    """Orders by rule after a flood of urgent reports; each of `phones` has told so many a moment ago."""
    world, told = CoreWorld(), Counter[str]()
    for number, (township, deaths) in enumerate(flood):
        report = make_report(
            f"r-{number}",
            source="119-500000",
            reporter=f"phone-{number % phones}",
            channel=Channel.FIRE,
            area=township,
            urgent=True,
            facts=Facts(deaths=deaths),
        )
        world.report(report, low_trust(report, told_before + told[report.reporter_key], RULES))
        told[report.reporter_key] += 1
    world.advance(50)
    standing = [one for one in world.incidents.values() if one.status is not Status.MERGED]
    assert sum(incident.reports for incident in standing) == len(flood)
    return sum(isinstance(event.data, CommandIssued) for log in world.log.values() for event in log)


@given(_floods)
def test_a_flood_from_one_phone_yields_no_order_by_rule(flood: list[tuple[str, int]]) -> None:
    """Everything beyond the figure is kept, joined and waits; nobody is sent anywhere."""
    assert orders_of(flood, phones=1, told_before=RULES.flood.reports) == 0


@given(_floods)
def test_the_same_from_as_many_phones_yields_orders(flood: list[tuple[str, int]]) -> None:
    """Somebody is sent to every event, whoever else telephones."""
    assert orders_of(flood, phones=len(flood), told_before=RULES.flood.reports - 1) > 0


@given(st.integers(0, 1_000))
def test_trust_only_falls_with_what_was_told_before(told_before: int) -> None:
    """There is one figure: below it all are believed, above it none."""
    report = make_report(reporter="phone", at=START + timedelta(seconds=1))
    assert (low_trust(report, told_before, RULES) is not None) == (told_before >= RULES.flood.reports)
