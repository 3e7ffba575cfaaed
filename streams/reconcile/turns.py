"""Turns: in which order, at which moment and under which rulebook the records of several partitions were handled.

The facts that followed say it. A record whose facts continue an incident's log where it stands is next; of several the
one that was handled first, by the clock of whoever handled it. A record without facts of its own (a refusal, a call
that changed nothing) has its place by when it was written. Pure: records and facts in, turns out.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.identifiers import IncidentId, MessageId
from streams.processing.arrivals import Record
from streams.reconcile.facts import Fact
from streams.store.progress import Partition


@dataclass(frozen=True, slots=True)
class Input:
    """A record that the engine reads, when it was written, and the id of its message, if it is one."""

    record: Record
    written_at: datetime
    message_id: MessageId | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A record whose turn it is: as of when, and under which rulebook where its facts say so."""

    record: Record
    now: datetime
    rulebook: str | None


class Turns:
    """The records in the order in which they were handled. Tell it how far logs have come: `reached`."""

    def __init__(
        self, inputs: Iterable[Input], facts: Iterable[Fact], logs: Mapping[IncidentId, int]
    ) -> None:
        """`facts` are those that are to follow from the inputs, `logs` how far each incident's log has come."""
        self._waiting: dict[Partition, deque[Input]] = {}
        for one in inputs:
            self._waiting.setdefault(one.record.source, deque()).append(one)
        self._facts: defaultdict[MessageId, list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: fact.seq):
            self._facts[fact.cause_id].append(fact)
        self._logs = dict(logs)
        self._latest: dict[Partition, datetime] = {}

    def __iter__(self) -> Iterator[Turn]:
        """Each record once. Between two of them the caller says how far logs have come."""
        while heads := [waiting[0] for waiting in self._waiting.values() if waiting]:
            ready = [head for head in heads if self._is_ready(head)]
            # None is ready when a cause is gone from Kafka: then time alone decides, and the replay names what differs.
            yield self._taken(min(ready or heads, key=self._place))

    def reached(self, incident_id: IncidentId, seq: int) -> None:
        """The log of this incident now ends here."""
        self._logs[incident_id] = max(seq, self._logs.get(incident_id, 0))

    def _is_ready(self, head: Input) -> bool:
        first: dict[IncidentId, int] = {}
        for fact in self._facts_of(head):
            first.setdefault(fact.incident_id, fact.seq)
        return all(self._logs.get(one, 0) >= seq - 1 for one, seq in first.items())

    def _place(self, head: Input) -> tuple[datetime, bool, int]:
        facts = self._facts_of(head)
        # At one moment what has no facts comes last: it was written then, and handled later.
        return self._moment(head), not facts, facts[0].seq if facts else 0

    def _moment(self, head: Input) -> datetime:
        facts = self._facts_of(head)
        handled_at = facts[0].heard_at if facts else head.written_at
        # Never before what came before it on its partition: a record is written long before it is handled.
        before = self._latest.get(head.record.source)
        return handled_at if before is None or facts else max(handled_at, before)

    def _taken(self, head: Input) -> Turn:
        facts, now = self._facts_of(head), self._moment(head)
        self._waiting[head.record.source].popleft()
        self._latest[head.record.source] = now
        return Turn(head.record, now, facts[0].rulebook if facts else None)

    def _facts_of(self, head: Input) -> list[Fact]:
        return [] if head.message_id is None else self._facts.get(head.message_id, [])
