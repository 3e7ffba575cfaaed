"""Officers: what they decide about a case, from the truth and the clocks, under ids that hold when decided again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models.messages.decision import Decision
from models.vocabulary import Action, Level, Status, Step, Tier, Verdict
from streams.simulator.case import Case
from streams.simulator.conduct import Act, acts
from streams.simulator.reporters import Pace
from streams.simulator.scenario import TrueEvent
from tests.unit.simulator.city import BEGAN, City, at_work

SEED = 42
PACE = Pace(SEED, spacing_seconds=240, rounds=1, events=30)


async def cases_without_officers() -> list[Case]:
    """Every case as it stands after three hours in which reporters and units were at work and no officer was."""
    city = City()
    people = at_work(city, PACE)
    people.pop(1).close()
    await city.play(*people, until=BEGAN + timedelta(hours=3))
    found = []
    for incident_id, held in city.core.reports.items():
        view = await city.incident(incident_id)
        assert view is not None
        found.append(Case(view, await city.commands_of(incident_id), event_named(held[0].report.report_id)))
    return found


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """What lies on the duty desks when nobody has sat there."""
    return asyncio.run(cases_without_officers())


def event_named(report_id: str) -> TrueEvent:
    return next(event for event in PACE.scenario(1).truth() if report_id.startswith(event.event_id))


def decided(case: Case, action: Action) -> list[Decision]:
    """What officers would decide of one kind."""
    return [act.decision for act in acts(SEED, case) if act.decision.action is action]


def is_asked(case: Case) -> bool:
    """An officer's verdict is waited for."""
    confirm = case.view.steps.get(Step.CONFIRM)
    return case.summary.status is Status.OPEN and confirm is not None and confirm.ended_at is None


def test_the_verdict_is_the_truth_s(cases: list[Case]) -> None:
    """Asked about a rumour an officer says false, about a real event true, whatever the engine's confidence is."""
    asked = [case for case in cases if is_asked(case)]
    verdicts = {
        (case.is_real, decision.verdict) for case in asked for decision in decided(case, Action.VERIFY)
    }
    assert verdicts == {(True, Verdict.TRUE), (False, Verdict.FALSE)}


def test_an_officer_looks_after_what_sources_got_wrong(cases: list[Case]) -> None:
    """Where a rumour was taken for true, an officer goes and looks in the end, and says false."""
    (case, *_) = (case for case in cases if not case.is_real)
    believed = replace(
        case,
        view=case.view.model_copy(
            update={"summary": case.summary.model_copy(update={"verdict": Verdict.TRUE}), "steps": {}}
        ),
    )
    (decision,) = decided(believed, Action.VERIFY)
    assert decision.verdict is Verdict.FALSE


def test_what_is_decided_again_is_the_same(cases: list[Case]) -> None:
    """The same case gives the same acts, byte for byte; a refused one comes back under another id."""
    for case in [case for case in cases if is_asked(case)]:
        first = acts(SEED, case)
        assert acts(SEED, case) == first
        assert len({act.decision.decision_id for act in first}) == len(first)
        (again,) = {act.again(9).decision.decision_id for act in first[:1]}
        assert again != first[0].decision.decision_id
        assert first[0].again(9) == first[0].again(9)


def test_officers_sit_at_the_tier_that_has_the_step(cases: list[Case]) -> None:
    """Who verifies sits in the area of the tier that the step has climbed to; all three tiers are met."""
    asked = [case for case in cases if is_asked(case)]
    seats = {
        case.view.steps[Step.CONFIRM].tier
        for case in asked
        for decision in decided(case, Action.VERIFY)
        if decision.area_code == case.view.place.at(case.view.steps[Step.CONFIRM].tier)
    }
    assert Tier.CITY in seats
    assert len(decided(asked[0], Action.VERIFY)) == 1


def test_nothing_is_released_for_a_rumour_or_before_it_is_sure(cases: list[Case]) -> None:
    """Waiting tasks are released for real events that are verified or severe, and for no other."""
    waiting = [case for case in cases if case.view.waiting_tasks]
    assert waiting
    for case in waiting:
        is_sure = case.summary.verdict is Verdict.TRUE or case.summary.level in (Level.I, Level.II)
        assert bool(decided(case, Action.RELEASE)) == (case.is_real and is_sure)


def test_twins_are_merged_into_the_older(cases: list[Case]) -> None:
    """Of two incidents of one event only the older one's officer merges, after giving the engine its time."""
    by_event: dict[str, list[Case]] = {}
    for case in cases:
        assert case.event is not None
        by_event.setdefault(case.event.event_id, []).append(case)
    older, younger = next(
        sorted(found, key=lambda c: c.summary.opened_at) for found in by_event.values() if len(found) > 1
    )
    (merge,) = decided(replace(older, twin=younger.summary), Action.MERGE)
    assert merge.other_incident_id == younger.summary.incident_id
    assert merge.decided_at > younger.summary.opened_at + timedelta(minutes=5)
    assert decided(replace(younger, twin=older.summary), Action.MERGE) == []


@pytest.mark.parametrize("status", [Status.MERGED, Status.REJECTED])
def test_what_has_ended_is_left_alone(status: Status, cases: list[Case]) -> None:
    """Nobody decides anything about an incident that was merged or found false."""
    (case, *_) = [case for case in cases if is_asked(case)]
    ended = case.view.model_copy(update={"summary": case.summary.model_copy(update={"status": status})})
    assert acts(SEED, replace(case, view=ended)) == ()


def test_acts_come_in_the_order_in_which_they_are_due(cases: list[Case]) -> None:
    """The first act is the one whose officer gets to it first, and each is dated with that time."""
    for case in (case for case in cases if case.summary.status is Status.OPEN):
        found: tuple[Act, ...] = acts(SEED, case)
        assert list(found) == sorted(found, key=lambda act: act.due_at) or len(found) < 2
        assert all(act.decision.decided_at == act.due_at for act in found)
