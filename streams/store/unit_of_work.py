"""Unit of work: one batch, one transaction, and everything that must stand or fall with it.

The door of the store for the engine. It carries; what a message means is decided by `workflows`, which of them go
through it by `streams.processing.batch`.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.perception import IncidentMerged, ReportJoined
from models.identifiers import CommandId, DeadlineId, IncidentId, MessageId
from models.messages.event import Event
from models.messages.receipt import Receipt
from models.topics import Topic
from streams.store import (
    attachments,
    commands,
    dead_letters,
    deadlines,
    event_log,
    floods,
    fusion_candidates,
    fusion_twins,
    heat,
    inbox,
    incidents,
    outbox,
    outcomes,
    progress,
    receipts,
    reports,
)
from streams.store.changes import Changes
from streams.store.database import Database
from streams.store.publications import Outgoing, of_event, of_facts, of_receipt
from workflows.judgement.account import Account
from workflows.rulebook import Rulebook

_CLAIM_SECONDS = 10.0
_NOTHING = outbox.Claimed("", ())


def wall_now() -> datetime:
    """Real time, for claims on outbox rows; the program's time comes from its clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One open transaction. Reads see what was committed before and what this unit wrote."""

    connection: AsyncConnection
    cluster_id: str
    claim: str
    wall: Callable[[], datetime] = wall_now

    async def advance(
        self, slices: Sequence[progress.Slice], now: datetime, *, accept_gap: bool
    ) -> dict[progress.Partition, int]:
        """As `progress.advance`: raises Fenced or OffsetGap."""
        return await progress.advance(self.connection, self.cluster_id, slices, now, accept_gap=accept_gap)

    async def handled(self, message_ids: Iterable[MessageId]) -> dict[MessageId, inbox.KnownMessage]:
        """Those messages that were handled before."""
        return await inbox.handled(self.connection, message_ids)

    async def candidates(self, accounts: Sequence[Account], rules: Rulebook) -> fusion_candidates.Candidates:
        """What these reports may speak of."""
        return await fusion_candidates.load(self.connection, accounts, rules)

    async def told_lately(self, accounts: Sequence[Account], rules: Rulebook, now: datetime) -> floods.Told:
        """How many reports the reporters of these have told within the rulebook's window."""
        return await floods.load(self.connection, [one.report for one in accounts], rules, now)

    async def twins(
        self, incident_ids: Iterable[IncidentId], rules: Rulebook
    ) -> dict[IncidentId, tuple[IncidentId, ...]]:
        """Open incidents that may be the same event as these, the likeliest first."""
        return await fusion_twins.twins(self.connection, incident_ids, rules)

    async def clocks(self, deadline_ids: Iterable[DeadlineId]) -> dict[DeadlineId, deadlines.Clock]:
        """Those clocks that exist."""
        return await deadlines.known(self.connection, deadline_ids)

    async def command_owners(self, command_ids: Iterable[CommandId]) -> dict[CommandId, IncidentId]:
        """The incident that has each of these commands now."""
        return await commands.owners(self.connection, command_ids)

    async def survivors(self, incident_ids: Iterable[IncidentId]) -> dict[IncidentId, IncidentId]:
        """For each incident that exists, the one that it lives on in."""
        return await incidents.follow_merges(self.connection, incident_ids)

    async def lock(self, incident_ids: Iterable[IncidentId]) -> dict[IncidentId, incidents.Standing]:
        """Lock and load those incidents that exist, in id order."""
        return await incidents.lock(self.connection, incident_ids)

    async def reports_of(self, incident_id: IncidentId) -> tuple[reports.StoredReport, ...]:
        """All reports of an incident, as committed."""
        return await reports.of_incident(self.connection, incident_id)

    async def save(self, changes: Changes, now: datetime, rules: Rulebook) -> outbox.Claimed:
        """Write everything. What must be on Kafka comes back, claimed for this unit until the claim runs out."""
        connection = self.connection
        bodies = [event.model_dump_json().encode() for event in changes.events]
        states = {one: standing.incident for one, standing in changes.standings.items()}
        await event_log.append(connection, zip(changes.events, bodies, strict=True), states)
        for incident_id in sorted(changes.to_refold):
            log_heat = await heat.refold(connection, incident_id, rules)
            changes.standings[incident_id] = replace(changes.standings[incident_id], log_heat=log_heat)
        await incidents.save(connection, (changes.standings[one] for one in changes.touched))
        await self._keep_reports(changes)
        told = [stored.report for stored in changes.reports]
        await attachments.link(connection, told, changes.feedback)
        await commands.record(connection, changes.events, states)
        await deadlines.record(connection, changes.events)
        await deadlines.make_moot(connection, changes.moot, now)
        await outcomes.keep(connection, changes.outcomes)
        await inbox.record(connection, self.cluster_id, changes.entries)
        outgoing = [of_event(*pair) for pair in zip(changes.events, bodies, strict=True)]
        outgoing += of_facts(changes.events)
        outgoing += changes.hand_overs
        outgoing += await self._receipts(changes, now)
        outgoing += await dead_letters.bury(connection, self.cluster_id, changes.dead)
        await progress.count(connection, self.cluster_id, changes.counts)
        traces = changes.traces
        if traces:
            outgoing = [one.under(traces.get(one.cause_id)) if one.cause_id else one for one in outgoing]
        return await self.send(outgoing)

    async def send(self, outgoing: Iterable[Outgoing]) -> outbox.Claimed:
        """Write outbox rows that the caller publishes itself once this unit is committed."""
        now = self.wall()
        until = now + timedelta(seconds=_CLAIM_SECONDS)
        return await outbox.add(self.connection, outgoing, now, self.claim, until)

    async def move_reports(self, events: Iterable[Event]) -> None:
        """Bring reports to the incident where merges and splits put them, so that this unit reads them there.

        `save` does it again for all events in their order, which ends the same: new reports are written only there.
        """
        for event in events:
            match event.data:
                case IncidentMerged(into=into):
                    await reports.move_all(self.connection, [(IncidentId(event.incident_id), into)])
                case ReportJoined(source_id=source, report_id=report):
                    # A split records its reports anew in their new incident.
                    await reports.move(self.connection, [(source, report, IncidentId(event.incident_id))])

    async def _keep_reports(self, changes: Changes) -> None:
        await reports.keep(self.connection, changes.reports)
        new = {stored.message_id for stored in changes.reports}
        await self.move_reports(
            event
            for event in changes.events
            if not (isinstance(event.data, ReportJoined) and event.cause_id in new)
        )

    async def _receipts(self, changes: Changes, now: datetime) -> list[Outgoing]:
        told: list[Receipt] = [*changes.receipts, *changes.late_receipts()]
        if ended := changes.ended:
            for incident_id, source_id, report_id in await reports.senders(self.connection, ended):
                incident = changes.standings[incident_id].incident
                recorded_at = max(now, incident.last_recorded_at)
                told.append(receipts.closed(source_id, report_id, incident, recorded_at))
        return [of_receipt(receipt) for receipt in told]


