"""The one processing loop: a batch is read, handled in one transaction, published, marked, and only then acknowledged.

How faults are answered, by family: a database or broker that is away is waited for in place, with growing pauses,
while Faust goes on heart-beating; past the budget the process ends with nothing acknowledged, and its partitions go
to others. Missing offsets are sought once, and recorded when they stay away. A worker that was overtaken drops its
batch. Anything else is our defect: the process ends, nothing acknowledged. No exception leaves an agent and lets it
carry on.

Never in here: what a message means (`streams.processing.batch` and the rules), where it comes from
(`streams.broker.transport`).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic, time
from typing import Any, NoReturn, Protocol, TypeVar

import structlog
from faust.types import TP

from models.topics import Topic
from streams.broker.publishing import PublicationTooLarge, PublishFailed
from streams.clock import Clock
from streams.errors import EXIT_CRASHED, Fenced, OffsetGap, Transient
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.processing import codec, traces
from streams.processing.arrivals import (
    Arrival,
    BatchResult,
    Decoded,
    Doubt,
    Fate,
    Handled,
    Inbound,
    Record,
    Undecodable,
)
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.brake import Brake, BrakeLimits
from streams.program.failpoints import Failpoint, failpoint
from streams.program.readiness import Component, Readiness
from streams.store.outbox import Claimed
from streams.store.progress import Partition
from streams.tracing import NO_TRACING, Tracing

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_log = structlog.get_logger()

T = TypeVar("T")


class CarriedBatch(Protocol):
    """What the transport hands over (`streams.broker.transport.Batch`)."""

    @property
    def records(self) -> Sequence[Any]:
        """aiokafka's records, those of one partition in the order of their offsets."""
        ...

    def is_current(self) -> bool:
        """Whether all its partitions are still ours."""
        ...

    def ack(self) -> None:
        """Let the offsets be committed."""
        ...

    async def give_back(self, next_offsets: Mapping[TP, int] | None = None) -> None:
        """Have it delivered again, from these offsets where given."""
        ...


