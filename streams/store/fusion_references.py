"""Fusion references: which incident a report's reference leads to, and who waits for a report that arrives late.

A reference names a report of the same source, else an incident; either may live on in another incident. A report that
came before the one it refers to waits for it: whoever waits is found when that one arrives, as long as the two were not
reported further apart than the rulebook's `reference_waits_seconds`. Must never enter: what follows from it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId, ReportId
from models.messages.report import Report
from models.tables import REPORTS
from streams.store.incidents import follow_merges
from workflows.judgement.fusion import Bond
from workflows.rulebook import Fusion

Reference = tuple[str, str]  # source, report


@dataclass(frozen=True, slots=True)
class _Waiting:
    incident_id: IncidentId
    since: datetime


@dataclass(slots=True)
class References:
    """What is known of the references of one batch, growing by what the batch itself takes in."""

    waits: timedelta = timedelta()
    by_report: dict[Reference, IncidentId] = field(default_factory=dict)
    by_incident: dict[str, IncidentId] = field(default_factory=dict)
    waiting: dict[Reference, list[_Waiting]] = field(default_factory=lambda: defaultdict(list))

    @property
    def incidents(self) -> set[IncidentId]:
        """Every incident that some reference leads to."""
        waiting = {one.incident_id for several in self.waiting.values() for one in several}
        return {*self.by_report.values(), *self.by_incident.values(), *waiting}

    def bonds(self, report: Report) -> dict[IncidentId, Bond]:
        """The incidents that references tie this report to."""
        bonds = dict.fromkeys(self._waiting_for(report), Bond.AWAITED)
        if (named := self._named(report)) is not None:
            bonds[named] = Bond.REFERS_TO
        return bonds

    def awaited_by(self, report: Report) -> ReportId | None:
        """The report that this one refers to and that is not here yet."""
        is_here = report.refers_to is None or self._named(report) is not None
        return None if report.refers_to is None or is_here else ReportId(report.refers_to)

    def arrived(self, report: Report, incident_id: IncidentId) -> None:
        """A report of this batch went to that incident."""
        if report.refers_to is not None and self._named(report) is None:
            self.waiting[report.source_id, report.refers_to].append(_Waiting(incident_id, report.reported_at))
        self.by_report[report.source_id, report.report_id] = incident_id

    def _named(self, report: Report) -> IncidentId | None:
        if report.refers_to is None:
            return None
        by_report = self.by_report.get((report.source_id, report.refers_to))
        return by_report or self.by_incident.get(report.refers_to)

    def _waiting_for(self, report: Report) -> Iterator[IncidentId]:
        for one in self.waiting.get((report.source_id, report.report_id), ()):
            if abs(one.since - report.reported_at) <= self.waits:
                yield one.incident_id


# Half by half, here and below, and more than is asked for: SQLite walks no index for pairs.
_NAMED = select(REPORTS.c.source_id, REPORTS.c.report_id, REPORTS.c.incident_id).where(
    REPORTS.c.source_id.in_(bindparam("source_ids", expanding=True)),
    REPORTS.c.report_id.in_(bindparam("report_ids", expanding=True)),
)
_WAITING = select(
    REPORTS.c.source_id, REPORTS.c.refers_to, REPORTS.c.incident_id, REPORTS.c.reported_at
).where(REPORTS.c.refers_to.in_(bindparam("report_ids", expanding=True)))


async def load_references(
    connection: AsyncConnection, reports: Sequence[Report], rules: Fusion
) -> References:
    """What the database knows of the references of these reports, and of references to them."""
    known = References(timedelta(seconds=rules.reference_waits_seconds))
    named = {(one.source_id, one.refers_to) for one in reports if one.refers_to is not None}
    if named:
        sources, report_ids = (sorted(set(half)) for half in zip(*named, strict=True))
        for row in await connection.execute(_NAMED, {"source_ids": sources, "report_ids": report_ids}):
            if (reference := (row.source_id, row.report_id)) in named:
                known.by_report[reference] = IncidentId(row.incident_id)
        known.by_incident = {name: IncidentId(name) for _, name in named}
    if reports:
        arrived = {(one.source_id, one.report_id) for one in reports}
        report_ids = sorted({report_id for _, report_id in arrived})
        for late in await connection.execute(_WAITING, {"report_ids": report_ids}):
            if (reference := (late.source_id, late.refers_to)) in arrived:
                known.waiting[reference].append(_Waiting(IncidentId(late.incident_id), late.reported_at))
    return await _followed(connection, known)


async def _followed(connection: AsyncConnection, known: References) -> References:
    """Every incident as the one that it lives on in; what is no incident is left away."""
    if not (ids := known.incidents):
        return known
    ends = await follow_merges(connection, ids)
    known.by_report = {one: ends[into] for one, into in known.by_report.items() if into in ends}
    known.by_incident = {name: ends[into] for name, into in known.by_incident.items() if into in ends}
    for several in known.waiting.values():
        several[:] = [
            _Waiting(ends[one.incident_id], one.since) for one in several if one.incident_id in ends
        ]
    return known
