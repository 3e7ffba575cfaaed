"""What a gateway asks of `workflows.undo`, asked of a world of the core: the last act of the tests' officer."""

from models.events.perception import IncidentAbsorbed, ReportJoined
from models.identifiers import IncidentId
from models.messages.decision import ReportRef
from tests.core_world import OFFICER, SECOND, CoreWorld
from workflows.answer import Answer
from workflows.undo import Inverse, Undo, last_act, standing_before, undo_of


def undo_in(world: CoreWorld, incident_id: IncidentId) -> Undo | None:
    """What takes back the officer's last act on this incident."""
    log = world.log[incident_id]
    act = last_act(log, OFFICER.id)
    if not act:
        return None
    before = standing_before(event for event in log if event.seq < act[0].seq)
    absorbed = _absorbed(world, incident_id, [e.data for e in act if isinstance(e.data, IncidentAbsorbed)])
    return undo_of(world.incidents[incident_id], act, before, world.rules, absorbed)


def take_back(world: CoreWorld, inverse: Inverse, area: str = "500000") -> Answer:
    """Send the inverse decision, with a second officer in case that it takes two."""
    return world.decide(
        inverse.incident_id,
        inverse.action,
        verdict=inverse.verdict,
        level=inverse.level,
        command_ids=inverse.command_ids,
        other=inverse.other_incident_id,
        reports=inverse.reports,
        area=area,
        second=SECOND,
    )


def _absorbed(
    world: CoreWorld, incident_id: IncidentId, absorbed: list[IncidentAbsorbed]
) -> tuple[ReportRef, ...]:
    gone = [one.incident_id for one in absorbed]
    for one in gone:
        gone += world.incidents[one].absorbed
    came = {
        (event.data.source_id, event.data.report_id)
        for one in gone
        for event in world.log[one]
        if isinstance(event.data, ReportJoined)
    }
    held = (message.report for message in world.reports.get(incident_id, ()))
    return tuple(
        ReportRef(source_id=report.source_id, report_id=report.report_id)
        for report in held
        if (report.source_id, report.report_id) in came
    )
