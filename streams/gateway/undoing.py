"""Undoing: what the caller may take back of an incident that they look at, read from its log and rows.

The rule is the core's (`workflows.undo`); what is found here are the facts that it is asked about. Must never enter:
the rule, and doing it: an inverse is a decision like any other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.assessment import Graded, PreliminaryGraded
from models.events.follow_up import IncidentReopened
from models.events.perception import IncidentAbsorbed, ReportJoined
from models.events.verification import VerdictReached
from models.identifiers import IncidentId
from models.messages.decision import ReportRef
from models.messages.event import Event
from models.tables import EVENTS, INCIDENTS, REPORTS
from streams.gateway.callers import Caller
from streams.gateway.listing import archived_until_seq
from streams.gateway.views import InverseView, UndoView
from workflows.incident import Incident
from workflows.permission import act_of
from workflows.rulebook import Rulebook
from workflows.two_person import needs_second
from workflows.undo import Undo, last_act, standing_before, undo_of

# As the screen's decisions call the installation's own token.
_INSTALLATION = "installation"
_FACTS_LOOKED_AT = 500  # a plan of forty orders is eighty facts; what lies further back is not offered
_TELLING = [one.type_name for one in (VerdictReached, IncidentReopened, Graded, PreliminaryGraded)]

_LATEST = (
    select(EVENTS.c.body)
    .where(EVENTS.c.incident_id == bindparam("of_incident"), EVENTS.c.recorded_at > bindparam("since"))
    .order_by(EVENTS.c.seq.desc())
    .limit(_FACTS_LOOKED_AT)
)
_BEFORE = (
    select(EVENTS.c.body)
    .where(
        EVENTS.c.incident_id == bindparam("of_incident"),
        EVENTS.c.seq < bindparam("seq"),
        EVENTS.c.type.in_(_TELLING),
    )
    .order_by(EVENTS.c.seq)
)
_JOINED = select(EVENTS.c.body).where(
    EVENTS.c.incident_id.in_(bindparam("absorbed", expanding=True)),
    EVENTS.c.type == ReportJoined.type_name,
)
_HELD = select(REPORTS.c.source_id, REPORTS.c.report_id).where(
    REPORTS.c.incident_id == bindparam("of_incident")
)
_STATE = select(INCIDENTS.c.state).where(INCIDENTS.c.incident_id == bindparam("of_incident"))


async def undo_for(
    connection: AsyncConnection, incident: Incident, caller: Caller, now: datetime, rules: Rulebook
) -> UndoView | None:
    """What this caller may take back of what they did here lately; for a merged incident, where it lives on."""
    survivor = await _survivor(connection, incident)
    if survivor is None:
        return None
    incident = survivor
    officer_id = _INSTALLATION if caller.someone is None else caller.someone.person_id
    since = now - timedelta(seconds=rules.undo.within_seconds)
    latest = await _facts(connection, _LATEST, of_incident=incident.incident_id, since=since)
    act = last_act(reversed(latest), officer_id)
    # What an act changed cannot be told where what came before it was put away.
    if not act or await archived_until_seq(connection, incident.incident_id) is not None:
        return None
    before = await _facts(connection, _BEFORE, of_incident=incident.incident_id, seq=act[0].seq)
    absorbed = await _absorbed_reports(connection, incident, act)
    undo = None if absorbed is None else undo_of(incident, act, standing_before(before), rules, absorbed)
    return None if undo is None else _view(undo, incident, caller, rules)


def _view(undo: Undo, incident: Incident, caller: Caller, rules: Rulebook) -> UndoView | None:
    inverse = undo.inverse
    if inverse is not None and not caller.may(act_of(inverse.action), incident.place.area_code):
        return None
    return UndoView(
        message_id=undo.message_id,
        action=undo.action,
        until=undo.until,
        decision=None if inverse is None else InverseView.model_validate(inverse),
        needs_second=inverse is not None and needs_second(incident, inverse, rules),
        obstacle=undo.obstacle,
    )


async def _facts(
    connection: AsyncConnection, statement: Select[tuple[bytes]], **asked: object
) -> list[Event]:
    rows = await connection.execute(statement, asked)
    return [Event.model_validate_json(row.body) for row in rows]


async def _survivor(connection: AsyncConnection, incident: Incident) -> Incident | None:
    """Where it lives on; None where that lies in an area that the caller does not see."""
    found: Incident | None = incident
    while found is not None and found.merged_into is not None:
        found = await _incident(connection, found.merged_into)
    return found


async def _incident(connection: AsyncConnection, incident_id: IncidentId) -> Incident | None:
    state = (await connection.execute(_STATE, {"of_incident": incident_id})).scalar()
    return None if state is None else Incident.model_validate_json(state)


async def _absorbed_reports(
    connection: AsyncConnection, incident: Incident, act: Sequence[Event]
) -> tuple[ReportRef, ...] | None:
    """The incident's reports that came with what this act absorbed, and with what that had absorbed before.

    None where some of it lies in an area that the caller does not see.
    """
    waiting = [event.data.incident_id for event in act if isinstance(event.data, IncidentAbsorbed)]
    absorbed: list[IncidentId] = []
    while waiting:
        absorbed.append(gone := waiting.pop())
        state = await _incident(connection, gone)
        if state is None:
            return None
        waiting += state.absorbed
    if not absorbed:
        return ()
    joined = await _facts(connection, _JOINED, absorbed=absorbed)
    came = {(e.data.source_id, e.data.report_id) for e in joined if isinstance(e.data, ReportJoined)}
    held = await connection.execute(_HELD, {"of_incident": incident.incident_id})
    return tuple(
        ReportRef(source_id=row.source_id, report_id=row.report_id)
        for row in held
        if (row.source_id, row.report_id) in came
    )
