"""Deadlines: each clock is sent once and fires once, whoever sweeps and whatever happens meanwhile (I4)."""

from datetime import timedelta

from models.messages.hand_over import HandOver
from models.topics import Topic
from models.vocabulary import Action, DeadlineKind, Verdict
from streams.store import deadlines
from tests.contract.store.worker import Worker, decision, fates, report


async def test_a_clock_is_sent_once_by_two_sweepers(worker: Worker, rival: Worker) -> None:
    """The second sweeper finds nothing that the first has sent."""
    await worker.report(report())
    worker.clock.move(3600)
    one = await worker.units.send_due_deadlines(worker.clock.now())
    two = await rival.units.send_due_deadlines(worker.clock.now())
    assert (len(one.publications), two.publications) == (1, ())


async def test_nothing_is_sent_before_its_time(worker: Worker) -> None:
    """A clock that runs stays where it is."""
    await worker.report(report())
    assert (await worker.units.send_due_deadlines(worker.clock.now())).publications == ()


async def test_a_sweep_is_bounded(worker: Worker) -> None:
    """A flood of passed clocks is sent in pieces."""
    for number in range(5):
        await worker.report(report(f"r-{number}", source=f"s-{number}", area=f"50010800{number + 1}"))
    worker.clock.move(3600)
    sent = [
        len((await worker.units.send_due_deadlines(worker.clock.now(), limit=2)).publications)
        for _ in range(4)
    ]
    assert sent == [2, 2, 1, 0]


async def test_a_young_clock_does_not_wait_for_a_herd(worker: Worker) -> None:
    """Of a herd the oldest go first; one place in four is for what fell due last, and none is sent twice."""
    incidents = []
    for number in range(8):
        told = report(f"r-{number}", source=f"s-{number}", area=f"50010800{number + 1}")
        incidents.append(await worker.report(told))
        worker.clock.move(1)
    worker.clock.move(3600)
    sent = []
    for _ in range(3):
        claimed = await worker.units.send_due_deadlines(worker.clock.now(), limit=4)
        sent += [HandOver.model_validate_json(one.value).incident_id for one in claimed.publications]
    assert sent[:4] == [*incidents[:3], incidents[7]]
    assert sorted(sent) == sorted(incidents)


async def test_a_flood_of_passed_clocks_leaves_room_for_what_is_new(worker: Worker) -> None:
    """No more are under way than the workers get through soon; one that was heard, or is lost, makes room."""
    for number in range(6):
        await worker.report(report(f"r-{number}", source=f"s-{number}", area=f"50010800{number + 1}"))
    worker.clock.move(3600)

    async def send() -> list[HandOver]:
        async with worker.database.write() as connection:
            now = worker.clock.now()
            if not await deadlines.is_due(connection, now, most_under_way=3):
                return []
            sent = await deadlines.send_due(connection, now, 2, most_under_way=3)
        return [HandOver.model_validate_json(one.publication.value) for one in sent]

    first, second = await send(), await send()
    assert (len(first), len(second), await send()) == (2, 1, [])
    await worker.take(Topic.STAGE_VERIFICATION, first[0])
    assert len(await send()) == 1
    assert await send() == []
    worker.clock.move(31)
    assert len(await send()) == 2


async def test_a_passed_clock_fires_once(worker: Worker) -> None:
    """Its row says fired and how often; the same message again is a duplicate."""
    await worker.report(report())
    worker.clock.move(6)
    sent = await worker.units.send_due_deadlines(worker.clock.now())
    message = HandOver.model_validate_json(sent.publications[0].value)
    first = await worker.take(Topic.STAGE_VERIFICATION, message)
    again = await worker.take(Topic.STAGE_VERIFICATION, message)
    (row,) = [row for row in await worker.rows("deadlines") if row["kind"] == DeadlineKind.FUSION_CHECK]
    assert (fates(first.handled), fates(again.handled)) == (["applied"], ["duplicate"])
    assert (row["progress"], row["fire_count"]) == ("fired", 1)


async def test_a_clock_that_is_moot_ends_without_firing(worker: Worker) -> None:
    """It passed while its incident ended: nothing follows, and the row says so."""
    incident_id = await worker.report(report())
    await worker.settle()
    worker.clock.move(6)
    sent = await worker.units.send_due_deadlines(worker.clock.now())
    verify = decision(incident_id, action=Action.VERIFY, verdict=Verdict.FALSE)
    await worker.take(Topic.DECISIONS, verify)
    message = HandOver.model_validate_json(sent.publications[0].value)
    await worker.take(Topic.STAGE_VERIFICATION, message)
    progress = {row["deadline_id"]: row["progress"] for row in await worker.rows("deadlines")}
    assert progress[message.deadline_id] == "cancelled"
    assert set(progress.values()) <= {"cancelled", "fired", "moot"}


async def test_an_extended_clock_does_not_fire_for_its_old_time(worker: Worker) -> None:
    """A passing that was sent before the extension does nothing; the clock passes anew at its new time."""
    incident_id = await worker.report(report())
    await worker.settle()
    await worker.pass_time(6)
    (clock, *_) = [row for row in await worker.rows("deadlines") if row["progress"] == "open"]
    deadline_id = clock["deadline_id"]
    worker.clock.move(86_400)
    sent = await worker.units.send_due_deadlines(worker.clock.now())
    old = [HandOver.model_validate_json(one.value) for one in sent.publications]
    until = worker.clock.now() + timedelta(hours=1)
    second = {"id": "officer-2", "name": "李指挥", "area_code": "500000"}
    extend = decision(
        incident_id, action=Action.EXTEND, deadline_id=deadline_id, until=until, second_officer=second
    )
    await worker.take(Topic.DECISIONS, extend)
    stale = await worker.take(
        Topic.STAGE_VERIFICATION, *(one for one in old if one.deadline_id == deadline_id)
    )
    assert fates(stale.handled) == ["refused"]
    recorded = {row["recorded_at"] for row in await worker.rows("inbox")}
    assert until not in recorded  # a refusal now is not recorded at the new time, an hour ahead
    assert await state_of(worker, deadline_id) == ("open", 0)
    await worker.pass_time(3600)
    assert await state_of(worker, deadline_id) == ("fired", 1)


async def state_of(worker: Worker, deadline_id: object) -> tuple[object, object]:
    """How far a clock has come, and how often it fired."""
    (row,) = [row for row in await worker.rows("deadlines") if row["deadline_id"] == deadline_id]
    return row["progress"], row["fire_count"]
