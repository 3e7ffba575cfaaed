"""The simulation bites: with one defect planted in the program, a seed comes to a verdict that names what it breaks.

Planted by putting another function in the place of the one under attack; nothing else of the program is touched.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import INBOX, PROGRESS
from streams.processing.relay import Relay
from streams.store import commands, inbox, progress, unit_of_work
from streams.store.changes import Changes
from streams.store.outbox import Claimed
from streams.store.publications import Outgoing, again
from streams.sweepers.deadlines import DeadlineSweep
from streams.sweepers.outbox import OutboxSweep
from tests.simulation.plan import Fault, Plan
from tests.simulation.running import run_plan

Plant = Callable[[pytest.MonkeyPatch], None]
_HOUR = timedelta(hours=1)
_HANDLED_AT = select(INBOX.c.message_id, INBOX.c.recorded_at)


def nobody_sweeps_the_outbox(patch: pytest.MonkeyPatch) -> None:
    """What a crash left behind, and what the gateway wrote, stays unpublished."""
    patch.setattr(OutboxSweep, "__call__", _nothing)


def nobody_sweeps_deadlines(patch: pytest.MonkeyPatch) -> None:
    """Clocks pass and nobody is told."""
    patch.setattr(DeadlineSweep, "__call__", _nothing)


def the_inbox_remembers_nothing(patch: pytest.MonkeyPatch) -> None:
    """A message that comes again is handled again."""

    async def handled(_: AsyncConnection, __: Iterable[str]) -> Mapping[str, inbox.KnownMessage]:
        return {}

    patch.setattr(inbox, "handled", handled)


def the_inbox_remembers_for_an_hour(patch: pytest.MonkeyPatch) -> None:
    """A message that comes again after that is handled again, which only whole days show."""
    remembered = inbox.handled

    async def handled(
        connection: AsyncConnection, message_ids: Iterable[MessageId]
    ) -> Mapping[MessageId, inbox.KnownMessage]:
        known = await remembered(connection, message_ids)
        times = {row.message_id: row.recorded_at for row in await connection.execute(_HANDLED_AT)}
        return {one: known[one] for one in known if max(times.values()) - times[one] < _HOUR}

    patch.setattr(inbox, "handled", handled)


def progress_is_set_and_not_compared(patch: pytest.MonkeyPatch) -> None:
    """Whoever comes moves the partition to where it believes that it stands, a zombie too."""

    async def advance(
        connection: AsyncConnection,
        cluster_id: str,
        slices: Sequence[progress.Slice],
        now: datetime,
        *,
        accept_gap: bool,
    ) -> dict[progress.Partition, int]:
        for piece in slices:
            where = {"in_cluster": cluster_id, "in_topic": piece.topic, "in_partition": piece.partition}
            await progress._stands_at(connection, where, now)
            here = (PROGRESS.c.topic == piece.topic, PROGRESS.c.partition == piece.partition)
            await connection.execute(update(PROGRESS).where(*here).values(next_offset=piece.offsets[-1] + 1))
        return {(piece.topic, piece.partition): piece.offsets[0] for piece in slices}

    patch.setattr(progress, "advance", advance)


def rows_are_marked_before_they_are_published(patch: pytest.MonkeyPatch) -> None:
    """A crash or a refusal between the two, and nobody ever sends them."""

    async def send(self: Relay, claims: Sequence[Claimed], by: str) -> int:
        await self.units.mark_published([claimed.claim for claimed in claims])
        publications = [one for claimed in claims for one in claimed.publications]
        if publications:
            await self.publish(publications)
        return len(publications)

    patch.setattr(Relay, "send", send)


def what_is_sent_again_differs(patch: pytest.MonkeyPatch) -> None:
    """A command comes a second time with other bytes under its id."""

    def otherwise(unit_code: str, body: bytes, deliveries: int) -> Outgoing:
        return again(unit_code, body + b" ", deliveries)

    patch.setattr(commands, "again", otherwise)


def hand_overs_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The next stage is never called upon."""
    save = unit_of_work.UnitOfWork.save

    async def forgetful(self: unit_of_work.UnitOfWork, changes: Changes, *rest: object) -> Claimed:
        changes.hand_overs.clear()
        return await save(self, changes, *rest)  # type: ignore[arg-type]  # handed on as they came

    patch.setattr(unit_of_work.UnitOfWork, "save", forgetful)


async def _nothing(_: object) -> int:
    return 0


def _plan(*faults: Fault, days: int = 0) -> Plan:
    return Plan(seed=7, faults=frozenset(faults), reports=8, decisions=2, chaos_seconds=6.0, days=days)


@pytest.mark.parametrize(
    ("plant", "names", "plan"),
    [
        (nobody_sweeps_the_outbox, "I11", _plan()),
        (nobody_sweeps_deadlines, "I4", _plan()),
        (the_inbox_remembers_nothing, "I8", _plan(Fault.DUPLICATES, Fault.UNITS_TWICE)),
        (the_inbox_remembers_for_an_hour, "I8", _plan(Fault.DUPLICATES, days=1)),
        (progress_is_set_and_not_compared, "I8", _plan(Fault.REDELIVERY, Fault.REBALANCE, Fault.TWO_WORKERS)),
        (rows_are_marked_before_they_are_published, "I1", _plan(Fault.BROKER_AWAY, Fault.CRASH_ANYWHERE)),
        (what_is_sent_again_differs, "I2", _plan(Fault.UNITS_SILENT)),
        (hand_overs_are_forgotten, "I1", _plan()),
    ],
)
def test_a_planted_defect_is_named(
    plant: Plant, names: str, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very run that holds without the defect names with it the invariant that the defect breaks."""
    assert run_plan(plan).broken == ()
    plant(monkeypatch)
    broken = run_plan(plan).broken
    assert any(one.startswith(f"{names} ") for one in broken), broken
