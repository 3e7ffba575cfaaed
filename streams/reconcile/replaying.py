"""Replaying: the engine's own transaction over records that it handled before a backup was put back, one at a time.

Each as of the moment, and under the rulebook, that its facts name: so ids and bytes come out as they did. Nothing is
published from here; the outbox has it all, and the sweeper of the next engine sends it, byte for byte what consumers
have. Where something came out otherwise, time or order decided it, and it is told by name and kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.identifiers import EventId
from models.tables.disagreements import DisagreementKind
from streams.clock import Clock, StoppedClock
from streams.errors import OffsetGap
from streams.processing import codec
from streams.processing.arrivals import Arrival, BatchResult, Decoded, Fate, Undecodable
from streams.processing.batch import handle_batch
from streams.processing.vouching import Voucher
from streams.reconcile.facts import Fact, digests_of
from streams.reconcile.plan import Plan
from streams.reconcile.turns import Turn, Turns
from streams.store import disagreements, outbox
from streams.store.disagreements import Disagreement
from streams.store.unit_of_work import UnitsOfWork
from workflows.rulebook import Rulebook

VoucherAt = Callable[[Clock], Voucher]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: how many records were read again, of them dead, and every fact that came out otherwise."""

    records: int
    dead: int
    found: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Replayer:
    """Leads one database through what it has forgotten. No engine may run on it meanwhile.

    `rulebooks` are all that were ever in force, by digest, `in_force` is for records whose facts name none of them;
    `voucher` says whom to believe at a moment.
    """

    units: UnitsOfWork
    rulebooks: Mapping[str, Rulebook]
    in_force: Rulebook
    voucher: VoucherAt
    max_message_bytes: int = codec.MAX_MESSAGE_BYTES

    async def replay(self, plan: Plan, now: datetime) -> Replayed:
        """Handle every record of the plan, then compare. `now` is real time, for the record of what differs.

        Can be broken off and begun again: each record is a transaction. Raises Transient, and Fenced when an engine
        runs beside it.
        """
        turns = Turns(plan.inputs, plan.facts, plan.logs)
        records = dead = 0
        for turn in turns:
            result = await self._handled(turn)
            for event in result.events:
                turns.reached(event.incident_id, event.seq)
            records += 1
            dead += sum(one.fate is Fate.DEAD for one in result.handled)
        return Replayed(records, dead, await self._settled(plan.facts, now))

    async def _handled(self, turn: Turn) -> BatchResult:
        clock = StoppedClock(turn.now)
        rules = self.rulebooks.get(turn.rulebook or "", self.in_force)
        arrivals = [self._arrival(turn, clock)]
        try:
            return await handle_batch(arrivals, self.units, rules, clock)
        except OffsetGap:
            # What stood there is gone: of it, the outbox has what went through our gateway.
            result = await handle_batch(arrivals, self.units, rules, clock, accept_gap=True)
            async with self.units.database.write() as connection:
                await outbox.republish_unseen(connection)
            return result

    def _arrival(self, turn: Turn, clock: Clock) -> Arrival:
        record = turn.record
        shape = codec.SHAPE_OF_TOPIC[record.topic]
        found = codec.read(shape, record.value, turn.now, self.max_message_bytes)
        if isinstance(found, codec.Readable):
            doubt = self.voucher(clock).doubt(record, found.message)
            return Decoded(record, found.message, found.digest, doubt)
        return Undecodable(record, found.reason, found.field, found.detail)

    async def _settled(self, facts: Sequence[Fact], now: datetime) -> tuple[Disagreement, ...]:
        async with self.units.database.write() as connection:
            known = await digests_of(connection, facts)
            found = tuple(_differences(facts, known))
            await disagreements.record(connection, self.units.cluster_id, found, now)
        return found


def _differences(facts: Sequence[Fact], known: Mapping[EventId, str]) -> Iterator[Disagreement]:
    for fact in sorted(facts, key=lambda fact: (fact.incident_id, fact.seq)):
        derived = known.get(fact.event_id)
        if derived == fact.digest:
            continue
        kind = DisagreementKind.EVENT_MISSING if derived is None else DisagreementKind.EVENT_DIFFERS
        became = "was not derived again" if derived is None else f"was derived again as {derived[:12]}"
        detail = (
            f"{fact.type} (seq {fact.seq}) of incident {fact.incident_id}, {fact.where}, "
            f"{fact.digest[:12]}: {became}"
        )
        yield Disagreement(kind, fact.event_id, fact.digest, detail)