class UnitsOfWork:
    """Opens units of work on one database for one cluster. `holder` names this process and no other, ever.

    `wall` is real time, for claims; a program hands in its own clock, which does not step when the machine's is set.
    """

    def __init__(
        self, database: Database, cluster_id: str, holder: str, wall: Callable[[], datetime] = wall_now
    ) -> None:
        self.database = database
        self.cluster_id = cluster_id
        self._holder = holder
        self._wall = wall
        self._count = itertools.count(1)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """One transaction: it commits when the block ends and rolls back when it raises.

        Raises TransientFault (run it again), DataRefused (a row is to blame) and what the block raises.
        """
        async with self.database.write() as connection:
            yield UnitOfWork(connection, self.cluster_id, self.new_claim(), self._wall)

    def new_claim(self) -> str:
        """A word that no other claim ever has."""
        return f"{self._holder}/{next(self._count)}"

    async def mark_published(self, claims: Sequence[str]) -> int:
        """Kafka has acknowledged everything under these claims. Raises TransientFault: then it is sent once more."""
        async with self.database.write() as connection:
            return await outbox.mark_published(connection, claims, self.cluster_id, self._wall())

    async def claim_outbox(
        self, older_than_seconds: float, limit: int = 500, topics: Sequence[Topic] = outbox.EVERY_TOPIC
    ) -> outbox.Claimed:
        """Take over rows that nobody has published for so long: what a crash left, or a gateway just wrote."""
        now = self._wall()
        older_than = now - timedelta(seconds=older_than_seconds)
        until = now + timedelta(seconds=_CLAIM_SECONDS)
        async with self.database.read() as connection:
            if not await outbox.is_waiting(connection, older_than, now, until, topics):
                return _NOTHING
        async with self.database.write() as connection:
            return await outbox.claim(
                connection,
                self.new_claim(),
                limit=limit,
                older_than=older_than,
                now=now,
                until=until,
                topics=topics,
            )

    async def send_due_deadlines(self, now: datetime, limit: int = 200) -> outbox.Claimed:
        """Send up to `limit` clocks that have passed at `now` (the program's time); publish what comes back."""
        async with self.database.read() as connection:
            if not await deadlines.is_due(connection, now):
                return _NOTHING
        async with self.begin() as unit:
            return await unit.send(await deadlines.send_due(unit.connection, now, limit))

    async def send_unheard_commands(
        self, sent_before: datetime, now: datetime, limit: int = 200
    ) -> outbox.Claimed:
        """Send again up to `limit` commands that no unit's system has taken in since `sent_before`."""
        async with self.begin() as unit:
            return await unit.send(await commands.send_unheard(unit.connection, sent_before, now, limit))
