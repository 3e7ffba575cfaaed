"""Outbox: claimed by one, published by somebody, forgotten only when nobody needs it."""

from datetime import timedelta

import pytest

from models.identifiers import IncidentId
from models.topics import Topic
from models.vocabulary import Action, CommandKind, CommandStatus, Verdict
from streams.broker.publishing import Publication
from streams.store import dead_letters, outbox
from streams.store.publications import Outgoing
from streams.store.unit_of_work import wall_now
from tests.contract.store.worker import Worker, decision, received, report

LATER = timedelta(hours=1)


async def commanded(worker: Worker) -> int:
    """An incident that is verified and commanded; how many commands nobody has acknowledged."""
    incident_id = await worker.report(report())
    await worker.settle()
    await worker.take(Topic.DECISIONS, decision(incident_id, action=Action.VERIFY, verdict=Verdict.TRUE))
    await worker.settle()
    commands = await worker.count("commands")
    assert commands > 0
    return commands


async def fill(worker: Worker, count: int) -> None:
    """Rows as a gateway leaves them: claimed by nobody."""
    rows = [Outgoing(Publication(Topic.REPORTS, b"key", b"%d" % number)) for number in range(count)]
    async with worker.database.write() as connection:
        await outbox.add(connection, rows, wall_now())


async def test_two_sweepers_claim_different_rows(worker: Worker, rival: Worker) -> None:
    """What one sweeper holds the other does not get, and together they get all of it."""
    await fill(worker, 10)
    one = await worker.units.claim_outbox(older_than_seconds=0, limit=6)
    two = await rival.units.claim_outbox(older_than_seconds=0, limit=6)
    assert [len(one.publications), len(two.publications)] == [6, 4]
    values = [int(publication.value) for publication in (*one.publications, *two.publications)]
    assert values == list(range(10))


async def test_a_row_is_swept_only_when_its_batch_had_time(worker: Worker) -> None:
    """What is younger than the given age is left to whoever wrote it."""
    await fill(worker, 1)
    assert (await worker.units.claim_outbox(older_than_seconds=5)).publications == ()


async def test_a_claim_that_ran_out_is_taken_over(worker: Worker, rival: Worker) -> None:
    """A sweeper that died with its claim loses it; its late mark then changes nothing."""
    await fill(worker, 1)
    dead = await worker.units.claim_outbox(older_than_seconds=0)
    now = wall_now() + LATER
    async with rival.database.write() as connection:
        taken = await outbox.claim(connection, "taken", limit=9, older_than=now, now=now, until=now + LATER)
    assert taken.publications == dead.publications
    assert await worker.units.mark_published([dead.claim]) == 0
    assert await rival.units.mark_published([taken.claim]) == 1


@pytest.mark.parametrize("claims_it", [True, False])
async def test_a_clock_that_ran_ahead_hides_nothing(worker: Worker, rival: Worker, claims_it: bool) -> None:
    """What a process an hour ahead wrote or claimed before it died is taken by others now, not in an hour."""
    ahead = wall_now() + timedelta(hours=1)
    row = Outgoing(Publication("incident-events", b"k", b"from later"))
    async with worker.database.write() as connection:
        claim = ("dead", ahead + timedelta(seconds=10)) if claims_it else ()
        await outbox.add(connection, [row], ahead, *claim)
    assert (await rival.units.claim_outbox(older_than_seconds=0)).publications == (row.publication,)
    assert (await worker.units.claim_outbox(older_than_seconds=0)).publications == ()


async def test_clocks_that_differ_a_little_take_nothing_from_one_another(
    worker: Worker, rival: Worker
) -> None:
    """What a sweeper some seconds ahead took over is left to it, as if it had been taken now."""
    now, row = wall_now(), Outgoing(Publication("incident-events", b"k", b"left for a minute"))
    async with worker.database.write() as connection:
        await outbox.add(
            connection, [row], now - timedelta(minutes=1), "alive", now + timedelta(seconds=5 + 10)
        )
    assert (await rival.units.claim_outbox(older_than_seconds=0)).publications == ()


async def test_what_was_left_is_found_behind_what_went_out(worker: Worker, rival: Worker) -> None:
    """No cursor runs ahead: a row that a dead worker left is taken although later rows were published since."""
    await fill(worker, 1)
    left = await worker.units.claim_outbox(older_than_seconds=0)
    await rival.report(report())
    assert rival.published != []
    now = wall_now() + LATER
    async with rival.database.write() as connection:
        taken = await outbox.claim(connection, "taken", limit=9, older_than=now, now=now, until=now + LATER)
    assert taken.publications == left.publications


