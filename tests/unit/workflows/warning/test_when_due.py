"""When the public is told: issue, change, renewal and end."""

from datetime import timedelta

import pytest

from models.categories import Category
from models.messages.public_warning import PublicWarning
from models.vocabulary import Action, Level, MessageType, Nature, Status, Verdict, WarningColour
from tests.core_world import START, make_report
from tests.unit.workflows.warning.chains import VALID, warned, warnings_of
from workflows.judgement.warning.compose import colour_due
from workflows.rulebook_file import default_rulebook

ALERT, UPDATE, CANCEL = MessageType.ALERT, MessageType.UPDATE, MessageType.CANCEL


def said(warnings: list[PublicWarning]) -> list[tuple[MessageType, WarningColour]]:
    return [(one.message_type, one.colour) for one in warnings]


@pytest.mark.parametrize("nature", Nature)
@pytest.mark.parametrize(
    ("level", "colour"),
    [
        (Level.I, WarningColour.RED),
        (Level.II, WarningColour.ORANGE),
        (Level.III, WarningColour.YELLOW),
        (Level.IV, WarningColour.BLUE),
    ],
)
def test_a_level_has_its_statutory_colour(level: Level, colour: WarningColour, nature: Nature) -> None:
    """What has happened and what could are both warned of."""
    world, incident_id = warned(level, nature=nature)
    assert said(warnings_of(world, incident_id)) == [(ALERT, colour)]


@pytest.mark.parametrize("category", [Category.CRIME, Category.MASS_INCIDENT, Category.OTHER, None])
def test_a_class_without_colour_is_not_warned_of(category: Category | None) -> None:
    """Society has a colour by reference only, and what is of no class has none."""
    world, incident_id = warned(Level.I, category=category)
    assert warnings_of(world, incident_id) == []


def test_a_level_below_the_colours_is_not_warned_of() -> None:
    """A rulebook may leave the lowest level without a colour: then there is a hint at most, no warning."""
    rules = default_rulebook()
    world, incident_id = warned()
    colours = {level: colour for level, colour in rules.colour_of_level.items() if level is not Level.IV}
    fewer = rules.model_copy(update={"colour_of_level": colours})
    assert colour_due(world.incidents[incident_id], rules) is WarningColour.BLUE
    assert colour_due(world.incidents[incident_id], fewer) is None


def test_a_category_that_comes_late_is_warned_of() -> None:
    """Nobody knew what it was when it was graded; the first report that says so brings the warning."""
    world, incident_id = warned(category=None)
    assert warnings_of(world, incident_id) == []
    world.report(make_report("r-2", source="119", at=world.now, refers_to="r-1", category=Category.GAS))
    assert said(warnings_of(world, incident_id)) == [(ALERT, WarningColour.BLUE)]


def test_a_worse_level_is_an_update() -> None:
    """A new message in the new colour that names the old one; the old one stays as it was."""
    world, incident_id = warned()
    world.decide(incident_id, Action.REGRADE, level=Level.II, area="500000")
    alert, update = warnings_of(world, incident_id)
    assert said([alert, update]) == [(ALERT, WarningColour.BLUE), (UPDATE, WarningColour.ORANGE)]
    assert update.references == (alert.warning_id,)


@pytest.mark.parametrize(
    ("since", "messages"), [(timedelta(hours=2, minutes=59), 1), (timedelta(hours=3), 2)]
)
def test_a_warning_is_renewed_in_the_second_half_of_its_validity(since: timedelta, messages: int) -> None:
    """Whatever reaches the incident then brings an update with a validity of its own."""
    world, incident_id = warned()
    world.now = START + since
    world.decide(incident_id, Action.ACKNOWLEDGE)
    warnings = warnings_of(world, incident_id)
    assert len(warnings) == messages
    assert warnings[-1].expires == warnings[-1].effective + VALID


def test_what_proved_false_is_taken_back() -> None:
    """The cancel names the whole chain and says why; the colour is that of what it takes back."""
    world, incident_id = warned(Level.II)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE, area="500000")
    alert, cancel = warnings_of(world, incident_id)
    assert (cancel.message_type, cancel.colour) == (CANCEL, WarningColour.ORANGE)
    assert cancel.references == (alert.warning_id,)
    assert "不属实" in cancel.description_zh
    assert world.incidents[incident_id].warning is None


def test_what_was_merged_points_to_the_other_warning() -> None:
    """The absorbed incident's warning is taken back; the survivor's stands."""
    world, one = warned()
    world.report(make_report("r-2", source="119", at=world.now, area="500101001"))
    other = next(i for i in world.incidents if i != one)
    world.deliver_one()
    world.decide(other, Action.VERIFY, verdict=Verdict.TRUE, area="500000")
    world.deliver()
    world.decide(one, Action.MERGE, other=other, area="500000")
    gone = next(i for i in (one, other) if world.incidents[i].status is Status.MERGED)
    assert "并入" in warnings_of(world, gone)[-1].description_zh
    kept = one if gone == other else other
    assert world.incidents[kept].warning is not None


def test_a_reopened_incident_is_warned_of_anew() -> None:
    """The end was not the end: a fresh alert, not an edit of the old chain."""
    world, incident_id = warned()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE, area="500000")
    world.decide(incident_id, Action.REOPEN)
    assert world.incidents[incident_id].warning is None
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area="500000")
    world.deliver()
    warnings = warnings_of(world, incident_id)
    assert [one.message_type for one in warnings] == [ALERT, CANCEL, ALERT]
    assert warnings[-1].references == ()


def test_a_long_chain_names_its_alert_and_its_latest() -> None:
    """References stay bounded however long an incident lasts."""
    world, incident_id = warned()
    for turn in range(30):
        level = Level.III if turn % 2 == 0 else Level.IV
        world.decide(incident_id, Action.REGRADE, level=level, area="500000")
    warnings = warnings_of(world, incident_id)
    names = [one.warning_id for one in warnings]
    assert len(set(names)) == 31
    assert warnings[-1].references == (names[0], *names[-21:-1])


def test_the_state_keeps_no_rendering() -> None:
    """The CAP stays in the log; a state, which is written with every message, does not carry it."""
    world, incident_id = warned()
    in_force = world.incidents[incident_id].warning
    assert in_force is not None
    assert in_force.cap_xml is None
    assert warnings_of(world, incident_id)[0].cap_xml is not None
