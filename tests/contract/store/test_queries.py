"""Queries, rulebooks and the program's time: what readers are told on both engines."""

from datetime import timedelta

import pytest

from models.topics import Topic
from models.vocabulary import DeadLetterReason, Level, Stage, Status
from streams.store import program_time, queries, rulebooks
from streams.store.queries import Filter
from streams.store.rulebooks import StoredRulebook
from tests.contract.store.worker import Worker, report
from tests.fakes.clock import NOON


async def test_pages_hold_every_incident_once(worker: Worker) -> None:
    """Newest first, two at a time, without repeat or hole."""
    opened = []
    for number in range(5):
        worker.clock.move(1)
        opened.append(
            await worker.report(report(f"r-{number}", source=f"s-{number}", area=f"50010800{number + 1}"))
        )
    seen, after = [], None
    async with worker.database.read() as connection:
        while True:
            page = await queries.incidents(connection, Filter(), 2, after)
            seen += [one.incident_id for one in page.incidents]
            after = page.after
            if after is None:
                break
    assert seen == opened[::-1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(stage=Stage.PERCEPTION, status=Status.OPEN, level=Level.IV), 2),
        (Filter(status=Status.CLOSED), 0),
        (Filter(area_code="500108001"), 1),
        (Filter(area_code="500000"), 2),
        (Filter(area_code="500108"), 1),
        (Filter(updated_from=NOON + timedelta(seconds=1)), 0),
        (Filter(updated_before=NOON + timedelta(seconds=1)), 2),
    ],
)
async def test_filters_hold(worker: Worker, wanted: Filter, found: int) -> None:
    """Each filter finds what it names, an area with everything below it."""
    await worker.take(Topic.REPORTS, report("r-1"), report("r-2", area="500103001"))
    async with worker.database.read() as connection:
        assert len((await queries.incidents(connection, wanted, 10)).incidents) == found


async def test_a_retired_area_is_found_under_its_successor(worker: Worker) -> None:
    """What happened in a district before it was merged is listed under the district that took over."""
    await worker.take(Topic.REPORTS, report(area="500105", at=NOON.replace(year=2025, month=10)))
    async with worker.database.read() as connection:
        page = await queries.incidents(connection, Filter(area_code="500157"), 10)
    assert [one.place.area_code for one in page.incidents] == ["500105"]


async def test_one_incident_is_told_with_its_log_and_reports(worker: Worker) -> None:
    """State, events from a place in the log on, and reports as they came."""
    incident_id = await worker.report(report())
    async with worker.database.read() as connection:
        incident = await queries.incident(connection, incident_id)
        log = await queries.events(connection, incident_id, after_seq=2, limit=3)
        (stored,) = await queries.reports(connection, incident_id)
    assert incident is not None
    assert incident.incident_id == incident_id
    assert [event.seq for event in log] == [3, 4, 5]
    assert stored.report == report()


async def test_dead_letters_are_listed_with_their_bytes(worker: Worker) -> None:
    """The newest first, by reason, each with the value that came."""
    result = await worker.take(Topic.REPORTS, report(area="999999"))
    async with worker.database.read() as connection:
        (line,) = await queries.dead_letters(connection, 10, DeadLetterReason.UNKNOWN_AREA, waiting=True)
        none = await queries.dead_letters(connection, 10, DeadLetterReason.DEFECT)
        value = await queries.dead_letter_value(
            connection, (line.cluster_id, line.topic, line.partition, line.offset)
        )
    assert value == result.handled[0].record.value
    assert none == ()


async def test_counts_say_where_everything_stands(worker: Worker) -> None:
    """Reports handled, incidents by stage, what ended, open commands and dead letters."""
    await worker.take(
        Topic.REPORTS, report("r-1"), report("r-2", area="500103001"), report("r-3", area="999999")
    )
    async with worker.database.read() as connection:
        counts = await queries.counts(connection)
    assert (counts.reports, counts.open_by_stage) == (2, {Stage.PERCEPTION: 2})
    assert (counts.closed, counts.open_commands, counts.dead_letters) == (0, 0, 1)


async def test_a_rulebook_is_in_force_from_its_activation(worker: Worker) -> None:
    """Before it another was, or none; activating the one in force is no event."""
    one = StoredRulebook("sha256:1", "name", "1", b"one")
    two = StoredRulebook("sha256:2", "name", "2", b"two")
    async with worker.database.write() as connection:
        assert await rulebooks.activate(connection, one, NOON)
        assert not await rulebooks.activate(connection, one, NOON + timedelta(hours=1))
        assert await rulebooks.activate(connection, two, NOON + timedelta(hours=2))
        assert await rulebooks.rulebook_in_force(connection, NOON - timedelta(hours=1)) is None
        assert await rulebooks.rulebook_in_force(connection, NOON + timedelta(hours=1)) == one
        assert await rulebooks.rulebook_in_force(connection, NOON + timedelta(hours=2)) == two


async def test_program_time_goes_on_where_it_stood(worker: Worker) -> None:
    """What the clock read last is what comes back; before the first time, nothing."""
    async with worker.database.write() as connection:
        assert await program_time.load(connection) is None
        await program_time.store(connection, NOON, 10.0)
        await program_time.store(connection, NOON + timedelta(seconds=1), 10.0)
        assert await program_time.load(connection) == NOON + timedelta(seconds=1)
