"""Event log: appending facts, each where the log of its incident lies.

Must never enter: changing or removing one; what puts old logs away is `streams.store.archiving`.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.messages.event import Event
from models.months import Month, month_of
from models.tables import EVENTS
from streams.store.statements import Row, insert
from workflows.incident import Incident


async def append(
    connection: AsyncConnection,
    facts: Iterable[tuple[Event, bytes]],
    incidents: Mapping[IncidentId, Incident],
) -> None:
    """Add facts with their bytes; `incidents` are the states after them. DataRefused means that one is there."""
    rows = [
        row_of(event, body, month_of(incidents[IncidentId(event.incident_id)].opened_at))
        for event, body in facts
    ]
    await insert(connection, EVENTS, rows)


def row_of(event: Event, body: bytes, opened_month: Month) -> Row:
    """The row of one fact of an incident that was opened in this month."""
    return {
        "event_id": event.event_id,
        "opened_month": opened_month,
        "incident_id": event.incident_id,
        "seq": event.seq,
        "type": event.type,
        "recorded_at": event.recorded_at,
        "cause_id": event.cause_id,
        "body": body,
    }
