"""Units: what they say about a command, in which order, and under ids that hold when it is said again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.identifiers import AreaCode, CommandId, IncidentId, UnitCode
from models.messages.command import Command
from models.messages.feedback import Feedback
from models.vocabulary import CommandKind, CommandRole, FeedbackKind, Level
from streams.simulator.timeline import Manner, manner_of, timeline

ISSUED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WINDOW = timedelta(seconds=600)
TOWNSHIP_UNIT, CITY_UNIT = "500108102:fire", "500000:fire"
NAMES = st.text("0123456789abcdef", min_size=8, max_size=8)


def make_order(name: str, unit: str = TOWNSHIP_UNIT, hours_to_complete: int | None = 2) -> Command:
    """An order of ten minutes to sign and some hours to finish."""
    return Command(
        command_id=CommandId(name),
        incident_id=IncidentId("i-1"),
        kind=CommandKind.ORDER,
        unit_code=UnitCode(unit),
        role=CommandRole.LEAD,
        task_id="extinguish_fire",
        text_zh="立即出动灭火",
        level=Level.IV,
        area_code=AreaCode("500108102"),
        verified=True,
        attempt=1,
        released_by="rule",
        issued_at=ISSUED,
        acknowledge_by=ISSUED + WINDOW,
        complete_by=None if hours_to_complete is None else ISSUED + timedelta(hours=hours_to_complete),
        exercise=False,
        rulebook="sha256:" + "0" * 64,
    )


def order_taken(manner: Manner, unit: str = TOWNSHIP_UNIT) -> Command:
    """The first order that its unit takes in this manner."""
    orders = (make_order(f"c-{n}", unit) for n in range(1_000))
    return next(order for order in orders if manner_of(1, order) is manner)


def said(manner: Manner, unit: str = TOWNSHIP_UNIT) -> dict[FeedbackKind, Feedback]:
    """The last of each kind that a unit of this manner says."""
    return {feedback.kind: feedback for feedback in timeline(1, order_taken(manner, unit))}


@given(seed=st.integers(0, 2**32 - 1), name=NAMES, unit=st.sampled_from([TOWNSHIP_UNIT, CITY_UNIT]))
def test_a_unit_says_the_same_again(seed: int, name: str, unit: str) -> None:
    """Asked again about the same command it says the same bytes, each under an id of its own, in the order of time."""
    told = timeline(seed, make_order(name, unit))
    assert timeline(seed, make_order(name, unit)) == told
    assert len({feedback.feedback_id for feedback in told}) == len(told)
    assert [feedback.occurred_at for feedback in told] == sorted(feedback.occurred_at for feedback in told)
    assert all(Feedback.model_validate_json(feedback.model_dump_json()) == feedback for feedback in told)


@given(name=NAMES)
def test_the_city_answers_in_the_end(name: str) -> None:
    """A unit of the city never refuses and never stays silent: it signs and finishes, if late."""
    kinds = {feedback.kind for feedback in timeline(7, make_order(name, CITY_UNIT))}
    assert {FeedbackKind.ACKNOWLEDGED, FeedbackKind.DONE} <= kinds
    assert FeedbackKind.REFUSED not in kinds


def test_a_prompt_unit_signs_and_finishes_in_time() -> None:
    """Received, signed by somebody with a name, progress, done: all within the limits of the order."""
    told = said(Manner.PROMPT)
    assert list(told) == [
        FeedbackKind.RECEIVED,
        FeedbackKind.ACKNOWLEDGED,
        FeedbackKind.PROGRESS,
        FeedbackKind.DONE,
    ]
    assert told[FeedbackKind.ACKNOWLEDGED].occurred_at < ISSUED + WINDOW
    assert told[FeedbackKind.DONE].occurred_at < ISSUED + timedelta(hours=2)
    assert told[FeedbackKind.DONE].person == told[FeedbackKind.ACKNOWLEDGED].person


def test_a_late_unit_signs_when_its_command_has_climbed() -> None:
    """It signs after the time for signing, and then does the work all the same."""
    assert said(Manner.LATE)[FeedbackKind.ACKNOWLEDGED].occurred_at > ISSUED + WINDOW
    assert FeedbackKind.DONE in said(Manner.LATE)


def test_an_overdue_unit_finishes_too_late() -> None:
    """It signs in time and is done after the limit for the work."""
    told = said(Manner.OVERDUE)
    assert told[FeedbackKind.ACKNOWLEDGED].occurred_at < ISSUED + WINDOW
    assert told[FeedbackKind.DONE].occurred_at > ISSUED + timedelta(hours=2)


def test_a_refusing_unit_says_why_and_who() -> None:
    """It refuses within the time for signing, and says nothing more."""
    told = said(Manner.REFUSING)
    assert list(told) == [FeedbackKind.RECEIVED, FeedbackKind.REFUSED]
    assert told[FeedbackKind.REFUSED].occurred_at < ISSUED + WINDOW


def test_a_silent_unit_never_signs() -> None:
    """At most its system says that the command is there."""
    assert set(said(Manner.SILENT)) <= {FeedbackKind.RECEIVED}


def test_units_give_their_best_where_a_round_opens() -> None:
    """A smooth unit signs within a quarter of the time and is done in minutes, whatever it would have been like."""
    for manner in (Manner.PROMPT, Manner.SILENT, Manner.REFUSING):
        told = timeline(1, order_taken(manner), is_smooth=True)
        assert told[-1].kind is FeedbackKind.DONE
        assert told[-1].occurred_at < ISSUED + timedelta(minutes=12)


@pytest.mark.parametrize("unit", [TOWNSHIP_UNIT, CITY_UNIT])
def test_work_without_a_limit_ends_too(unit: str) -> None:
    """An order that names no time for the work is finished within hours by whoever signs it."""
    for n in range(200):
        for feedback in timeline(1, make_order(f"c-{n}", unit, hours_to_complete=None)):
            assert feedback.occurred_at < ISSUED + timedelta(hours=4)


def test_every_manner_occurs_and_most_units_are_prompt() -> None:
    """Among a thousand orders each manner is met, and three in four are taken promptly."""
    manners = [manner_of(1, make_order(f"c-{n}")) for n in range(1_000)]
    assert set(manners) == set(Manner) - {Manner.SMOOTH}
    assert manners.count(Manner.PROMPT) > 750
