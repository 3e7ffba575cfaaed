"""The loop acknowledges what is committed and published, and nothing else, whatever goes wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

import pytest
from faust.types import TP
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from models.topics import Topic
from models.vocabulary import DeadLetterReason
from streams.broker.publishing import Publication, PublicationTooLarge, PublishFailed
from streams.errors import Fenced, OffsetGap, Transient
from streams.metrics import Metrics
from streams.processing.arrivals import Arrival, BatchResult, Decoded, Fate, Handled
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.brake import BrakeLimits
from streams.processing.loop import Loop, LoopLimits, Surroundings
from streams.program.readiness import Component, Readiness
from streams.store.outbox import Claimed
from tests.fakes.batches import FakeBatch, FakeRecord, batch_of, delivering
from tests.fakes.clock import ManualClock
from tests.unit.streams.test_codec import REPORT

GARBAGE = b"garbage"


class ProcessEnded(BaseException):
    """Stands for the end of the process, which no handler survives."""


def report(number: int) -> bytes:
    return json.dumps({**REPORT, "report_id": f"r-{number}"}).encode()


def result_of(arrivals: Sequence[Arrival], remaining: tuple[Arrival, ...] = ()) -> BatchResult:
    handled = tuple(
        Handled(one.record, Fate.APPLIED)
        if isinstance(one, Decoded)
        else Handled(one.record, Fate.DEAD, reason=one.reason.value)
        for one in arrivals
    )
    claim = f"claim-{arrivals[0].record.offset}"
    publication = Publication(Topic.INCIDENT_EVENTS, b"i", claim.encode())
    return BatchResult(handled, claims=(Claimed(claim, (publication,)),), remaining=remaining)


@dataclass
class World:
    """What surrounds the loop: it handles and publishes unless faults were planted."""

    limits: LoopLimits = field(default_factory=LoopLimits)
    handle_faults: list[Exception] = field(default_factory=list)
    send_faults: list[Exception] = field(default_factory=list)
    before_handling: Callable[[], None] = lambda: None
    cut_after: int | None = None
    handled: list[tuple[tuple[int, ...], bool]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    republished: int = 0
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    readiness: Readiness = field(default_factory=lambda: Readiness([Component.DEAD_LETTERS]))

    def __post_init__(self) -> None:
        metrics = Metrics(self.registry)
        self.loop = Loop(
            Surroundings(
                handle=self.handle,
                doubt=lambda *_: None,
                send=self.send,
                gap_recorded=self.gap_recorded,
                clock=ManualClock(),
                metrics=metrics,
                bookkeeper=Bookkeeper(metrics),
                readiness=self.readiness,
                stop_process=self.stop_process,
                pause=self.pause,
            ),
            self.limits,
        )

    async def handle(self, arrivals: Sequence[Arrival], *, accept_gap: bool) -> BatchResult:
        self.before_handling()
        if self.handle_faults:
            raise self.handle_faults.pop(0)
        if self.cut_after is not None:
            arrivals, later = arrivals[: self.cut_after], tuple(arrivals[self.cut_after :])
            self.cut_after = None
            self.handled.append((tuple(one.record.offset for one in arrivals), accept_gap))
            return result_of(arrivals, later)
        self.handled.append((tuple(one.record.offset for one in arrivals), accept_gap))
        return result_of(arrivals)

    async def send(self, claims: Sequence[Claimed], by: str) -> int:
        if self.send_faults:
            raise self.send_faults.pop(0)
        self.sent += [claimed.claim for claimed in claims]
        return len(claims)

    async def gap_recorded(self) -> None:
        self.republished += 1

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def stop_process(self, code: int) -> NoReturn:
        self.exit_codes.append(code)
        raise ProcessEnded

    async def carry(self, *batches: FakeBatch) -> list[str]:
        """Deliver the batches; the events that were logged, those for debugging left out."""
        with capture_logs() as lines, suppress(ProcessEnded):
            await self.loop.consume(Topic.REPORTS, delivering(*batches))
        return [line["event"] for line in lines if line["log_level"] != "debug"]


async def test_a_batch_is_handled_published_and_acknowledged() -> None:
    """Good and bad messages go through one transaction; both are counted, and the offsets may be committed."""
    world, batch = World(), batch_of([report(1), GARBAGE, None])
    assert await world.carry(batch) == ["batch_handled", "dead_lettered", "dead_lettered"]
    assert (world.handled, world.sent, batch.acks) == ([((0, 1, 2), False)], ["claim-0"], 1)
    labels = {"topic": "reports", "reason": DeadLetterReason.UNREADABLE.value}
    assert world.registry.get_sample_value("fenghuo_dead_letters_total", labels) == 2
    assert world.registry.get_sample_value("fenghuo_batch_records_sum", {"topic": "reports"}) == 3


@pytest.mark.parametrize(
    ("where", "fault"),
    [("handle", Transient("locked")), ("publish", PublishFailed("away")), ("publish", Transient("locked"))],
)
async def test_what_passes_is_waited_out_in_place(where: str, fault: Exception) -> None:
    """Database or broker away three times: tried again with growing pauses, then acknowledged once."""
    world, batch = World(), batch_of([report(1)])
    faults = world.handle_faults if where == "handle" else world.send_faults
    faults += [fault] * 3
    assert (await world.carry(batch)).count("fault_retried") == 3
    assert world.pauses == [0.05, 0.1, 0.2]
    assert (len(world.handled), world.sent, batch.acks) == (1, ["claim-0"], 1)


@pytest.mark.parametrize("where", ["handle", "publish"])
async def test_past_the_budget_the_process_ends_unacknowledged(where: str) -> None:
    """What stays away for longer than the budget ends the process with 70, and nothing is acknowledged."""
    world, batch = World(limits=LoopLimits(retry_budget_seconds=0)), batch_of([report(1)])
    faults = world.handle_faults if where == "handle" else world.send_faults
    faults.append(Transient("gone"))
    assert "budget_spent" in await world.carry(batch)
    assert (world.exit_codes, batch.acks) == ([70], 0)


@pytest.mark.parametrize("fault", [KeyError("ours"), RuntimeError("ours"), AssertionError()])
async def test_a_defect_ends_the_process_unacknowledged(fault: Exception) -> None:
    """What no family answers ends the process; the batch and what comes after it stay for the next one."""
    world, batches = World(handle_faults=[fault]), [batch_of([report(1)]), batch_of([report(2)], 1)]
    assert await world.carry(*batches) == ["part_crashed"]
    assert (world.exit_codes, [batch.acks for batch in batches]) == ([70], [0, 0])


async def test_a_record_that_no_batch_can_carry_is_our_defect() -> None:
    """Waiting cannot help: the process ends at once instead of trying for the whole budget."""
    world, batch = World(send_faults=[PublicationTooLarge("1 MB")]), batch_of([report(1)])
    assert "part_crashed" in await world.carry(batch)
    assert (world.exit_codes, world.pauses, batch.acks) == ([70], [], 0)


async def test_what_was_taken_away_is_dropped() -> None:
    """A batch whose partitions were reassigned is neither handled nor acknowledged."""
    world, batch = World(), batch_of([report(1)])
    batch.is_ours = False
    assert await world.carry(batch) == ["batch_dropped"]
    assert (world.handled, batch.acks) == ([], 0)


async def test_what_is_taken_away_while_waiting_is_dropped() -> None:
    """A worker that waits for its database stops trying when the partition went to another."""
    world, batch = World(handle_faults=[Transient("locked")]), batch_of([report(1)])

    def take_away() -> None:
        batch.is_ours = False

    world.before_handling = take_away
    assert await world.carry(batch) == ["fault_retried", "batch_dropped"]
    assert (world.handled, batch.acks) == ([], 0)


async def test_a_worker_that_was_overtaken_gives_its_batch_back() -> None:
    """Fenced by another worker: nothing is acknowledged, and whoever owns the partition reads it again."""
    world, batch = World(handle_faults=[Fenced("moved")]), batch_of([report(1)])
    assert await world.carry(batch) == ["batch_dropped"]
    assert (batch.given_back, batch.acks, world.exit_codes) == ([None], 0, [])


async def test_a_gap_is_sought_once_and_then_recorded() -> None:
    """Offsets 3 to 4 are missing: sought at 3; delivered the same again, the gap is real and what it hid is sent."""
    gap = OffsetGap("reports", 0, expected=3, found=5)
    world = World(handle_faults=[gap, gap])
    batches = [batch_of([report(1)], 5), batch_of([report(1)], 5)]
    assert await world.carry(*batches) == ["offset_gap_sought", "offset_gap_recorded", "batch_handled"]
    assert batches[0].given_back == [{TP("reports", 0): 3}]
    assert [batch.acks for batch in batches] == [0, 1]
    assert (world.handled, world.republished) == ([((5,), True)], 1)


async def test_a_database_that_was_put_back_ends_the_process() -> None:
    """It stands before what this very worker committed: reading on would decide again what went out already."""
    world, batches = World(), [batch_of([report(1)], 5), batch_of([report(2)], 6)]

    def put_back() -> None:
        if world.handled:
            world.handle_faults = [OffsetGap("reports", 0, expected=3, found=6)]

    world.before_handling = put_back
    assert await world.carry(*batches) == ["batch_handled", "database_went_back"]
    assert (world.exit_codes, [batch.acks for batch in batches]) == ([70], [1, 0])


async def test_only_the_gap_that_was_sought_is_accepted() -> None:
    """Other partitions of the same batch are handled after it without a licence for gaps of their own."""
    gap = OffsetGap("reports", 0, expected=3, found=5)
    world = World(handle_faults=[gap, gap])
    records = [FakeRecord(0, 5, report(1)), FakeRecord(1, 8, report(2))]
    again = FakeBatch(records)
    await world.carry(FakeBatch(records), again)
    assert world.handled == [((5,), True), ((8,), False)]
    assert (world.sent, again.acks) == (["claim-5", "claim-8"], 1)


async def test_what_is_left_of_an_isolated_batch_follows() -> None:
    """When the database went away half-way, the first half is published and the rest handled before the ack."""
    world, batch = World(cut_after=1), batch_of([report(1), report(2)])
    await world.carry(batch)
    assert (world.handled, world.sent) == ([((0,), False), ((1,), False)], ["claim-0", "claim-1"])
    assert batch.acks == 1


async def until(is_so: Callable[[], bool], running: Awaitable[object]) -> None:
    """Let the task run until this holds, then end it."""
    task = asyncio.ensure_future(running)
    async with asyncio.timeout(5):
        while not is_so():
            turn = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(turn.set_result, None)
            await turn
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_too_many_dead_letters_stop_the_topic() -> None:
    """After the limit the consumer stands still: the next batch stays unhandled and readiness says why."""
    world = World(limits=LoopLimits(brake=BrakeLimits(in_a_row=3)))
    world.readiness.ready(Component.DEAD_LETTERS)
    batches = [batch_of([GARBAGE] * 2), batch_of([GARBAGE], 2), batch_of([report(1)], 3)]
    await until(world.loop.is_standing, world.loop.consume(Topic.REPORTS, delivering(*batches)))
    assert [batch.acks for batch in batches] == [1, 1, 0]
    reason = world.readiness.components()["dead_letters"] or ""
    assert reason.startswith("reports[0] stands still: 3 dead letters in a row")
    assert world.registry.get_sample_value("fenghuo_brakes_pulled") == 1


async def test_dead_letters_of_other_partitions_do_not_add_up() -> None:
    """Two partitions with two dead letters each are not one row of four."""
    world = World(limits=LoopLimits(brake=BrakeLimits(in_a_row=3)))
    batches = [batch_of([GARBAGE] * 2, partition=0), batch_of([GARBAGE] * 2, partition=1)]
    await world.carry(*batches)
    assert not world.loop.is_standing()
    assert [batch.acks for batch in batches] == [1, 1]