async def test_headers_come_back_as_they_were(worker: Worker) -> None:
    """What is published after a crash has the same headers, value and key as it would have had before."""
    publication = Publication(Topic.REPORTS, b"\xff", b"\x00", (("schema_version", b"1"), ("delivery", b"2")))
    async with worker.database.write() as connection:
        await outbox.add(connection, [Outgoing(publication)], wall_now())
    assert (await worker.units.claim_outbox(older_than_seconds=0)).publications == (publication,)


async def test_a_new_cluster_gets_what_it_needs_and_no_more(worker: Worker, rival: Worker) -> None:
    """Unread messages and unacknowledged commands are sent again, once; what was handled is not."""
    commands = await commanded(worker)
    await worker.report(report("r-2", area="500103001"))
    async with worker.database.write() as connection:
        sent = await outbox.republish_for_new_cluster(connection, "cluster-2", wall_now(), worker.clock.now())
    assert sent == 1 + commands
    async with worker.database.write() as connection:
        assert (
            await outbox.republish_for_new_cluster(connection, "cluster-2", wall_now(), worker.clock.now())
            == 0
        )
    rival.published.clear()
    await rival.sweep()
    topics = [publication.topic for publication in rival.published]
    assert sorted(topics) == sorted(
        [Topic.STAGE_VERIFICATION.value, *[Topic.DISPOSAL_COMMANDS.value] * commands]
    )


async def test_a_command_sent_again_has_the_same_bytes(worker: Worker) -> None:
    """Only the header counts the delivery."""
    await commanded(worker)
    first = [one for one in worker.published if one.topic == Topic.DISPOSAL_COMMANDS]
    later = worker.clock.now() + LATER
    again = await worker.units.send_unheard_commands(later, later)
    assert sorted(one.value for one in again.publications) == sorted(one.value for one in first)
    assert {one.headers[-1] for one in again.publications} == {("delivery", b"2")}


async def test_a_retraction_is_sent_until_its_unit_has_it(worker: Worker) -> None:
    """It comes again until the unit has said a word about it; that says `received` where its row stands."""
    await commanded(worker)
    (incident_id,) = {IncidentId(str(row["incident_id"])) for row in await worker.rows("commands")}
    await worker.take(Topic.DECISIONS, decision(incident_id, "d-2", action=Action.RETRACT))
    later = worker.clock.now() + LATER
    retractions = [row for row in await worker.rows("commands") if row["kind"] == CommandKind.RETRACTION]
    assert retractions
    assert len((await worker.units.send_unheard_commands(later, later)).publications) == len(retractions)
    for row in retractions:
        await worker.take(
            Topic.DISPOSAL_FEEDBACK, received(str(row["command_id"]), incident_id, str(row["unit_code"]))
        )
    later += LATER
    assert (await worker.units.send_unheard_commands(later, later)).publications == ()
    now = [row for row in await worker.rows("commands") if row["kind"] == CommandKind.RETRACTION]
    assert {row["status"] for row in now} == {CommandStatus.RECEIVED}


async def test_pruning_keeps_what_the_engine_has_yet_to_read(worker: Worker) -> None:
    """Published rows go after their time, save a message that the inbox has not seen."""
    await worker.take(Topic.REPORTS, report())
    async with worker.database.write() as connection:
        await outbox.prune(connection, wall_now() + LATER)
    assert [row["topic"] for row in await worker.rows("outbox")] == [Topic.STAGE_VERIFICATION]
    await worker.settle()
    async with worker.database.write() as connection:
        await outbox.prune(connection, wall_now() + LATER)
    left = [row["topic"] for row in await worker.rows("outbox")]
    assert Topic.STAGE_VERIFICATION not in left


async def test_a_retried_dead_letter_goes_out_as_it_came(worker: Worker) -> None:
    """Its original bytes return to its topic, once."""
    result = await worker.take(Topic.REPORTS, report(area="999999"))
    where = (worker.cluster_id, Topic.REPORTS.value, 0, 0)
    async with worker.database.write() as connection:
        again = await dead_letters.retry(connection, where, wall_now())
        twice = await dead_letters.retry(connection, where, wall_now())
    record = result.handled[0].record
    assert again is not None
    assert (again.publication.topic, again.publication.value) == (record.topic, record.value)
    assert twice is None


async def test_a_sweeper_takes_only_what_it_may_write(worker: Worker, rival: Worker) -> None:
    """Rows for topics that a process has no right to are left to one that has, and block none of its own."""
    await fill(worker, 1)
    hand_over = Outgoing(Publication(Topic.STAGE_DISPOSAL, b"key", b"hand-over"))
    async with worker.database.write() as connection:
        await outbox.add(connection, [hand_over], wall_now())
    for own in (b"0",), ():
        claimed = await worker.units.claim_outbox(older_than_seconds=0, topics=[Topic.REPORTS])
        assert tuple(one.value for one in claimed.publications) == own
    left = await rival.units.claim_outbox(older_than_seconds=0)
    assert [one.value for one in left.publications] == [b"hand-over"]
