"""Chains of warnings as the engine makes them: an incident of each colour, warned of, changed and taken back."""

from datetime import timedelta

from models.categories import Category
from models.identifiers import IncidentId
from models.messages.public_warning import PublicWarning
from models.messages.report import Facts
from models.vocabulary import Action, Level, Nature, Verdict, WarningColour
from tests.core_world import START, CoreWorld, make_report

LEVEL = {
    WarningColour.RED: Level.I,
    WarningColour.ORANGE: Level.II,
    WarningColour.YELLOW: Level.III,
    WarningColour.BLUE: Level.IV,
}
VALID = timedelta(hours=6)


def warned(
    level: Level = Level.IV,
    *,
    category: Category | None = Category.FIRE,
    exercise: bool = False,
    nature: Nature = Nature.EMERGENCY,
    area: str = "500108001",
) -> tuple[CoreWorld, IncidentId]:
    """A world with one incident that an officer verified and graded, so that assessment is behind it."""
    world = CoreWorld()
    report = make_report(category=category, exercise=exercise, nature=nature, area=area, facts=Facts())
    if category is None:
        report = report.model_copy(update={"title": "情况通报"})  # words that say no kind either
    world.report(report)
    incident_id = next(iter(world.incidents))
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE, area="500000")
    if level is not Level.IV:
        world.decide(incident_id, Action.REGRADE, level=level, area="500000")
    world.deliver()
    return world, incident_id


def warnings_of(world: CoreWorld, incident_id: IncidentId) -> list[PublicWarning]:
    """Every message of an incident, in order."""
    found = (getattr(event.data, "warning", None) for event in world.log[incident_id])
    return [one for one in found if isinstance(one, PublicWarning)]


def chain_of(colour: WarningColour, *, exercise: bool = False) -> list[PublicWarning]:
    """Alert, its renewal before it expires, and its end, all in one colour."""
    level = LEVEL[colour]
    world, incident_id = warned(level, exercise=exercise)
    world.now = START + VALID
    world.decide(incident_id, Action.ACKNOWLEDGE)
    world.now += timedelta(minutes=20)
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE, area="500000")
    return warnings_of(world, incident_id)
