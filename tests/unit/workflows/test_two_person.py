"""Two persons: what is too much for one officer, and who may stand behind it."""

from datetime import timedelta

import pytest

from models.events.decisions import Countersigned
from models.events.disposal import CommandIssued, PlannedTask
from models.identifiers import AreaCode, CommandId, UnitCode
from models.messages.event import Event
from models.messages.fields import SecondOfficer
from models.messages.report import Facts
from models.vocabulary import (
    Action,
    CommandKind,
    CommandRole,
    CommandStatus,
    DeadlineKind,
    Level,
    Role,
    Tier,
    Verdict,
)
from tests.core_world import OFFICER, SECOND, CoreWorld, make_report
from workflows.answer import Answer, RefusalCode
from workflows.incident import CommandState, Incident
from workflows.rulebook_file import default_rulebook
from workflows.two_person import Choice, choices_for_two, needs_second, orders_at_stake, orders_of

TOWNSHIP, CITY = "500108001", "500000"


def incident_with(waiting: int = 0, owed: int = 0, area: str = TOWNSHIP) -> Incident:
    """An incident of this area with so many tasks that wait for release, and so many orders that stand."""
    world = CoreWorld()
    opened = world.report(make_report(urgent=True, area=TOWNSHIP)).state
    assert opened is not None
    world.deliver()
    incident = world.incidents[opened.incident_id]
    order = next(iter(incident.commands.values()))
    ids = [CommandId(f"c-{number}") for number in range(owed)]
    place = incident.place
    if area == CITY:
        place = place.model_copy(
            update={
                "area_code": AreaCode(CITY),
                "district_code": None,
                "township_code": None,
                "tier": Tier.CITY,
            }
        )
    return incident.model_copy(
        update={
            "place": place,
            "plan": tuple(_task(number) for number in range(waiting)),
            "commands": {one: _held(order, one) for one in ids},
        }
    )


def _task(number: int) -> PlannedTask:
    return PlannedTask(
        task_id=f"task-{number}",
        unit_code=UnitCode("500108:health"),
        role=CommandRole.SUPPORT,
        immediate=False,
        text_zh="事",
        text_en="work",
        acknowledge_within_seconds=60,
        complete_within_seconds=600,
    )


def _held(order: CommandState, command_id: CommandId) -> CommandState:
    command = order.command.model_copy(update={"command_id": command_id, "task_id": f"stood-{command_id}"})
    return order.model_copy(update={"command": command, "status": CommandStatus.ISSUED})


def some(count: int) -> tuple[CommandId, ...]:
    """The ids of this many orders."""
    return tuple(CommandId(f"c-{number}") for number in range(count))


# (decision, tasks waiting, orders standing, area, whether two persons are needed)
GOLDEN = [
    (Choice(Action.RELEASE), 9, 0, TOWNSHIP, False),
    (Choice(Action.RELEASE), 10, 0, TOWNSHIP, True),
    (Choice(Action.RELEASE), 11, 0, TOWNSHIP, True),
    (Choice(Action.RELEASE, command_ids=some(9)), 20, 0, TOWNSHIP, False),
    (Choice(Action.RELEASE, command_ids=some(10)), 20, 0, TOWNSHIP, True),
    (Choice(Action.RELEASE, command_ids=some(1) * 12), 20, 0, TOWNSHIP, False),
    (Choice(Action.RELEASE), 0, 0, CITY, False),
    (Choice(Action.RELEASE), 1, 0, CITY, True),
    (Choice(Action.RETRACT), 0, 9, TOWNSHIP, False),
    (Choice(Action.RETRACT), 0, 10, TOWNSHIP, True),
    (Choice(Action.RETRACT), 0, 11, TOWNSHIP, True),
    (Choice(Action.RETRACT, command_ids=some(1)), 0, 11, TOWNSHIP, False),
    (Choice(Action.RETRACT, command_ids=some(1)), 0, 11, CITY, False),
    (Choice(Action.RETRACT, command_ids=some(2)), 0, 11, CITY, True),
    (Choice(Action.VERIFY, verdict=Verdict.FALSE), 0, 9, TOWNSHIP, False),
    (Choice(Action.VERIFY, verdict=Verdict.FALSE), 0, 10, TOWNSHIP, True),
    (Choice(Action.VERIFY, verdict=Verdict.TRUE), 11, 11, CITY, False),
    (Choice(Action.REGRADE, level=Level.IV), 9, 0, TOWNSHIP, False),
    (Choice(Action.REGRADE, level=Level.IV), 10, 0, TOWNSHIP, True),
    (Choice(Action.REGRADE, level=Level.I), 10, 0, TOWNSHIP, False),
    (Choice(Action.EXTEND), 0, 0, TOWNSHIP, True),
    (Choice(Action.CLOSE), 11, 11, CITY, False),
]


@pytest.mark.parametrize(("choice", "waiting", "owed", "area", "needed"), GOLDEN)
def test_what_takes_two_persons(choice: Choice, waiting: int, owed: int, area: str, needed: bool) -> None:
    """Ten orders at once, anything for the whole city but one retraction, and every extension."""
    assert needs_second(incident_with(waiting, owed, area), choice, default_rulebook()) is needed


