"""Batch: the messages of one batch through the core inside one unit of work, and alone when one of them is to blame.

The whole batch is one transaction. When a row is refused by the database or the core fails on a message, it rolls
back and runs again one message a transaction, so that one bad message costs only itself: it becomes a dead letter.
Faults of database and broker pass through to the loop, which tries again. No rule of the trade is decided here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import DeadLetterReason
from streams.clock import Clock
from streams.errors import Transient
from streams.processing.addressing import look_up
from streams.processing.arrivals import Arrival, BatchResult, Decoded, Undecodable
from streams.processing.desk import CoreFailed, Desk
from streams.processing.first_orders import first_orders
from streams.processing.triage import sort_out
from streams.program.failpoints import Failpoint, failpoint
from streams.store.errors import DataRefused
from streams.store.progress import Partition, Slice
from streams.store.unit_of_work import UnitOfWork, UnitsOfWork
from workflows.rulebook import Rulebook

_LONGEST_DETAIL = 500
_ATTEMPTS_ALONE = 3  # a row refused because two workers met is not refused again


@dataclass(frozen=True, slots=True)
class _Blame:
    reason: DeadLetterReason
    detail: str


async def handle_batch(
    arrivals: Sequence[Arrival],
    work: UnitsOfWork,
    rules: Rulebook,
    clock: Clock,
    *,
    accept_gap: bool = False,
) -> BatchResult:
    """Handle records of which those of one partition stand in the order of their offsets, and commit.

    Raises Transient (try the same again), Fenced (drop it), OffsetGap (seek once, then `accept_gap`); nothing is
    kept then. Anything else is a defect of the shell: end the process, acknowledge nothing.
    """
    if not arrivals:
        return BatchResult()
    try:
        return await _attempt(arrivals, work, rules, clock.now(), accept_gap=accept_gap)
    except (DataRefused, CoreFailed):
        return await _one_by_one(arrivals, work, rules, clock, accept_gap=accept_gap)


async def _attempt(
    arrivals: Sequence[Arrival], work: UnitsOfWork, rules: Rulebook, now: datetime, *, accept_gap: bool
) -> BatchResult:
    async with work.begin() as unit:
        stood = await unit.advance(_slices(arrivals), now, accept_gap=accept_gap)
        new = [one for one in arrivals if one.record.offset >= stood[one.record.source]]
        desk = Desk(rules, now)
        await _decide(unit, desk, sorted(new, key=_urgency))
        failpoint(Failpoint.MID_HANDLER)
        claimed = await unit.save(desk.changes, now, rules)
        failpoint(Failpoint.BEFORE_COMMIT)
    changes = desk.changes
    return BatchResult(
        tuple(desk.docket.handled),
        tuple(changes.events),
        (claimed,),
        outcomes=tuple(changes.outcomes),
        first_orders=first_orders(changes.events, changes.state_of),
    )


async def _decide(unit: UnitOfWork, desk: Desk, arrivals: Sequence[Arrival]) -> None:
    known = await unit.handled(one.message_id for one in arrivals if isinstance(one, Decoded))
    fresh = sort_out(arrivals, known, desk.docket)
    directory = await look_up(unit, fresh, desk.rules, desk.docket.now)
    addressed = [desk.address(one, directory) for one in fresh]
    wanted = {incident_id for one in addressed for incident_id in (one.incident_id, *one.others)}
    while wanted:
        desk.changes.standings |= await unit.lock(wanted)
        # Merged by another worker between our look and our lock: what is meant for it goes to where it lives on.
        wanted = desk.survivors_to_lock()
    for one in addressed:
        await desk.handle(unit, one)


async def _one_by_one(
    arrivals: Sequence[Arrival], work: UnitsOfWork, rules: Rulebook, clock: Clock, *, accept_gap: bool
) -> BatchResult:
    results: list[BatchResult] = []
    # In the order of offsets, since each partition can only move on from where it stands.
    for position, arrival in enumerate(arrivals):
        try:
            results.append(await _alone(arrival, work, rules, clock, accept_gap=accept_gap))
        except Transient:
            if not results:
                raise
            return replace(_together(results), remaining=tuple(arrivals[position:]))
    return _together(results)


async def _alone(
    arrival: Arrival, work: UnitsOfWork, rules: Rulebook, clock: Clock, *, accept_gap: bool
) -> BatchResult:
    blame = _Blame(DeadLetterReason.DEFECT, "never tried")
    for _ in range(_ATTEMPTS_ALONE):
        try:
            return await _attempt([arrival], work, rules, clock.now(), accept_gap=accept_gap)
        except DataRefused as refused:
            blame = _Blame(DeadLetterReason.STORAGE_REFUSED, str(refused))
        except CoreFailed as failed:
            blame = _Blame(DeadLetterReason.DEFECT, str(failed))
            break
    dead = _buried(arrival, blame)
    return await _attempt([dead], work, rules, clock.now(), accept_gap=accept_gap)


def _buried(arrival: Arrival, blame: _Blame) -> Undecodable:
    # What broke the row must not break the dead letter: no NUL, no half characters, a bounded length.
    detail = blame.detail.replace("\0", "�").encode(errors="replace").decode()[:_LONGEST_DETAIL]
    message_id = arrival.message_id
    return Undecodable(arrival.record, blame.reason, None, detail, message_id)


def _together(results: Iterable[BatchResult]) -> BatchResult:
    several = tuple(results)
    return BatchResult(
        tuple(one for result in several for one in result.handled),
        tuple(one for result in several for one in result.events),
        tuple(one for result in several for one in result.claims),
        is_isolated=True,
        outcomes=tuple(one for result in several for one in result.outcomes),
        first_orders=tuple(one for result in several for one in result.first_orders),
    )


def _urgency(arrival: Arrival) -> int:
    """Urgent first; the sort keeps the order of everything else."""
    if arrival.record.topic is Topic.REPORTS_URGENT:
        return 0
    message = arrival.message if isinstance(arrival, Decoded) else None
    return 0 if isinstance(message, Report) and message.urgent else 1


def _slices(arrivals: Iterable[Arrival]) -> list[Slice]:
    offsets: dict[Partition, list[int]] = {}
    for arrival in arrivals:
        offsets.setdefault(arrival.record.source, []).append(arrival.record.offset)
    return [Slice(topic, partition, tuple(found)) for (topic, partition), found in offsets.items()]
