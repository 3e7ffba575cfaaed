"""Fusion candidates: the incidents that a report may speak of, from the database and from this very batch.

Which one it is is for `workflows.judgement.fusion` to say; here only what cannot fit is left away, by index. What
another worker opens at the same moment is not seen; the FusionCheck deadline finds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.categories import Category
from models.identifiers import IncidentId
from models.messages.report import Report
from models.tables import INCIDENTS, REPORTS
from models.vocabulary import Nature, Status
from streams.store.incidents import follow_merges
from workflows.judgement.account import Account
from workflows.judgement.fusion import Candidate

Key = tuple[str, Category | None, Nature, bool]  # area, category, nature, exercise
Reference = tuple[str, str]  # source, report
_INCIDENT = ""  # in place of a source: the reference names an incident


@dataclass(slots=True)
class Candidates:
    """The pool of one batch: what was committed before, growing by what the batch itself opens and joins."""

    by_id: dict[IncidentId, Candidate] = field(default_factory=dict)
    by_key: dict[Key, set[IncidentId]] = field(default_factory=lambda: defaultdict(set))
    by_reference: dict[Reference, IncidentId] = field(default_factory=dict)

    def for_account(self, account: Account) -> tuple[Candidate, ...]:
        """What may fit this report: of its own key, and what it refers to."""
        ids = sorted(self.by_key.get(_key_of(account), ()))
        found = [self.by_id[incident_id] for incident_id in ids]
        referred = self._referred(account.report)
        if referred is not None and referred in self.by_id:
            found = [c for c in found if c.incident_id != referred]
            found.append(replace(self.by_id[referred], matched_reference=True))
        return tuple(found)

    def add(self, candidate: Candidate) -> None:
        """One more incident that later reports may speak of."""
        self.by_id[candidate.incident_id] = candidate
        self.by_key[_key_of_candidate(candidate)].add(candidate.incident_id)

    def joined(self, account: Account, incident_id: IncidentId) -> None:
        """A report of this batch went there: a later one may refer to it or be close to it in time."""
        report = account.report
        self.by_reference[report.source_id, report.report_id] = incident_id
        known = self.by_id.get(incident_id)
        if known is not None:
            latest = max(known.last_reported_at, report.reported_at)
            self.by_id[incident_id] = replace(known, last_reported_at=latest)
            return
        self.add(
            Candidate(
                incident_id=incident_id,
                category=account.category,
                nature=report.nature,
                exercise=report.exercise,
                area_code=account.place.area_code,
                opened_at=report.reported_at,
                last_reported_at=report.reported_at,
            )
        )

    def _referred(self, report: Report) -> IncidentId | None:
        if report.refers_to is None:
            return None
        by_report = self.by_reference.get((report.source_id, report.refers_to))
        return by_report or self.by_reference.get((_INCIDENT, report.refers_to))


_COLUMNS = (
    INCIDENTS.c.incident_id,
    INCIDENTS.c.category,
    INCIDENTS.c.nature,
    INCIDENTS.c.exercise,
    INCIDENTS.c.area_code,
    INCIDENTS.c.opened_at,
    INCIDENTS.c.first_reported_at,
    INCIDENTS.c.last_reported_at,
    INCIDENTS.c.status,
)
_NEAR = select(*_COLUMNS).where(
    INCIDENTS.c.area_code.in_(bindparam("area_codes", expanding=True)),
    INCIDENTS.c.category.in_(bindparam("categories", expanding=True)),
    INCIDENTS.c.last_reported_at >= bindparam("not_before"),
    INCIDENTS.c.first_reported_at <= bindparam("not_after"),
    INCIDENTS.c.status != Status.MERGED.value,
)
_BY_ID = select(*_COLUMNS).where(INCIDENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
_REFERRED = select(REPORTS.c.source_id, REPORTS.c.report_id, REPORTS.c.incident_id).where(
    tuple_(REPORTS.c.source_id, REPORTS.c.report_id).in_(bindparam("references", expanding=True))
)


@dataclass(frozen=True, slots=True)
class _Seen:
    candidate: Candidate
    first_reported_at: datetime
    status: Status

    @property
    def key(self) -> Key:
        return _key_of_candidate(self.candidate)


async def load(connection: AsyncConnection, accounts: Sequence[Account], window: timedelta) -> Candidates:
    """What these reports may speak of, within `window` before and after each."""
    pool = Candidates()
    if known := [account for account in accounts if account.category is not None]:
        area_codes = {str(account.place.area_code) for account in known}
        categories = {account.category.value for account in known if account.category is not None}
        times = [account.report.reported_at for account in known]
        for seen in await _near(
            connection, area_codes, categories, (min(times) - window, max(times) + window)
        ):
            pool.add(seen.candidate)
    await _add_referred(
        connection, pool, [account.report for account in accounts if account.report.refers_to is not None]
    )
    return pool


async def twins(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId], window: timedelta, most: int
) -> dict[IncidentId, tuple[IncidentId, ...]]:
    """For each incident the open ones that may be the same event, oldest first, at most `most`."""
    asked = [seen for seen in await _by_id(connection, incident_ids) if seen.candidate.category is not None]
    if not asked:
        return {}
    times = [seen.first_reported_at for seen in asked]
    area_codes = {seen.candidate.area_code for seen in asked}
    categories = {seen.candidate.category.value for seen in asked if seen.candidate.category is not None}
    near = await _near(connection, area_codes, categories, (min(times) - window, max(times) + window))
    by_key: dict[Key, list[_Seen]] = defaultdict(list)
    for seen in sorted(near, key=lambda seen: (seen.candidate.opened_at, seen.candidate.incident_id)):
        if seen.status is Status.OPEN:
            by_key[seen.key].append(seen)
    return {seen.candidate.incident_id: _twins_of(seen, by_key[seen.key], window)[:most] for seen in asked}


def _twins_of(asked: _Seen, near: Iterable[_Seen], window: timedelta) -> tuple[IncidentId, ...]:
    return tuple(
        seen.candidate.incident_id
        for seen in near
        if seen.candidate.incident_id != asked.candidate.incident_id
        and abs(seen.first_reported_at - asked.first_reported_at) <= window
    )


async def _near(
    connection: AsyncConnection, area_codes: set[str], categories: set[str], bounds: tuple[datetime, datetime]
) -> list[_Seen]:
    wanted = {
        "area_codes": sorted(area_codes),
        "categories": sorted(categories),
        "not_before": bounds[0],
        "not_after": bounds[1],
    }
    return [_seen(row) for row in (await connection.execute(_NEAR, wanted)).mappings()]


async def _by_id(connection: AsyncConnection, incident_ids: Iterable[IncidentId]) -> list[_Seen]:
    wanted = sorted(set(incident_ids))
    if not wanted:
        return []
    return [_seen(row) for row in (await connection.execute(_BY_ID, {"incident_ids": wanted})).mappings()]


async def _add_referred(connection: AsyncConnection, pool: Candidates, referring: Sequence[Report]) -> None:
    """A reference is a report of the same source, else an incident; either may live on in another incident."""
    if not referring:
        return
    references = sorted({(report.source_id, report.refers_to or "") for report in referring})
    found = await connection.execute(_REFERRED, {"references": references})
    named = {(row.source_id, row.report_id): IncidentId(row.incident_id) for row in found}
    direct = {IncidentId(reference) for _, reference in references}
    ends = await follow_merges(connection, {*named.values(), *direct})
    pool.by_reference |= {(_INCIDENT, named_id): ends[named_id] for named_id in direct if named_id in ends}
    pool.by_reference |= {reference: ends.get(target, target) for reference, target in named.items()}
    for seen in await _by_id(connection, set(pool.by_reference.values()) - pool.by_id.keys()):
        pool.add(seen.candidate)


def _seen(row: RowMapping) -> _Seen:
    candidate = Candidate(
        incident_id=IncidentId(row["incident_id"]),
        category=None if row["category"] is None else Category(row["category"]),
        nature=Nature(row["nature"]),
        exercise=row["exercise"],
        area_code=row["area_code"],
        opened_at=row["opened_at"],
        last_reported_at=row["last_reported_at"],
    )
    return _Seen(candidate, row["first_reported_at"], Status(row["status"]))


def _key_of(account: Account) -> Key:
    report = account.report
    return (account.place.area_code, account.category, report.nature, report.exercise)


def _key_of_candidate(candidate: Candidate) -> Key:
    return (candidate.area_code, candidate.category, candidate.nature, candidate.exercise)
