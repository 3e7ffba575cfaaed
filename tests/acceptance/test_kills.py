"""Killed at any instruction, the program loses nothing that it accepted and orders nothing twice.

All traffic enters through the gateway; the program dies by `kill -9` at each named failpoint, at random, and together
with its broker. The traffic is a slice of a round that has every oddity in it; ACCEPTANCE_EVENTS=175 in the
environment plays the whole round (161 texts, hazards and rumours), with the same kills.
"""

import asyncio
import os
from collections.abc import Iterable
from hashlib import sha256

import pytest

from models.vocabulary import Level, Status
from streams.simulator.plot import Twist
from streams.simulator.scenario import MISREAD_RATIO, TrueEvent
from tests.acceptance.lives import Aftermath, Traffic, play
from tests.acceptance.nemesis import strikes

TRAFFIC = Traffic(seed=7, events=int(os.environ.get("ACCEPTANCE_EVENTS", "14")))
ENDS = {Status.CLOSED, Status.REJECTED}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600 + 20 * TRAFFIC.events)]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """Both programs' lives, played once for all tests of this file."""
    return asyncio.run(play(tmp_path_factory.mktemp("kills"), TRAFFIC))


def differing(aftermath: Aftermath, events: Iterable[TrueEvent], *fields: str) -> list[str]:
    return [
        f"{event.event_id} {sorted(event.twists)} {name}: {left} in peace, {right} killed"
        for event in events
        for name in fields
        if (left := getattr(aftermath.peaceful[event.event_id], name))
        != (right := getattr(aftermath.killed[event.event_id], name))
    ]


def test_the_slice_has_every_oddity(aftermath: Aftermath) -> None:
    """What is played holds each twist of the scenario, a true event of a false one's kind, and several levels."""
    twists = {twist for event in aftermath.truth for twist in event.twists}
    assert twists == set(Twist)
    assert {event.is_true for event in aftermath.truth} == {True, False}
    assert len({event.level for event in aftermath.truth}) >= 3


def test_every_strike_killed_and_service_came_back(aftermath: Aftermath) -> None:
    """Each failpoint, each kill at random and each broker's death ended a life, and after each it served again."""
    planned = strikes(TRAFFIC.seed, TRAFFIC.events)
    back = aftermath.record.back_after_seconds
    killed = [line for line in aftermath.record.lines if line.endswith("killed")]
    assert len(killed) == len(planned)
    assert back
    seconds = f"{min(back):.1f} to {max(back):.1f} s"
    print(f"{len(killed)} kills, back after {seconds}, {len(aftermath.accepted)} reports accepted")  # noqa: T201 - figures


def test_nothing_accepted_is_lost(aftermath: Aftermath) -> None:
    """Every report that got a 2xx belongs to an incident that has ended, whoever was killed meanwhile."""
    assert len(aftermath.accepted) >= 2 * TRAFFIC.events
    lost = {one for one in aftermath.accepted if aftermath.ends.get(one) not in ENDS}
    assert lost == set(), aftermath.story


def test_every_invariant_holds(aftermath: Aftermath) -> None:
    """`fenghuo check` finds nothing, with no grace for what might be on its way, and with the broker read."""
    assert aftermath.violations == "", aftermath.story


def test_no_command_is_issued_twice(aftermath: Aftermath) -> None:
    """Each command has one fact in the log, and all its records, over all lives of the broker, have the same bytes."""
    assert len(aftermath.sent) > TRAFFIC.events
    assert {one for one, count in aftermath.issued.items() if count != 1} == set(), aftermath.story
    kept = {one: {sha256(aftermath.bodies[one]).digest()} for one in aftermath.sent}
    assert {one for one, digests in aftermath.sent.items() if digests != kept[one]} == set(), aftermath.story


def test_the_outcome_is_that_of_a_life_in_peace(aftermath: Aftermath) -> None:
    """Each event has the reports, verdict, level and end that it has when nobody is killed."""
    found = differing(aftermath, aftermath.truth, "reports", "verdicts", "levels", "statuses")
    assert found == [], aftermath.story


def test_the_outcome_is_the_truth(aftermath: Aftermath) -> None:
    """Each event has exactly the reports, the verdict and the end that the scenario meant; its level is the true one.

    Levels come of words, and a few texts may be misread.
    """
    meant = {
        event.event_id: (set(event.reports), {event.verdict.value}, {event.status.value})
        for event in aftermath.truth
    }
    found = {
        event_id: (set(one.reports), set(one.verdicts), set(one.statuses))
        for event_id, one in aftermath.killed.items()
    }
    assert found == meant, aftermath.story
    wrong = [
        event.event_id
        for event in aftermath.truth
        if not all(event.is_right_level(Level(level)) for level in aftermath.killed[event.event_id].levels)
    ]
    assert len(wrong) <= max(1, MISREAD_RATIO * len(aftermath.truth)), (wrong, aftermath.story)


def test_the_orders_are_those_of_a_life_in_peace(aftermath: Aftermath) -> None:
    """Each true event brought the same units the same tasks, first attempts counted.

    Left out: false events and those that somebody also told of the neighbouring township. How many orders go out
    before the denial, or before an officer merges the two, is a matter of minutes in peace as well.
    """
    events = [event for event in aftermath.truth if event.is_true and Twist.TWIN not in event.twists]
    assert differing(aftermath, events, "orders") == [], aftermath.story
