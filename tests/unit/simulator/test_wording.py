"""Wording: whatever the simulator says in words, somebody who reads only the words comes to the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.messages.report import FACT_NAMES, Facts
from models.vocabulary import Claim
from streams.simulator.corpus import corpus
from streams.simulator.draws import Draws
from streams.simulator.happening import Expectation
from streams.simulator.scenario import Scenario
from streams.simulator.sums import nobody_zh, totals_zh
from workflows.judgement.understanding.understand import understand

REPORTED_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_counts = st.none() | st.integers(1, 400)


@st.composite
def totals(draw: st.DrawFn) -> Facts:
    """What somebody may know; the badly hurt are among the hurt."""
    serious, lightly = draw(_counts), draw(st.integers(1, 200))
    return Facts(
        deaths=draw(_counts),
        missing=draw(_counts),
        serious=serious,
        injured=draw(_counts) if serious is None else serious + lightly,
        trapped=draw(_counts),
        burnt_hectares=draw(st.none() | st.integers(1, 3_000).map(lambda tenths: tenths / 10)),
        direct_loss_yuan=draw(st.none() | st.integers(1, 900).map(lambda wan: wan * 10_000)),
    )


def read(text: str) -> dict[str, int | float]:
    """The totals that are understood of these words, nothing and none left out."""
    found = understand(None, text, REPORTED_AT)
    return {one.fact: one.value for one in found.facts if one.value}


@settings(max_examples=300)
@given(facts=totals(), seed=st.integers(0, 10_000))
def test_totals_in_words_are_read_as_they_are_meant(facts: Facts, seed: int) -> None:
    """Every form of words for every combination of totals gives exactly these totals."""
    words = totals_zh(facts, Draws(seed, "a test"))
    assert read(f"续报：某小区火灾，截至目前{words}。") == facts.model_dump(exclude_none=True)


def test_nothing_known_is_nothing_said() -> None:
    """No total, no words; and that nobody was hurt is said as something else."""
    assert totals_zh(Facts(), Draws(1, "a test")) == ""
    assert read(f"某小区火灾，{nobody_zh(Draws(1, 'a test'))}。") == {}


@pytest.mark.parametrize("seed", [42, 1_234])
def test_reports_in_our_own_words_are_read_as_they_are_meant(seed: int) -> None:
    """Whatever is no text of the corpus is understood: its totals to the man, and the family of its event."""
    scenario = Scenario(seed)
    family_of = {plot.event_id: plot.category.facts.family for plot in scenario.plots()}
    invented = {plot.text for plot in scenario.plots() if not plot.is_true}
    borrowed = invented | {text.text for text in corpus()}
    for happening in scenario.happenings():
        report = happening.report
        is_ours = report is not None and report.text not in borrowed and report.claim is Claim.AFFIRM
        if report is None or not is_ours or happening.expectation is not Expectation.ACCEPTED:
            continue
        found = understand(report.title, report.text, report.reported_at)
        values = {one.fact: one.value for one in found.facts}
        assert {name: values.get(name) or None for name in _STATED} == {
            name: getattr(happening.stated, name) for name in _STATED
        }, report.text
        assert found.category is not None, report.text
        assert found.category.category.facts.family is family_of[happening.event_id], report.text


_STATED = tuple(name for name in FACT_NAMES if name != "magnitude")
