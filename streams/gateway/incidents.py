"""Incidents out: the list, and one incident with its log, its reports and its commands.

A merged incident answers for itself, with status `merged` and where it lives on; its reports and commands are there.
"""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Response

from models.access import Act
from models.areas import AreaKind
from models.messages.fields import Moment
from models.vocabulary import Level, Stage, Status, Verdict
from streams.gateway import listing
from streams.gateway.auditing import Refusal
from streams.gateway.callers import CallerOf
from streams.gateway.cursors import seal, unseal
from streams.gateway.known import IdInPath, require_incident
from streams.gateway.openapi import problems
from streams.gateway.parameters import MOST_ROWS, Code, Cursor, KnownParametersOnly, Limit, area_named
from streams.gateway.problems import bad_filter, not_found
from streams.gateway.reading import reading_for
from streams.gateway.services import ServicesOf
from streams.gateway.showing import command_view, incident_view, report_view
from streams.gateway.undoing import undo_for
from streams.gateway.views import (
    CommandList,
    EventPage,
    IncidentPage,
    IncidentSummary,
    IncidentView,
    ReportPage,
)
from streams.store import attachments
from streams.store.queries import Filter
from workflows.disclosure import masked_body
from workflows.incident import Incident

router = APIRouter(prefix="/api/incidents", tags=["incidents"], dependencies=[KnownParametersOnly])

_ONE = problems(400, 401, 404, 503)
Since = Annotated[Moment | None, Query(alias="from", description="changed at this time or later")]
Until = Annotated[Moment | None, Query(alias="to", description="changed before this time")]


def _area_seen(caller: CallerOf, area: Code = None) -> str | None:
    if area is not None and area_named(area, "area").kind is AreaKind.COMMUNITY:
        raise bad_filter("area", "incidents are listed by city, district or township")
    seen = area if caller.is_installation else area or caller.home
    if seen is not None and not caller.may(Act.READ_INCIDENTS, seen):
        raise Refusal(not_found("area", seen), caller, Act.READ_INCIDENTS, seen, None)
    return seen


def _wanted(
    area: Annotated[str | None, Depends(_area_seen)],
    stage: Stage | None = None,
    status: Status | None = None,
    verdict: Verdict | None = None,
    level: Level | None = None,
    since: Since = None,
    until: Until = None,
) -> Filter:
    return Filter(stage, status, verdict, level, area, since, until)


@router.get("", responses=problems(400, 401, 503))
async def get_incidents(
    caller: CallerOf,
    services: ServicesOf,
    wanted: Annotated[Filter, Depends(_wanted)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IncidentPage:
    """Incidents by their last change, newest first; `area` is a city, district or township with all below it.

    One that changes while you page moves to the front: to have seen all, ask again with `from` set to your start.
    """
    after = None if cursor is None else unseal(services.token, repr(wanted), cursor)
    async with reading_for(caller, services) as connection:
        rows, next_place = await listing.incidents(connection, wanted, after, limit)
    return IncidentPage(
        incidents=tuple(map(IncidentSummary.model_validate, rows)),
        next_cursor=None if next_place is None else seal(services.token, repr(wanted), next_place),
    )


@router.get("/{incident_id}", responses=_ONE)
async def get_incident(incident_id: IdInPath, caller: CallerOf, services: ServicesOf) -> IncidentView:
    """One incident as it stands now, with its steps, running deadlines and the tasks that wait for a click."""
    await require_incident(incident_id, caller, services.database)
    async with reading_for(caller, services) as connection:
        row = await listing.incident(connection, incident_id)
        state = Incident.model_validate_json(row.state)
        open_now = await listing.open_among(connection, [one.incident_id for one in state.suggestions])
        undo = await undo_for(connection, state, caller, services.clock.now(), services.rules())
    return incident_view(IncidentSummary.model_validate(row), state, services.rules(), open_now, undo)


@router.get("/{incident_id}/events", responses=_ONE, response_model=EventPage)
async def get_events(
    incident_id: IdInPath,
    caller: CallerOf,
    services: ServicesOf,
    after_seq: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Limit = MOST_ROWS,
) -> Response:
    """The incident's log from `after_seq` on, as it went to `incident-events`; words of reports and reporters masked.

    Under the installation's token, whose holder reads that topic anyway, each event is that very text byte for byte.
    """
    await require_incident(incident_id, caller, services.database)
    async with reading_for(caller, services) as connection:
        rows, next_after_seq = await listing.events(connection, incident_id, after_seq, limit)
        archived_until_seq = await listing.archived_until_seq(connection, incident_id)
    shown = _as_sent if caller.is_installation else _masked
    page = {
        "events": [shown(row.body) for row in rows],
        "next_after_seq": next_after_seq,
        "archived_until_seq": archived_until_seq,
    }
    return Response(orjson.dumps(page), media_type="application/json")


def _as_sent(body: bytes) -> object:
    return orjson.Fragment(body)


def _masked(body: bytes) -> object:
    return masked_body(orjson.loads(body))


@router.get("/{incident_id}/reports", responses=_ONE)
async def get_reports(
    incident_id: IdInPath, caller: CallerOf, services: ServicesOf, limit: Limit = 50, cursor: Cursor = None
) -> ReportPage:
    """The incident's reports, newest first, masked: no contact data, nor fields that the contract does not know."""
    query = f"reports of {incident_id}"
    after = None if cursor is None else unseal(services.token, query, cursor)
    await require_incident(incident_id, caller, services.database)
    async with reading_for(caller, services) as connection:
        rows, next_place = await listing.reports(connection, incident_id, after, limit)
        kept = await attachments.kept_of_messages(connection, [row.message_id for row in rows])
    return ReportPage(
        reports=tuple(report_view(row, kept) for row in rows),
        next_cursor=None if next_place is None else seal(services.token, query, next_place),
    )


@router.get("/{incident_id}/commands", responses=_ONE)
async def get_commands(incident_id: IdInPath, caller: CallerOf, services: ServicesOf) -> CommandList:
    """Every order and retraction of the incident, in the order of issue, and how far its unit is."""
    await require_incident(incident_id, caller, services.database)
    async with reading_for(caller, services) as connection:
        row = await listing.incident(connection, incident_id)
        rows = await listing.commands(connection, incident_id)
        named = await attachments.of_commands(connection, [sent.command_id for sent in rows])
    held = Incident.model_validate_json(row.state).commands
    signed = {command_id: state.acknowledged_by for command_id, state in held.items()}
    return CommandList(
        as_of=services.clock.now(),
        commands=tuple(
            command_view(sent, signed.get(sent.command_id), named.get(sent.command_id, ())) for sent in rows
        ),
    )