def test_the_city_counts_only_where_the_rulebook_says_so() -> None:
    """With `city_wide` off, the number of orders decides there, too."""
    rules = default_rulebook()
    relaxed = rules.model_copy(
        update={"two_person": rules.two_person.model_copy(update={"city_wide": False})}
    )
    incident = incident_with(waiting=9, area=CITY)
    assert needs_second(incident, Choice(Action.RELEASE), rules)
    assert not needs_second(incident, Choice(Action.RELEASE), relaxed)


def test_a_screen_is_told_what_takes_two_persons() -> None:
    """The acts about all at once, as the incident stands."""
    assert choices_for_two(incident_with(3, 3), default_rulebook()) == (Choice(Action.EXTEND),)
    assert choices_for_two(incident_with(10, 10), default_rulebook()) == (
        Choice(Action.RELEASE),
        Choice(Action.RETRACT),
        Choice(Action.VERIFY, verdict=Verdict.FALSE),
        Choice(Action.EXTEND),
        Choice(Action.REGRADE, level=Level.IV),
    )


def extend(second: SecondOfficer | None, until_hours: int = 9) -> Answer:
    """Give the running clock of an incident more time, with this second officer."""
    world = CoreWorld()
    opened = world.report(make_report()).state
    assert opened is not None
    world.deliver()
    clocks = world.incidents[opened.incident_id].deadlines
    deadline_id = next(one for one, clock in clocks.items() if clock.kind is DeadlineKind.STEP)
    until = world.now + timedelta(hours=until_hours)
    return world.decide(
        opened.incident_id, Action.EXTEND, deadline_id=deadline_id, until=until, second=second
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (None, RefusalCode.SECOND_OFFICER_NEEDED),
        ({"id": OFFICER.id}, RefusalCode.SAME_OFFICER),
        ({"area_code": "500101"}, RefusalCode.OUT_OF_AREA),
        ({"role": Role.DUTY_OFFICER}, RefusalCode.NOT_PERMITTED),
        ({"role": Role.COMMANDER, "area_code": "500101"}, RefusalCode.OUT_OF_AREA),
    ],
)
def test_who_does_not_count_as_the_second(changes: dict[str, object] | None, code: RefusalCode) -> None:
    """Nobody, the same person, somebody of another area, and somebody who may not countersign."""
    answer = extend(None if changes is None else SECOND.model_copy(update=changes))
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.events) == (code, ())


@pytest.mark.parametrize("role", [None, Role.COMMANDER])
def test_the_log_names_both(role: Role | None) -> None:
    """The fact that somebody countersigned comes first, under the cause of what follows."""
    second = SECOND.model_copy(update={"role": role})
    answer = extend(second)
    signed, extended = answer.events
    assert signed.data == Countersigned(action=Action.EXTEND, officer=OFFICER, second_officer=second)
    assert (signed.actor.id, extended.actor.id) == (second.id, OFFICER.id)
    assert signed.cause_id == extended.cause_id
    assert Event.model_validate_json(signed.model_dump_json()) == signed


def test_what_is_refused_anyway_asks_for_no_second() -> None:
    """An extension into the past is not allowed, whether somebody countersigned or not."""
    for second in (None, SECOND):
        refusal = extend(second, until_hours=-1).refusal
        assert refusal is not None
        assert refusal.code is RefusalCode.NOT_ALLOWED


def test_one_officer_is_enough_for_little() -> None:
    """A second officer whom nobody asked for leaves no trace."""
    world = CoreWorld()
    opened = world.report(make_report(urgent=True, facts=Facts(deaths=3))).state
    assert opened is not None
    world.deliver()
    incident_id = opened.incident_id
    answer = world.decide(incident_id, Action.RELEASE, second=SECOND)
    assert 0 < sum(isinstance(event.data, CommandIssued) for event in answer.events) < 10
    assert not [event for event in answer.events if isinstance(event.data, Countersigned)]


def test_an_order_named_twice_goes_out_once() -> None:
    """A release that repeats an id is one release of it."""
    world = CoreWorld()
    opened = world.report(make_report(urgent=True, facts=Facts(deaths=3))).state
    assert opened is not None
    world.deliver()
    incident = world.incidents[opened.incident_id]
    chosen = incident.order_id(incident.unreleased[0])
    answer = world.decide(incident.incident_id, Action.RELEASE, command_ids=(chosen, chosen))
    assert [one.command_id for one in answer.commands if one.kind is CommandKind.ORDER] == [chosen]


@pytest.mark.parametrize(
    "choice",
    [
        Choice(Action.RELEASE),
        Choice(Action.RETRACT),
        Choice(Action.VERIFY, verdict=Verdict.FALSE),
        Choice(Action.VERIFY, verdict=Verdict.TRUE),
        Choice(Action.EXTEND),
        *(Choice(Action.REGRADE, level=level) for level in Level),
    ],
)
def test_who_signs_is_shown_as_many_orders_as_are_counted(choice: Choice) -> None:
    """By what is sent out or taken back, whichever the decision does."""
    incident, rules = incident_with(waiting=3, owed=5), default_rulebook()
    assert len(orders_at_stake(incident, choice, rules)) == orders_of(incident, choice, rules)


def test_of_named_orders_only_those_are_shown_that_it_would_still_reach() -> None:
    """An order that is over, or that nobody knows, is not signed for."""
    incident = incident_with(waiting=2, owed=2)
    named = Choice(Action.RETRACT, command_ids=(CommandId("c-1"), CommandId("c-9")))
    shown = orders_at_stake(incident, named, default_rulebook())
    assert [(order.command_id, order.status) for order in shown] == [("c-1", CommandStatus.ISSUED)]
