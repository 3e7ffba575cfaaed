"""Reports: keeping what was accepted, moving it with merge and split, and reading it back for a split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.perception import LowTrust
from models.identifiers import IncidentId, MessageId
from models.messages.report import Report
from models.places import Place
from models.tables import REPORTS
from streams.store.statements import Row, insert


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One accepted report. `body` is what arrived, byte for byte; `low_trust` is given for one of a flood."""

    report: Report
    place: Place
    incident_id: IncidentId
    digest: str
    received_at: datetime
    recorded_at: datetime
    body: bytes
    low_trust: LowTrust | None = None

    @property
    def message_id(self) -> MessageId:
        """Its identity as the inbox knows it."""
        return self.report.message_id


_OF_INCIDENT = (
    select(REPORTS)
    .where(REPORTS.c.incident_id == bindparam("in_incident"))
    .order_by(REPORTS.c.recorded_at, REPORTS.c.source_id, REPORTS.c.report_id)
)
_SENDERS = (
    select(REPORTS.c.incident_id, REPORTS.c.source_id, REPORTS.c.report_id)
    .where(REPORTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .order_by(REPORTS.c.source_id, REPORTS.c.report_id)
)
_MOVE_ALL = (
    update(REPORTS)
    .where(REPORTS.c.incident_id == bindparam("from_incident"))
    .values(incident_id=bindparam("to_incident"))
)
_MOVE_ONE = (
    update(REPORTS)
    .where(REPORTS.c.source_id == bindparam("of_source"), REPORTS.c.report_id == bindparam("of_report"))
    .values(incident_id=bindparam("to_incident"))
)


async def keep(connection: AsyncConnection, accepted: Iterable[StoredReport]) -> None:
    """Store reports that were never accepted before."""
    await insert(connection, REPORTS, [_row(stored) for stored in accepted])


async def move_all(connection: AsyncConnection, merges: Sequence[tuple[IncidentId, IncidentId]]) -> None:
    """The reports of each first incident belong to the second now."""
    if merges:
        await connection.execute(
            _MOVE_ALL, [{"from_incident": gone, "to_incident": to} for gone, to in merges]
        )


async def move(connection: AsyncConnection, moves: Sequence[tuple[str, str, IncidentId]]) -> None:
    """Each report (source_id, report_id) belongs to this incident now."""
    rows = [{"of_source": source, "of_report": report, "to_incident": to} for source, report, to in moves]
    if rows:
        await connection.execute(_MOVE_ONE, rows)


async def of_incident(connection: AsyncConnection, incident_id: IncidentId) -> tuple[StoredReport, ...]:
    """All reports of an incident, those of merged ones too, in the order in which they were recorded."""
    rows = await connection.execute(_OF_INCIDENT, {"in_incident": incident_id})
    return tuple(
        StoredReport(
            report=Report.model_validate_json(row.body),
            place=Place.model_validate_json(row.place),
            incident_id=row.incident_id,
            digest=row.digest,
            received_at=row.received_at,
            recorded_at=row.recorded_at,
            body=row.body,
            low_trust=None if row.low_trust is None else LowTrust.model_validate_json(row.low_trust),
        )
        for row in rows
    )


async def senders(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId]
) -> tuple[tuple[IncidentId, str, str], ...]:
    """(incident, source_id, report_id) of every report of these incidents."""
    rows = await connection.execute(_SENDERS, {"incident_ids": sorted(incident_ids)})
    return tuple((row.incident_id, row.source_id, row.report_id) for row in rows)


def _row(stored: StoredReport) -> Row:
    report = stored.report
    return {
        "source_id": report.source_id,
        "report_id": report.report_id,
        "message_id": stored.message_id,
        "refers_to": report.refers_to,
        "reporter_key": report.reporter_key,
        "low_trust": None if stored.low_trust is None else stored.low_trust.model_dump_json().encode(),
        "incident_id": stored.incident_id,
        "digest": stored.digest,
        "kind": report.kind.value,
        "channel": report.channel.value,
        "area_code": stored.place.area_code,
        "reported_at": report.reported_at,
        "received_at": stored.received_at,
        "recorded_at": stored.recorded_at,
        "place": stored.place.model_dump_json(exclude_none=True).encode(),
        "body": stored.body,
    }
