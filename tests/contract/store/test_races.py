"""Races: two workers at once on one PostgreSQL. SQLite has one writer and hides every one of these.

Each test starts both and lets the database decide who is first; what must hold does not depend on it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select, text

from models.identifiers import IncidentId
from models.messages.decision import Decision
from models.messages.event import Event
from models.messages.fields import Inbound
from models.tables import INCIDENTS
from models.topics import Topic
from models.vocabulary import Action
from streams.broker.publishing import Publication
from streams.errors import Fenced
from streams.processing.addressing import Directory, Fresh, look_up
from streams.processing.arrivals import BatchResult
from streams.store import attachments, deadlines, outbox
from streams.store.errors import TransientFault
from streams.store.progress import Slice
from streams.store.publications import Outgoing
from streams.store.unit_of_work import UnitOfWork, wall_now
from tests.contract.store.test_attachments import ONE, forgotten, hand_in, with_pictures
from tests.contract.store.worker import Worker, decision, fates, report
from workflows.rulebook import Rulebook

pytestmark = pytest.mark.postgres
_TRIES = 20


@pytest.fixture
def migrated_url(migrated_postgres_url: str) -> str:
    """Only PostgreSQL: two writers at once are the point."""
    return migrated_postgres_url


async def test_one_partition_moves_for_one_worker_only(worker: Worker, rival: Worker) -> None:
    """Two workers with the same slice: one handles it, the other is fenced or finds it done; effects stand once."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"), report("r-2", source="b"))
    outcomes = await asyncio.gather(worker.handle(*arrivals), rival.handle(*arrivals), return_exceptions=True)
    results = [one for one in outcomes if isinstance(one, BatchResult)]
    assert all(isinstance(one, BatchResult | Fenced) for one in outcomes), outcomes
    assert sorted(fate for one in results for fate in fates(one.handled)) == ["applied", "applied"]
    assert [row["next_offset"] for row in await worker.rows("progress")] == [2]


async def test_a_zombie_changes_nothing(worker: Worker, rival: Worker) -> None:
    """A worker that comes back with an old batch after another went on writes no row."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"))
    await worker.handle(*arrivals)
    await worker.take(Topic.REPORTS, report("r-2"))
    before = [await worker.rows(name) for name in ("progress", "inbox", "events", "outbox")]
    assert (await rival.handle(*arrivals)).handled == ()
    assert [await worker.rows(name) for name in ("progress", "inbox", "events", "outbox")] == before


async def test_two_batches_on_one_incident_keep_its_log_whole(worker: Worker, rival: Worker) -> None:
    """Reports and officers' decisions at once: seq runs 1..n without gap or repeat, and nothing is lost."""
    incident_id = await worker.report(report("r-0"))
    reports = [report(f"r-{number}", source=f"s-{number}", refers_to=incident_id) for number in range(1, 40)]
    decisions = [decision(incident_id, f"d-{number}", action=Action.SUPERVISE) for number in range(40)]
    await asyncio.gather(in_turn(worker, Topic.REPORTS, reports), in_turn(rival, Topic.DECISIONS, decisions))
    bodies = [row["body"] for row in await worker.rows("events")]
    log = [Event.model_validate_json(body) for body in bodies if isinstance(body, bytes)]
    assert sorted(event.seq for event in log) == list(range(1, len(log) + 1))
    (row,) = await worker.rows("incidents")
    assert row["reports"] == 40
    assert await worker.count("inbox") == 80


async def test_one_report_on_two_lanes_counts_once(worker: Worker, rival: Worker) -> None:
    """The same report on both report topics at the same moment: one is applied, the other is a duplicate."""
    one, two = await asyncio.gather(
        worker.take(Topic.REPORTS, report()), rival.take(Topic.REPORTS_URGENT, report())
    )
    assert sorted([*fates(one.handled), *fates(two.handled)]) == ["applied", "duplicate"]
    assert await worker.count("reports") == 1


async def test_sweepers_at_once_claim_no_row_twice(worker: Worker, rival: Worker) -> None:
    """Rows that nobody holds are shared out between two sweepers that ask at the same moment."""
    for number in range(4):
        await worker.report(report(f"r-{number}", source=f"s-{number}", area=f"50010800{number + 1}"))
    worker.clock.move(3600)
    sent = await asyncio.gather(
        *(one.units.send_due_deadlines(worker.clock.now(), limit=3) for one in (worker, rival))
    )
    values = [publication.value for claimed in sent for publication in claimed.publications]
    assert len(values) == len(set(values)) == 4


async def test_an_overtaken_worker_is_fenced(worker: Worker, rival: Worker) -> None:
    """Two workers have read the same offset; the second may not move the partition after the first has."""
    await worker.take(Topic.REPORTS, report("r-0"))
    piece = Slice(Topic.REPORTS, 0, (1,))
    async with worker.units.begin() as first:
        await first.advance([piece], worker.clock.now(), accept_gap=False)
        second = asyncio.create_task(advance(rival, piece))
        await until_somebody_waits(worker)
    with pytest.raises(Fenced):
        await second