class Handle(Protocol):
    """One batch of one topic through the core, in one transaction (`streams.processing.batch`)."""

    async def __call__(self, arrivals: Sequence[Arrival], *, accept_gap: bool) -> BatchResult:
        """Raises Transient, Fenced or OffsetGap; then nothing was kept."""
        ...


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """How much the loop takes, and how long it bears with faults (real seconds)."""

    max_message_bytes: int = codec.MAX_MESSAGE_BYTES
    retry_budget_seconds: float = 60.0
    brake: BrakeLimits = field(default_factory=BrakeLimits)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the loop speaks to, handed in by the composition root.

    `doubt` says why a message is not to be trusted (`streams.processing.vouching`), `send` publishes and marks claimed
    rows, `gap_recorded` brings back what may have stood in a gap, `stop_process` ends the process at once.
    """

    handle: Handle
    doubt: Callable[[Record, Inbound], Doubt | None]
    send: Callable[[Sequence[Claimed], str], Awaitable[int]]
    gap_recorded: Callable[[], Awaitable[None]]
    clock: Clock
    metrics: Metrics
    bookkeeper: Bookkeeper
    readiness: Readiness
    stop_process: Callable[[int], NoReturn]
    tracing: Tracing = NO_TRACING
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Loop:
    """One for all agents of a process; each agent consumes its topic through it."""

    def __init__(self, around: Surroundings, limits: LoopLimits) -> None:
        self._around = around
        self._limits = limits
        self._brakes: dict[Partition, Brake] = {}
        self._pulled: dict[Partition, str] = {}
        self._sought: set[tuple[str, int, int, int]] = set()
        self._reached: dict[Partition, int] = {}

    def is_standing(self) -> bool:
        """Whether a brake was pulled: some topic stands still on purpose."""
        return bool(self._pulled)

    async def consume(self, topic: Topic, incoming: AsyncIterator[CarriedBatch]) -> None:
        """Carry every batch of this topic to its end, until cancelled or until a brake is pulled."""
        try:
            async for batch in incoming:
                failpoint(Failpoint.AFTER_FETCH)
                await self._carry(topic, batch)
                if any(topic == partition[0] for partition in self._pulled):
                    await asyncio.Event().wait()  # stands here, assigned and silent, until the process ends
        except Exception:  # noqa: BLE001 - the one loop, an edge of the process
            # An edge of the process: what no family answers is our defect. Said here, since Faust would only
            # restart what failed, and what comes after it must not be acknowledged.
            _log.exception(LogEvent.PART_CRASHED, topic=topic.value)
            self._around.stop_process(EXIT_CRASHED)

    async def _carry(self, topic: Topic, batch: CarriedBatch) -> None:
        began, began_at = monotonic(), time()
        arrivals: Sequence[Arrival] = [self._arrival(topic, record) for record in batch.records]
        self._around.metrics.messages.batch_records.labels(topic.value).observe(len(arrivals))
        while arrivals:
            result = await self._handled(batch, arrivals)
            if result is None:
                return
            failpoint(Failpoint.AFTER_COMMIT)
            self._count(topic, result)
            await self._patiently("publish", lambda done=result: self._publish(done))  # type: ignore[misc]  # bound now
            self._around.bookkeeper.count_heartbeats(result, time())
            traces.tell(arrivals, result, began_at, self._around.tracing)
            arrivals = result.remaining
        batch.ack()
        failpoint(Failpoint.AFTER_ACK)
        self._around.metrics.messages.handle.labels(topic.value).observe(monotonic() - began)
        self._around.metrics.messages.last_handled.labels(topic.value).set(time())

    def _arrival(self, topic: Topic, raw: Any) -> Arrival:  # noqa: ANN401 - aiokafka's record has no type
        record = Record(topic, raw.partition, raw.offset, raw.key, raw.value, tuple(raw.headers))
        shape = codec.SHAPE_OF_TOPIC[topic]
        found = codec.read(shape, record.value, self._around.clock.now(), self._limits.max_message_bytes)
        if isinstance(found, codec.Readable):
            doubt = self._around.doubt(record, found.message)
            trace = traces.of(record, found.message, self._around.tracing)
            return Decoded(record, found.message, found.digest, doubt, trace)
        return Undecodable(record, found.reason, found.field, found.detail)

    # --- handling -------------------------------------------------------------------------------------------

    async def _handled(self, batch: CarriedBatch, arrivals: Sequence[Arrival]) -> BatchResult | None:
        """What is committed; None when the batch is not ours to finish (any more) and must not be acknowledged."""

        async def once() -> BatchResult | None:
            if not batch.is_current():
                _log.info(LogEvent.BATCH_DROPPED, reason="the partitions were reassigned")
                return None
            return await self._around.handle(arrivals, accept_gap=False)

        try:
            return await self._patiently("handle", once)
        except Fenced as overtaken:
            _log.warning(LogEvent.BATCH_DROPPED, reason=str(overtaken))
            # If the partition is still ours it comes again and goes on where the database stands; else nothing does.
            await batch.give_back()
            return None
        except OffsetGap as gap:
            return await self._over_gap(batch, arrivals, gap)

    async def _over_gap(
        self, batch: CarriedBatch, arrivals: Sequence[Arrival], gap: OffsetGap
    ) -> BatchResult | None:
        where = {"topic": gap.topic, "partition": gap.partition, "expected": gap.expected, "found": gap.found}
        if gap.expected < self._reached.get((gap.topic, gap.partition), 0):
            # Nobody takes a committed offset back: the database was put back to an older one under our hands.
            _log.error(LogEvent.DATABASE_WENT_BACK, **where)
            self._around.stop_process(EXIT_CRASHED)
        if (gap.topic, gap.partition, gap.expected, gap.found) not in self._sought:
            self._sought.add((gap.topic, gap.partition, gap.expected, gap.found))
            _log.warning(LogEvent.OFFSET_GAP_SOUGHT, **where)
            await batch.give_back({TP(gap.topic, gap.partition): gap.expected})
            return None
        _log.warning(LogEvent.OFFSET_GAP_RECORDED, **where)
        # Only this partition's gap was proved real; the other partitions of the batch come after it.
        mine = [arrival for arrival in arrivals if arrival.record.source == (gap.topic, gap.partition)]
        others = tuple(arrival for arrival in arrivals if arrival.record.source != (gap.topic, gap.partition))
        result = await self._patiently("handle", lambda: self._around.handle(mine, accept_gap=True))
        await self._patiently("republish", self._around.gap_recorded)
        return replace(result, remaining=(*result.remaining, *others))

    async def _publish(self, result: BatchResult) -> None:
        try:
            await self._around.send(result.claims, "batch")
        except PublicationTooLarge as defect:
            raise RuntimeError("the engine wrote a message that no batch can carry") from defect

    async def _patiently(self, where: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work, again and again while database or broker are away, up to the budget; then end the process."""
        # The event loop's own time, in which the pauses are waited out, too.
        seconds, pause_seconds = asyncio.get_running_loop().time, _FIRST_PAUSE_SECONDS
        began = seconds()
        while True:
            try:
                return await work()
            except (Transient, PublishFailed) as fault:
                self._around.metrics.messages.faults.labels(where, type(fault).__name__).inc()
                if seconds() - began + pause_seconds > self._limits.retry_budget_seconds:
                    _log.error(LogEvent.BUDGET_SPENT, where=where, fault=str(fault))
                    self._around.stop_process(EXIT_CRASHED)
                _log.warning(LogEvent.FAULT_RETRIED, where=where, fault=str(fault))
            await self._around.pause(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)

    # --- what became of it ----------------------------------------------------------------------------------

    def _count(self, topic: Topic, result: BatchResult) -> None:
        self._around.bookkeeper.count_batch(result)
        _tell(topic, result)
        by_partition: dict[Partition, list[tuple[int, bool]]] = {}
        for handled in result.handled:
            fate = (handled.record.offset, handled.fate is Fate.DEAD)
            by_partition.setdefault(handled.record.source, []).append(fate)
            reached = max(handled.record.offset + 1, self._reached.get(handled.record.source, 0))
            self._reached[handled.record.source] = reached
        for partition, fates in by_partition.items():
            brake = self._brakes.setdefault(partition, Brake(self._limits.brake))
            reason = brake.pull_reason([was_dead for _, was_dead in sorted(fates)])
            if reason is not None and partition not in self._pulled:
                self._pull(partition, reason)

    def _pull(self, partition: Partition, reason: str) -> None:
        topic, number = partition
        self._pulled[partition] = reason
        self._around.metrics.messages.brakes_pulled.set(len(self._pulled))
        self._around.readiness.waiting(
            Component.DEAD_LETTERS,
            f"{topic}[{number}] stands still: {reason}; see `fenghuo dead-letters list`",
        )
        _log.error(LogEvent.BRAKE_PULLED, topic=str(topic), partition=number, reason=reason)


def _tell(topic: Topic, result: BatchResult) -> None:
    """A line for the batch, and one for each message that somebody may ask about; the others only when debugging."""
    fates = Counter(handled.fate.value for handled in result.handled)
    if fates:
        _log.info(LogEvent.BATCH_HANDLED, topic=topic.value, events=len(result.events), **fates)
    if result.is_isolated:
        _log.warning(LogEvent.BATCH_ISOLATED, topic=topic.value, records=len(result.handled))
    for handled in result.handled:
        if handled.fate is Fate.DEAD:
            _log.warning(LogEvent.DEAD_LETTERED, reason=handled.reason, **_about(handled))
        elif handled.fate is Fate.REFUSED:
            _log.info(LogEvent.MESSAGE_REFUSED, reason=handled.reason, **_about(handled))
        elif _log.is_enabled_for(logging.DEBUG):
            _log.debug(LogEvent.MESSAGE_HANDLED, fate=handled.fate.value, **_about(handled))


def _about(handled: Handled) -> dict[str, str | int | None]:
    return {
        "topic": str(handled.record.topic),
        "partition": handled.record.partition,
        "offset": handled.record.offset,
        "message_id": handled.message_id,
        "incident_id": handled.incident_id,
    }
