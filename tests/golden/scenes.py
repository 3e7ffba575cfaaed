"""Scenes: what no walk comes to, since it hangs on the words of reports or on ids that only some order has."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from models.categories import Category
from models.identifiers import CommandId, IncidentId
from models.messages.report import Facts, Report
from models.vocabulary import Action, Channel, FeedbackKind, ReportKind, Role
from tests.core_world import SECOND, CoreWorld, make_report
from tests.golden.walks import Golden, golden_of
from workflows.stages.commanding import retraction_id


def scenes() -> Iterator[Golden]:
    """The logs of every scene, each in a world of its own."""
    for play in _SCENES:
        world = CoreWorld()
        play(world)
        yield from golden_of(world)


def _corrected(world: CoreWorld) -> None:
    """Ten dead turn out to be two, and the place is a school."""
    _say(world, "r-1", facts=Facts(deaths=10))
    _say(world, "r-2", text="某小学教学楼起火。", facts=Facts(deaths=10))
    _say(world, "r-3", text="更正：此前通报的死亡人数有误。", facts=Facts(deaths=2))
    world.deliver()
    world.advance(70)


def _settled(world: CoreWorld) -> None:
    """A power cut that was a flood."""
    _say(world, "r-1", category=Category.PUBLIC_FACILITY, urgent=True)
    world.deliver()
    _say(world, "r-2", category=Category.FLOOD)
    _say(world, "r-3", category=Category.FLOOD)
    world.deliver()
    world.advance(70)


def _taken_back(world: CoreWorld) -> None:
    """An order is retracted and its unit has it; what nobody had released yet is withdrawn."""
    _say(world, "r-1", urgent=True, facts=Facts(deaths=3))
    world.deliver()
    (incident_id,) = world.incidents
    order = next(iter(world.incidents[incident_id].commands.values())).command
    _retract(world, incident_id, order.command_id)
    world.feedback(retraction_id(order), FeedbackKind.RECEIVED, unit_code=order.unit_code)
    incident = world.incidents[incident_id]
    _retract(world, incident_id, incident.order_id(incident.unreleased[0]))
    world.advance(400)


_SCENES: tuple[Callable[[CoreWorld], None], ...] = (_corrected, _settled, _taken_back)


def _say(world: CoreWorld, name: str, *, text: str | None = None, **changes: object) -> Report:
    is_first = name == "r-1"
    world.now += timedelta(seconds=1)
    report = make_report(
        name,
        channel=Channel.POLICE,
        kind=ReportKind.INITIAL if is_first else ReportKind.FOLLOW_UP,
        refers_to=None if is_first else "r-1",
        at=world.now,
    ).model_copy(update={"text": text, **changes})
    world.report(report)
    return report


def _retract(world: CoreWorld, incident_id: IncidentId, command_id: CommandId) -> None:
    world.decide(
        incident_id,
        Action.RETRACT,
        command_ids=(command_id,),
        area="500000",
        role=Role.COMMANDER,
        second=SECOND,
    )
    world.deliver()