async def test_an_incident_at_hand_is_locked(worker: Worker, rival: Worker) -> None:
    """While one unit of work has an incident, no other gets it."""
    incident_id = await worker.report(report())
    probe = select(INCIDENTS.c.seq).with_for_update(nowait=True)
    async with worker.units.begin() as unit:
        await unit.lock([incident_id])
        with pytest.raises(TransientFault):
            async with rival.database.write() as connection:
                await connection.execute(probe)


async def test_a_sweeper_passes_over_what_another_has_at_hand(worker: Worker, rival: Worker) -> None:
    """Clocks and rows that are being taken at this moment are neither waited for nor taken twice."""
    await worker.report(report())
    worker.clock.move(3600)
    async with worker.units.begin() as unit, asyncio.timeout(30):
        taken = await deadlines.send_due(unit.connection, worker.clock.now(), 10)
        await unit.send(taken)
        assert len(taken) == 1
        assert (await rival.units.send_due_deadlines(worker.clock.now())).publications == ()


async def test_a_sweeper_passes_over_rows_that_another_claims(worker: Worker, rival: Worker) -> None:
    """Outbox rows that are being claimed at this moment are neither waited for nor claimed twice."""
    row = Outgoing(Publication(Topic.REPORTS, b"key", b"value"))
    async with worker.database.write() as connection:
        await outbox.add(connection, [row], wall_now())
    async with worker.database.write() as connection, asyncio.timeout(30):
        now = wall_now()
        held = await outbox.claim(connection, "held", limit=10, older_than=now, now=now, until=now)
        assert held.publications == (row.publication,)
        assert (await rival.units.claim_outbox(older_than_seconds=0)).publications == ()


async def test_a_merge_between_look_and_lock_is_followed(
    worker: Worker, rival: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report whose incident is merged away after it was chosen goes to the survivor all the same."""
    older = await worker.report(report("r-1"))
    worker.clock.move(1)
    younger = await worker.report(report("r-2", area="500108002"))

    async def merged_meanwhile(
        unit: UnitOfWork, batch: Sequence[Fresh], rules: Rulebook, now: datetime
    ) -> Directory:
        found = await look_up(unit, batch, rules, now)
        if unit.claim.startswith("two"):
            await worker.take(Topic.DECISIONS, merge(younger, older))
        return found

    monkeypatch.setattr("streams.processing.batch.look_up", merged_meanwhile)
    result = await rival.take(Topic.REPORTS_URGENT, report("r-3", source="c", area="500108002"))
    assert [one.incident_id for one in result.handled] == [older]
    assert {row["incident_id"] for row in await worker.rows("reports")} == {older}


async def test_merges_against_each_other_end(worker: Worker, rival: Worker) -> None:
    """Two officers merge the same two incidents in opposite directions: one incident is left, nobody hangs."""
    one = await worker.report(report("r-1"))
    two = await worker.report(report("r-2", area="500108002"))
    rival.cluster_id = "cluster-2"  # a partition of its own, so that only the incidents are fought over
    rival.__post_init__()
    await asyncio.gather(
        in_turn(worker, Topic.DECISIONS, [merge(one, two)]),
        in_turn(rival, Topic.DECISIONS, [merge(two, one)]),
    )
    assert sorted(str(row["status"]) for row in await worker.rows("incidents")) == ["merged", "open"]


def merge(one: IncidentId, two: IncidentId) -> Decision:
    """A decision on one incident to merge it with the other."""
    return decision(one, action=Action.MERGE, other_incident_id=two)


async def advance(worker: Worker, piece: Slice) -> None:
    """Move a partition past a slice, in a unit of its own."""
    async with worker.units.begin() as unit:
        await unit.advance([piece], worker.clock.now(), accept_gap=False)


async def until_somebody_waits(worker: Worker) -> None:
    """Return once a transaction of this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    count = 0
    async with asyncio.timeout(30):
        while count == 0:
            # A transaction each time: within one, PostgreSQL keeps showing what it saw first.
            async with worker.database.read() as connection:
                count = (await connection.execute(waiting)).scalar_one()


async def in_turn(worker: Worker, topic: Topic, messages: Sequence[Inbound]) -> None:
    """One message after the other, each tried again when the database says that two transactions met."""
    for message in messages:
        arrivals = worker.next_arrivals(topic, message)
        for attempt in range(_TRIES):
            try:
                await worker.handle(*arrivals)
                break
            except TransientFault:
                assert attempt < _TRIES - 1, "two transactions met again and again"


async def test_a_picture_that_is_being_named_is_not_forgotten(worker: Worker, rival: Worker) -> None:
    """The sweeper passes over what a report names whose transaction has not ended, however old the picture is."""
    told = with_pictures(report(), ONE)
    await hand_in(worker.database, ONE, days_ago=8)
    async with worker.database.write() as naming:
        await attachments.link(naming, [told], [])
        assert not await forgotten(rival.database, ONE)
    assert not await forgotten(rival.database, ONE)
    assert await worker.count("attachments") == 1
